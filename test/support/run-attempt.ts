/** Runs one attempt of a job against a store that only takes notes. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createFileBlobStore } from '../../src/blobs/files.ts'
import type { Engine, EngineResult } from '../../src/core/engine.ts'
import type { Moderation } from '../../src/core/moderation.ts'
import type { Attempt, Job, Output, Plan, Progress } from '../../src/core/job.ts'
import type { BlobStore, Outcome } from '../../src/core/ports.ts'
import type { RunJobDeps } from '../../src/core/run-job.ts'
import { createRunJob } from '../../src/core/run-job.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { photoPath } from './pictures.ts'
import { storedJob } from './requests.ts'

export type AttemptTrace = {
  outcomes: Outcome[]
  releases: { runAt: number; isAttemptSpent: boolean; code: string | null }[]
  reroutes: Plan[]
  journal: Partial<Attempt>[]
  progress: Progress[]
  previews: Output[]
  internal: unknown[]
  /** Entries for the operator's records. */
  unknown: Parameters<RunJobDeps['onOutcomeUnknown']>[0][]
}

export type AttemptSetup = {
  engine: Partial<Engine>
  job?: Partial<Job>
  attempt?: number
  isLeaseLost?: boolean
  /** True: the engine announces its calls itself, or forgets to. */
  isCallUnannounced?: boolean
  timeoutMs?: number
  isUnknownResubmitted?: boolean
  /** Engines that may take over. */
  fallbacks?: readonly Plan[]
  moderation?: Moderation
  /** Those whose plan the store finds too dear. */
  tooDear?: readonly string[]
}

export type AttemptBench = {
  run: (setup: AttemptSetup, signal?: AbortSignal) => Promise<AttemptTrace>
  photo: Buffer
  /** What an engine answers that made the photograph. */
  made: EngineResult
  blobs: BlobStore
  scratchDirectory: string
}

/** The time of every attempt, in milliseconds. */
export const ATTEMPT_NOW = 5000

/** One folder for all attempts of a test file, removed after it. */
export function createAttemptBench(): AttemptBench {
  const photo = readFileSync(photoPath('cat'))
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-run-'))
  after(() => rmSync(directory, { recursive: true }))
  const blobs = createFileBlobStore({ directory: join(directory, 'blobs') })
  const scratchDirectory = join(directory, 'scratch')
  const made: EngineResult = {
    outputs: [{ kind: 'bytes', bytes: photo }],
    warnings: [],
    recipe: null,
    geometry: null,
    cost: null,
  }
  const parts = { blobs, probe: createImageProbe(), scratchDirectory }
  return { run: (setup, signal) => runAttempt(parts, { setup, made, signal }), photo, made, ...parts }
}

async function runAttempt(
  parts: Pick<RunJobDeps, 'blobs' | 'probe' | 'scratchDirectory'>,
  scene: { setup: AttemptSetup; made: EngineResult; signal: AbortSignal | undefined },
): Promise<AttemptTrace> {
  const { setup, made, signal = new AbortController().signal } = scene
  const trace: AttemptTrace = {
    outcomes: [],
    releases: [],
    reroutes: [],
    journal: [],
    progress: [],
    previews: [],
    internal: [],
    unknown: [],
  }
  const job = storedJob({ engine: 'vendor', ...setup.job })
  const engine: Engine = {
    id: 'vendor',
    kind: 'sync',
    isRepeatable: true,
    queue: 'q',
    capabilities: () => null,
    submit: () => Promise.resolve({ handle: null, status: { state: 'completed', ...made } }),
    ...setup.engine,
  }
  const { submit } = engine
  if (setup.isCallUnannounced !== true)
    engine.submit = async (request, context) => {
      await context.announceCall()
      return submit(request, context)
    }
  const runJob = createRunJob({
    ...parts,
    state: noteTaker(trace, { setup, job }),
    clock: { now: () => ATTEMPT_NOW },
    engines: new Map([['vendor', engine]]),
    planFallbacks: () => [...(setup.fallbacks ?? [])],
    isUnknownResubmitted: setup.isUnknownResubmitted ?? false,
    onOutcomeUnknown: (entry) => trace.unknown.push(entry),
    moderation: setup.moderation ?? null,
    timeoutMsOf: () => setup.timeoutMs ?? 60_000,
    onInternalError: (error) => trace.internal.push(error),
  })
  await runJob(
    { job, lease: { jobId: job.id, owner: 'w', attempt: setup.attempt ?? 1, expiresAt: 9000 } },
    signal,
  )
  return trace
}

function noteTaker(
  trace: AttemptTrace,
  { setup, job }: { setup: AttemptSetup; job: Job },
): RunJobDeps['state'] {
  const isLeaseLost = setup.isLeaseLost === true
  return {
    saveAttempt: (_lease, entry) => {
      trace.journal.push(entry)
      return Promise.resolve(!isLeaseLost)
    },
    saveProgress: (_lease, _status, progress) => {
      if (progress !== null) trace.progress.push(progress)
      return Promise.resolve(true)
    },
    savePreview: (_lease, preview) => {
      trace.previews.push(preview)
      return Promise.resolve(!isLeaseLost)
    },
    finish: (_lease, outcome) => {
      trace.outcomes.push(outcome)
      return Promise.resolve(isLeaseLost ? null : job)
    },
    release: (_lease, { runAt, isAttemptSpent, error }) => {
      trace.releases.push({ runAt, isAttemptSpent, code: error?.code ?? null })
      return Promise.resolve('queued')
    },
    reroute: (_lease, { plan }) => {
      trace.reroutes.push(plan)
      return Promise.resolve(setup.tooDear?.includes(plan.engine) === true ? 'too_dear' : 'queued')
    },
  }
}
