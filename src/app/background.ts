/** What a process does without being asked: run jobs, remove what has expired or was forgotten. */
import type { Engine } from '../core/engine.ts'
import type { Catalogue } from '../core/ports.ts'
import type { Worker } from '../worker/worker.ts'
import { createJobRunner, scratchRootOf } from './job-runner.ts'
import { createOrphanSweeper } from './orphan-sweeper.ts'
import type { Parts } from './parts.ts'
import { createRetentionSweeper } from './retention-sweeper.ts'
import { createScratchSweeper } from './scratch-sweeper.ts'

export type Background = {
  /** Looks at once whether a job is to be cancelled; nothing when it runs elsewhere. */
  check: Worker['check']
  /** Somebody is about to start a job here; nothing when jobs run elsewhere. */
  expectJob: () => void
  start: () => void
  /** Ends or gives back running jobs, and closes the engines. Harmless when nothing was started. */
  stop: () => Promise<void>
}

export function createBackground(
  parts: Parts,
  { engines, catalogue }: { engines: readonly Engine[]; catalogue: Catalogue },
): Background {
  const worker = createJobRunner(parts, { engines, catalogue })
  const sweepers = [
    createOrphanSweeper(parts),
    createRetentionSweeper(parts),
    createScratchSweeper(scratchRootOf(parts), parts),
  ]
  return {
    check: worker.check,
    expectJob: () => {
      if (parts.config.role === 'api') return
      for (const engine of engines) engine.warmUp?.(scratchRootOf(parts))
    },
    start: () => {
      worker.start()
      for (const sweeper of sweepers) sweeper.start()
    },
    stop: async () => {
      for (const sweeper of sweepers) await sweeper.stop()
      await worker.stop({ graceMs: parts.config.shutdownGraceSeconds * 1000 })
      for (const engine of engines) await engine.close?.()
    },
  }
}
