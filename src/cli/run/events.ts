/** What happens during a run, for whoever shows it. */
import type { RecipeStep } from '../../core/job.ts'

export type RunWarning = { code: string; path: string; message: string }
export type WrittenFile = { path: string; bytes: number; contentType: string }

export type RunEvent =
  | { event: 'started'; input: string; output: string; isResumed: boolean }
  | { event: 'accepted'; input: string; jobId: string }
  | { event: 'progress'; input: string; stage: string; percent: number }
  /** The server was given so many other jobs before, and they have not ended. */
  | { event: 'waiting'; input: string; behind: number }
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
  /** Stopped by the user before it was done; the same command does it. */
  | { event: 'cancelled'; input: string; jobId: string }
  | { event: 'failed'; input: string; code: string; message: string; jobId: string | null }

export type RunSummary = {
  completed: number
  skipped: number
  failed: number
  /** Files that were not submitted because the run was stopped. */
  notStarted: number
  /** Files whose jobs were cancelled because the run was stopped. */
  cancelled: number
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
