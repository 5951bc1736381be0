/** Options and tasks for tests of the process pool. */
import { fileURLToPath } from 'node:url'
import type { ProcessPoolOptions } from '../../src/engines/local/pool/process-pool.ts'
import type { Task } from '../../src/engines/local/protocol.ts'
import { generateInput } from '../support/requests.ts'

const CHILD = fileURLToPath(new URL('engine-pool-child.ts', import.meta.url))

export function poolOptions(
  more: Partial<ProcessPoolOptions> & { maxRssBytes?: number } = {},
): ProcessPoolOptions {
  const { maxRssBytes = 1024 ** 3, ...rest } = more
  return {
    size: 1,
    childPath: CHILD,
    settings: { weightsDirectory: '', maxPixels: 1e6, maxOutputPixels: 1e6, maxRssBytes },
    ...rest,
  }
}

/** A task that the test's child takes as a command. */
export function commandTask(command: string): Task {
  const input = generateInput({ prompt: command })
  return {
    kind: 'card',
    args: { input, files: [], isDraft: true, output: { format: null, quality: null } },
  }
}
