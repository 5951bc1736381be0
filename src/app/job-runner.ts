/** The worker with its engines: what runs the jobs of this process. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { createAdmission } from '../core/admission.ts'
import type { EngineLimits } from '../config-limits.ts'
import type { Engine } from '../core/engine.ts'
import type { Catalogue } from '../core/ports.ts'
import { createPlanFallbacks } from '../core/plan-fallbacks.ts'
import { createPatientState } from '../core/patient-state.ts'
import { createRunJob } from '../core/run-job.ts'
import { createUnconfiguredEngine } from '../core/unconfigured-engine.ts'
import { LOCAL_QUEUE } from './engine-list.ts'
import { toOffer } from './offers.ts'
import { createModeration } from './moderation.ts'
import type { Parts } from './parts.ts'
import type { Worker } from '../worker/worker.ts'
import { createWorker } from '../worker/worker.ts'

/** A worker that is silent this long has lost its jobs; it beats four times as often. */
const LEASE_MS = 30_000
/** Places for engines without a limit of their own: those of the embedding program, and the one that only says what to set. */
const WAITING_PLACES = 16
/** Shorter than a lease: whoever has lost the job by then must not hold up the end of this process. */
const PATIENCE_MS = 20_000
const LOST_ANSWER = 'an engine was called, and its answer was lost; it may have been paid for'

/** Folder of the scratch directories of all attempts. */
export function scratchRootOf({ config }: Pick<Parts, 'config'>): string {
  return join(config.dataDirectory, 'scratch')
}

export function createJobRunner(
  parts: Parts,
  { engines, catalogue }: { engines: readonly Engine[]; catalogue: Catalogue },
): Worker {
  const { config, logger } = parts
  const all = [...engines, createUnconfiguredEngine(catalogue)]
  // Engines of one queue are one vendor's, on one key.
  const queues = new Map(all.map(({ id, queue }) => [id, queue]))
  const limitsOf = (engine: string): EngineLimits | undefined =>
    config.engineLimits[queues.get(engine) ?? engine]
  const runJob = createRunJob({
    ...parts,
    state: createPatientState(parts.state, { patienceMs: PATIENCE_MS }),
    patience: { patienceMs: PATIENCE_MS },
    engines: new Map(all.map((engine) => [engine.id, engine])),
    admission: createAdmission(parts),
    planFallbacks: createPlanFallbacks({ catalogue, offers: engines.map(toOffer) }),
    scratchDirectory: scratchRootOf(parts),
    moderation: createModeration(parts),
    timeoutMsOf: (engine) => (limitsOf(engine)?.timeoutSeconds ?? config.jobTimeoutSeconds) * 1000,
    isUnknownResubmitted: config.isUnknownResubmitted,
    onOutcomeUnknown: (entry) => logger.warn({ audit: 'outcome_unknown', ...entry }, LOST_ANSWER),
    onInternalError: (err, jobId) => logger.error({ err, jobId }, 'a job met a fault of ours'),
  })
  const { engineLimits } = config
  const places = (queue: string): number =>
    queue === LOCAL_QUEUE ? config.localProcesses : (engineLimits[queue]?.concurrency ?? WAITING_PLACES)
  return createWorker({
    ...parts,
    runJob,
    owner: randomUUID(),
    slots: Object.fromEntries(all.map(({ queue }) => [queue, places(queue)])),
    limits: Object.fromEntries(
      Object.entries(engineLimits).map(([id, { concurrency }]) => [id, concurrency]),
    ),
    leaseMs: LEASE_MS,
    onError: (err) => logger.error({ err }, 'the worker met a fault'),
  })
}
