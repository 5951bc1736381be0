/** Inputs of engines elsewhere, made fit by a pixel process. */
import { stat } from 'node:fs/promises'
import type { Engine } from '../../core/engine.ts'
import { OUTPUT_FORMATS } from '../../core/job.ts'
import { probeFile } from '../../core/probe-blob.ts'
import { createImageProbe } from '../../imaging/probe.ts'
import type { PrepareImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import type { ProcessPool } from './pool/process-pool.ts'

/**
 * Decodes and encodes every input, also one that would fit as it is: only so are GPS, serial numbers and comments
 * of the source certainly gone, and its orientation applied, before bytes leave the machine.
 */
export function createPrepareImage(pool: Pick<ProcessPool, 'run'>): PrepareImage {
  // What it looks at was decoded and written here.
  const probe = createImageProbe({ maxPixels: Number.POSITIVE_INFINITY })
  return async (image, needs, context) => {
    const formats = OUTPUT_FORMATS.filter((format) => needs.formats.includes(format))
    if (formats.length === 0) throw unfit(image, `no format that this server writes is taken by the engine`)
    const { outputs } = await pool.run(
      {
        kind: 'prepare',
        args: {
          file: await context.imagePath(image),
          field: image.path,
          name: `prepared-${image.blobKey}`,
          formats,
          maxBytes: needs.maxBytes,
          mask: needs.mask,
        },
      },
      { signal: context.signal, scratchDirectory: context.scratchDirectory, onProgress: () => {} },
    )
    const path = outputs[0]?.path ?? ''
    const format = formats.find((candidate) => path.endsWith(`.${candidate}`)) ?? 'png'
    const { width, height } = await probeFile(probe, path)
    return { input: image, path, bytes: (await stat(path)).size, format, size: { width, height } }
  }
}

/** What every browser shows; photographs become JPEG, drawings and what is transparent WebP. */
const SHOWN_FORMATS = ['jpeg', 'webp'] as const
/** More than the largest allowed picture has in either format. */
const MAX_SHOWN_BYTES = 64 * 1024 * 1024

/** A stored picture in a format that browsers show. */
export function createPreview(pool: Pick<ProcessPool, 'run'>): NonNullable<Engine['preview']> {
  return async (file, { signal, scratchDirectory }) => {
    const args = {
      file,
      field: 'file',
      name: 'preview',
      formats: SHOWN_FORMATS,
      maxBytes: MAX_SHOWN_BYTES,
      mask: null,
    }
    const context = { signal, scratchDirectory, onProgress: () => {} }
    const { outputs } = await pool.run({ kind: 'prepare', args }, context)
    return outputs[0]?.path ?? ''
  }
}
