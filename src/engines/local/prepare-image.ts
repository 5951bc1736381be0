/** Inputs of engines elsewhere, made fit by a pixel process. */
import { stat } from 'node:fs/promises'
import { OUTPUT_FORMATS } from '../../core/job.ts'
import type { PrepareImage } from '../../net/upstream/inputs.ts'
import { unfit } from '../../net/upstream/inputs.ts'
import type { ProcessPool } from './pool/process-pool.ts'

/**
 * Decodes and encodes every input, also one that would fit as it is: only so are GPS, serial numbers and comments
 * of the source certainly gone, and its orientation applied, before bytes leave the machine.
 */
export function createPrepareImage(pool: Pick<ProcessPool, 'run'>): PrepareImage {
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
    return { input: image, path, bytes: (await stat(path)).size, format }
  }
}
