/** What one attempt carries around: its job and lease, its scratch folder, its journal entry, its progress. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine, EngineContext } from './engine.ts'
import { AfterimageError } from './errors.ts'
import type { Attempt } from './job.ts'
import { localCopy } from './local-copy.ts'
import type { BlobStore, ClaimedJob, Clock, ImageProbe, StateStore } from './ports.ts'
import { previewsOf } from './previews.ts'
import { createPreviewReporter, NO_PREVIEWS } from './report-preview.ts'
import { createProgressReporter } from './report-progress.ts'

export type AttemptDeps = {
  state: Pick<StateStore, 'saveAttempt' | 'saveProgress' | 'savePreview'>
  blobs: BlobStore
  probe: ImageProbe
  clock: Clock
  engines: ReadonlyMap<string, Engine>
  /** Folder for the working files of attempts; each gets its own subfolder, removed at its end. */
  scratchDirectory: string
}

export type AttemptContext = ClaimedJob & {
  signal: AbortSignal
  engine: Engine | null
  engineContext: EngineContext
  /** Writes the journal entry of this attempt; false when the lease is lost. */
  journal: (entry: Partial<Attempt>) => Promise<boolean>
  /** Every entry of this attempt says from now on that nobody decided about its input. */
  markUnmoderated: () => void
  /** Whether the journal says that the one call that costs money is under way, or that its end was not journalled. */
  isSubmitting: () => boolean
  /** Whether an engine that takes money has the job, or may have it. */
  mayBePaid: () => boolean
  /** Waits for progress that is being written, and removes the preview and the scratch folder. */
  close: () => Promise<void>
}

/** An engine that has said nothing by then is shown as processing. */
const STARTING_AFTER_MS = 50

/** Makes the scratch folder and everything that an engine may use. */
export async function createAttempt(
  deps: AttemptDeps,
  claimed: ClaimedJob & { signal: AbortSignal; mayShowPreviews: boolean },
): Promise<AttemptContext> {
  const { job, lease, signal, mayShowPreviews } = claimed
  await mkdir(deps.scratchDirectory, { recursive: true })
  const scratchDirectory = await mkdtemp(join(deps.scratchDirectory, `${job.id}-`))
  const reporter = createProgressReporter(deps, lease)
  const previews =
    mayShowPreviews && previewsOf(job.input.options) === 'shown'
      ? createPreviewReporter(deps, lease)
      : NO_PREVIEWS
  // Later, because a write for an engine that is done by then would cost a commit and tell nobody anything.
  const starting = setTimeout(
    () => reporter.report('processing', { stage: 'starting', percent: 0, etaMs: null }),
    STARTING_AFTER_MS,
  )
  const engine = deps.engines.get(job.engine) ?? null
  const startedAt = deps.clock.now()
  let outcome: Attempt['outcome'] = null
  let isTaken = job.attempts.some((entry) => entry.engine === job.engine && isOpen(entry))
  let mark: Pick<Attempt, 'isUnmoderated'> = {}
  const journal = (entry: Partial<Attempt>): Promise<boolean> => {
    outcome = entry.outcome ?? null
    isTaken ||= (entry.handle ?? null) !== null
    return deps.state.saveAttempt(lease, {
      number: lease.attempt,
      engine: job.engine,
      startedAt,
      endedAt: null,
      outcome: null,
      upstreamId: null,
      error: null,
      ...mark,
      ...entry,
    })
  }
  return {
    ...claimed,
    engine,
    engineContext: {
      signal,
      onProgress: reporter.report,
      ...(previews.report === null ? {} : { onPreview: previews.report }),
      imagePath: (image) => localCopy(deps.blobs, image.blobKey, scratchDirectory),
      scratchDirectory,
      announceCall: async () => {
        signal.throwIfAborted()
        if (engine?.isRepeatable === true) return
        if (!(await journal({ outcome: 'submitting' }))) throw new AfterimageError('lease_expired')
        if (!signal.aborted) return
        // Stopped during the write: the call is not made, and the next attempt must not take it for one that was.
        await journal({ outcome: null })
        signal.throwIfAborted()
      },
    },
    journal,
    markUnmoderated: () => void (mark = { isUnmoderated: true }),
    isSubmitting: () => outcome === 'submitting',
    mayBePaid: () => engine?.isRepeatable !== true && (isTaken || outcome === 'submitting'),
    close: async () => {
      clearTimeout(starting)
      await Promise.all([reporter.settle(), previews.close()])
      await rm(scratchDirectory, { recursive: true, force: true })
    },
  }
}

/** Taken by its engine, and not known to have failed there. */
function isOpen({ outcome, handle }: Attempt): boolean {
  return (handle ?? null) !== null && outcome !== 'failed' && outcome !== 'unknown'
}
