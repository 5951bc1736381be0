/** What happens during a run, for whoever shows it. */
import type { RecipeStep } from '../../core/job.ts'

export type RunWarning = { code: string; path: string; message: string }
export type WrittenFile = { path: string; bytes: number; contentType: string }

export type RunEvent =
  | { event: 'started'; input: string; output: string; isResumed: boolean }
  | { event: 'accepted'; input: string; jobId: string }
  | { event: 'progress'; input: string; stage: string; percent: number }
  | {
      event: 'completed'
      input: string
      jobId: string
      engine: string | null
      outputs: readonly WrittenFile[]
      warnings: readonly RunWarning[]
      recipe: readonly RecipeStep[]
      ms: number
    }
  /** The results were there already, from an earlier run of the same command. */
  | { event: 'skipped'; input: string; outputs: readonly string[] }
  | { event: 'failed'; input: string; code: string; message: string; jobId: string | null }

export type RunSummary = {
  completed: number
  skipped: number
  failed: number
  /** Files that were not submitted because the run was stopped. */
  notStarted: number
  ms: number
  isInterrupted: boolean
}

/** Shows a run. `close` is the last call. */
export type Reporter = {
  report: (event: RunEvent) => void
  /** A sentence beside the files: how to go on after Ctrl-C. */
  say: (sentence: string) => void
  /** Ends the display; without a summary when the process leaves at once. */
  close: (summary: RunSummary | null) => void
}

/** Where text goes; `process.stdout` in the program. */
export type TextSink = { write: (text: string) => unknown }
