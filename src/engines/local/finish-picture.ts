/** Our own work on the results of engines elsewhere, in a pixel process. */
import type { Engine, FinishRequest } from '../../core/engine.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { ProcessPool } from './pool/process-pool.ts'
import type { FinishTask } from './protocol.ts'

export function createFinishPicture(pool: Pick<ProcessPool, 'run'>): NonNullable<Engine['finish']> {
  return async ({ file, index, emulation }, { signal, scratchDirectory, imagePath }) => {
    const { merge, size, aspectRatio, resolution, format, quality } = emulation
    const args: FinishTask = {
      file,
      index,
      merge: merge === null ? null : await filesOf(merge, imagePath),
      size,
      aspectRatio,
      resolution,
      output: { format, quality },
    }
    const context = { signal, scratchDirectory, onProgress: () => {} }
    const { outputs, recipe, warnings, geometry } = await pool.run({ kind: 'finish', args }, context)
    const [output] = outputs
    if (output === undefined || geometry === null) throw new AfterimageError('engine_crashed')
    return { path: output.path, size: geometry.output, steps: geometry.steps, recipe, warnings }
  }
}

async function filesOf(
  { source, mask }: NonNullable<FinishRequest['emulation']['merge']>,
  imagePath: Parameters<NonNullable<Engine['finish']>>[1]['imagePath'],
): Promise<FinishTask['merge']> {
  return { source: await imagePath(source), mask: await imagePath(mask) }
}
