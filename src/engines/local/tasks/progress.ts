/** Joins the progress of several steps into one that never falls. */
import type { Progress } from '../../../core/job.ts'

export type Stages = {
  /** Reports `fraction` (0 to 1) of the step that lies between two percentages of the whole. */
  step: (stage: string, from: number, to: number) => (fraction: number) => void
}

export function createStages(onProgress: (progress: Progress) => void): Stages {
  const startedAt = performance.now()
  let reached = 0
  return {
    step: (stage, from, to) => (fraction) => {
      const percent = Math.round(10 * (from + (to - from) * Math.min(1, Math.max(0, fraction)))) / 10
      if (percent < reached) return
      reached = percent
      const elapsed = performance.now() - startedAt
      onProgress({
        stage,
        percent,
        etaMs: percent === 0 ? null : Math.round((elapsed * (100 - percent)) / percent),
      })
    },
  }
}
