import { randomUUID } from 'node:crypto'
import type { AdmitInputs } from './admit-inputs.ts'
import type { JobWebhook } from './delivery.ts'
import { AfterimageError, isAfterimageError } from './errors.ts'
import type { FallbackTerms, GenerateInput, ImageSource, InputImage, Job, Plan, Warning } from './job.ts'
import type { Once, OnceResult, SharedResult } from './idempotency.ts'
import { fingerprintOf } from './idempotency.ts'
import { removeBlobs } from './end-job.ts'
import { holdOf, isCovered, limitWarnings } from './money.ts'
import type { JobTerms, SubmitTerms } from './money.ts'
import { planFallbacks } from './plan-fallbacks.ts'
import { planJob } from './plan-job.ts'
import type { BlobStore, Catalogue, EngineOffer, NewJob, StateStore } from './ports.ts'
import { previewWarnings } from './previews.ts'
import type { QueueRoom } from './queue-room.ts'
import type { ExpiryOf } from './retention.ts'
import type { CacheUse, ResultReuse, Reuse } from './reuse-result.ts'
import { CACHE_HEADER } from './reuse-result.ts'

export type SubmitRequest = {
  accountId: string
  /** A model of the catalogue. */
  model: string
  input: Omit<GenerateInput, 'images'>
  sources: readonly ImageSource[]
  /** The job whose result this one goes on from. One that the account does not have is left out with a warning. */
  parentJobId?: string | null
  /** What parsing has to say; becomes part of the job's warnings. */
  warnings?: readonly Warning[]
  /** Takes this engine or refuses; null leaves the choice to the model. */
  engine?: string | null
  /** Absent: bound to no key, and nothing is set aside. */
  terms?: SubmitTerms | null
  /** Gets the job when it has ended; checked already. */
  webhook?: JobWebhook | null
  /** Whether an earlier result is taken, and whether later requests may take this one; absent: neither. */
  cache?: CacheUse
  /** Fires when the caller went away. */
  signal?: AbortSignal
}

export type SubmitDeps = {
  state: Pick<StateStore, 'submit' | 'getJob'>
  blobs: Pick<BlobStore, 'delete'>
  catalogue: Catalogue
  admitInputs: AdmitInputs
  offers: readonly EngineOffer[]
  isDraftEnabled: boolean
  /** Whether a moderation sees results before their callers do; not when absent. */
  isModerated?: boolean
  /** Absent: jobs are kept. */
  expiryOf?: ExpiryOf
  /** Absent: every request is done anew. */
  resultReuse?: ResultReuse
  room: QueueRoom
}

export type SubmitJob = (request: SubmitRequest) => Promise<Job>
export type SubmitShared = (request: SubmitRequest, windowMs: number) => Promise<SharedResult>
export type SubmitOnce = (request: SubmitRequest, once: Once<Job>) => Promise<OnceResult>
export type DryRun = (request: SubmitRequest) => Promise<{
  plan: Plan
  input: GenerateInput
  /** Who may take over, in order. */
  fallbacks: readonly Plan[]
}>

/** The one value of `type`: one filter then finds all jobs. */
const JOB_TYPE = 'externalImage'

/**
 * Accepts a job: admits its inputs, plans it and stores it. When this resolves, the row and every byte that it
 * names are durable.
 * @throws AfterimageError `queue_full`, `invalid_request`, `unsupported_field`, the `input_*` codes, `storage_full`,
 *   `insufficient_credits`, `too_many_requests`
 */
export function createSubmitJob(deps: SubmitDeps): SubmitJob {
  // A failed commit leaves the blobs to the sweep: deleting them here would lose the inputs of a job whose
  // commit did happen although its answer was lost.
  return async (request) => deps.room.hold(() => commit(deps, request, (job) => deps.state.submit(job)))
}

/**
 * The same for a request that may be sent twice: `isReplayed` says that an earlier one was answered so, and that nothing
 * came of this one.
 * @throws AfterimageError as `createSubmitJob`, and `idempotency_mismatch`
 */
export function createSubmitOnce(deps: SubmitDeps & { state: Pick<StateStore, 'idempotency'> }): SubmitOnce {
  const { idempotency } = deps.state
  return async (request, once) => {
    const known = await idempotency.find(request.accountId, once)
    if (known !== null) return { answer: known, isReplayed: true }
    return deps.room.hold(() =>
      commit(deps, request, async (job) => {
        const result = await idempotency.submit(job, once)
        if (result.isReplayed) await discardJob(deps, job)
        return result
      }),
    )
  }
}

/**
 * The same for a caller who does not want to wait for two equal pictures: joins a job of the account that has not ended
 * and that was asked for in the same way within `windowMs`. A seed that nobody gave is not a difference.
 * @throws AfterimageError as `createSubmitJob`
 */
export function createSubmitShared(
  deps: SubmitDeps & { state: Pick<StateStore, 'idempotency'> },
): SubmitShared {
  return async (request, windowMs) =>
    deps.room.hold(() =>
      commit(deps, request, async (job) => {
        const sharing = { fingerprint: fingerprintOfJob(job), windowMs }
        const result = await deps.state.idempotency.submitShared(job, sharing)
        if (result.isJoined) await discardJob(deps, job)
        return result
      }),
    )
}

/** A job whose result is to be kept for later requests is not the same as one whose result is not: joining would lose it. */
function fingerprintOfJob({ model, plan, input, webhook, reuseKey }: NewJob): string {
  const { images, seed, ...parameters } = input
  const pictures = images.map(({ role, path, sha256, strength, tag }) => [role, path, sha256, strength, tag])
  const { isSeedGiven } = input
  return fingerprintOf(
    model,
    plan.engine,
    parameters,
    isSeedGiven ? seed : null,
    pictures,
    webhook?.url ?? null,
    (reuseKey ?? null) !== null,
  )
}

/**
 * Prepares a job and stores it: ended with an earlier result where the caller takes one and there is one, else to be run.
 * @param store also removes the job's bytes when another one was answered instead
 */
async function commit<Result>(
  deps: SubmitDeps,
  request: SubmitRequest,
  store: (job: NewJob) => Promise<Result>,
): Promise<Result> {
  const planned = await admitAndPlan(deps, request)
  const prepare = (reuse: Reuse | null, reuseKey: string | null): Promise<NewJob> =>
    orDeleteBlobs(deps, planned.input.images, () => toNewJob(deps, request, { ...planned, reuse, reuseKey }))
  const { key, reuse } = await orDeleteBlobs(deps, planned.input.images, () =>
    findReuse(deps, request, planned),
  )
  if (reuse !== null) {
    const job = await prepare(reuse, key)
    try {
      const result = await store(job)
      // It has ended, so that its inputs are needed no more.
      if (!job.input.options.isStored) await deleteBlobs(deps, job.input.images)
      return result
    } catch (error) {
      if (!isAfterimageError(error) || error.code !== 'conflict') throw error
      // Deleted or expired since it was found.
      await deps.resultReuse?.discard(reuse)
    }
  }
  return store(await prepare(null, key))
}

/** The key is null where no later request may take the result. */
async function findReuse(
  { resultReuse }: SubmitDeps,
  { accountId, model, cache }: SubmitRequest,
  { plan, input }: Planned,
): Promise<{ key: string | null; reuse: Reuse | null }> {
  if (resultReuse === undefined || cache === undefined || !(cache.isRead || cache.isWritten))
    return { key: null, reuse: null }
  const key = await resultReuse.keyOf({ model, plan, input })
  const reuse = cache.isRead ? await resultReuse.find(accountId, { key, engine: plan.engine }) : null
  return { key: cache.isWritten && input.options.isStored ? key : null, reuse }
}

async function toNewJob(
  deps: SubmitDeps,
  request: SubmitRequest,
  { plan, input, parentJobId, reuse, reuseKey }: Planned & { reuse: Reuse | null; reuseKey: string | null },
): Promise<NewJob> {
  return {
    id: randomUUID(),
    accountId: request.accountId,
    type: JOB_TYPE,
    model: request.model,
    input,
    plan: reuse === null ? withLimitWarnings(plan, request.terms) : plan,
    parentJobId,
    expiresAt: (await deps.expiryOf?.(request.accountId, input.options.retentionSeconds)) ?? null,
    terms: reuse === null ? termsOf(plan, request.terms) : freeTerms(request.terms),
    fallback: fallbackOf(request),
    webhook: request.webhook ?? null,
    reuse,
    reuseKey,
  }
}

/**
 * Everything that a submit does except storing the job: fetches and checks the inputs, routes and prices.
 * @throws AfterimageError as `createSubmitJob`
 */
export function createDryRun(deps: SubmitDeps): DryRun {
  return async (request) => {
    const { plan, input } = await admitAndPlan(deps, request)
    await deleteBlobs(deps, input.images)
    const terms = termsOf(plan, request.terms)
    const fallbacks = fallbacksOf(deps, request, { plan, input, terms })
    return { plan: withLimitWarnings(plan, request.terms), input, fallbacks }
  }
}

/** The engines that would get the job one after the other if none before took it, as far as its money reaches. */
function fallbacksOf(
  deps: SubmitDeps,
  request: SubmitRequest,
  { plan, input, terms }: { plan: Plan; input: GenerateInput; terms: JobTerms | null },
): Plan[] {
  const model = deps.catalogue.find(request.model)
  const fallback = fallbackOf(request)
  if (model === null || fallback === null) return []
  const { offers, isDraftEnabled } = deps
  const tried = new Set([plan.engine])
  const plans = planFallbacks({ model, input, offers, isDraftEnabled, tried, warnings: plan.warnings })
  const held = { heldMicroUsd: terms?.heldMicroUsd ?? null, planned: plan.estimate }
  return fallback === 'at_any_price' ? plans : plans.filter(({ estimate }) => isCovered(estimate, held))
}

type Planned = { plan: Plan; input: GenerateInput; parentJobId: string | null }

async function admitAndPlan(deps: SubmitDeps, request: SubmitRequest): Promise<Planned> {
  const model = deps.catalogue.find(request.model)
  if (model === null) throw new AfterimageError('not_found', `There is no model "${request.model}".`)
  const { accountId, signal } = request
  const context = signal === undefined ? { accountId } : { accountId, signal }
  const images = await deps.admitInputs(request.sources, context)
  return orDeleteBlobs(deps, images, async () => {
    const input: GenerateInput = { ...request.input, images }
    const { offers, isDraftEnabled, isModerated = false } = deps
    const plan = planJob({ model, input, offers, isDraftEnabled, engine: request.engine ?? null })
    const parent = await findParent(deps, request)
    const previews = previewWarnings(input.options, { isModerated })
    const own = [...(request.warnings ?? []), ...parent.warnings, ...cacheWarnings(request), ...previews]
    return { plan: { ...plan, warnings: [...own, ...plan.warnings] }, input, parentJobId: parent.id }
  })
}

/** What is not stored cannot be taken later; saying nothing would look as if it were. */
function cacheWarnings({ cache, input }: SubmitRequest): readonly Warning[] {
  if (cache?.isWritten !== true || input.options.isStored) return []
  const message =
    'The result is not kept for later requests, because nothing of this job is stored (no_store)'
  return [{ code: 'not_cached', path: CACHE_HEADER, message }]
}

/** Lineage is worth no refusal: the parent may have been deleted since. Another account's is as unknown as none. */
async function findParent(
  { state }: SubmitDeps,
  { parentJobId, accountId }: SubmitRequest,
): Promise<{ id: string | null; warnings: readonly Warning[] }> {
  const wanted = parentJobId ?? null
  if (wanted === null || (await state.getJob(wanted, accountId)) !== null) return { id: wanted, warnings: [] }
  const message = `There is no job ${wanted}, so this one has no parent.`
  return { id: null, warnings: [{ code: 'unknown_parent', path: 'afterimage.parent_job_id', message }] }
}

/** A request that named its engine gets that one or none. */
function fallbackOf({ engine, terms }: SubmitRequest): FallbackTerms | null {
  if ((engine ?? null) !== null) return null
  const isLimited = terms != null && (terms.maxCost !== null || terms.monthlyBudgetMicroUsd !== null)
  return isLimited ? 'within_hold' : 'at_any_price'
}

function termsOf(plan: Plan, terms: SubmitTerms | null = null): JobTerms | null {
  return terms === null ? null : { ...terms, heldMicroUsd: holdOf(plan, terms) }
}

function withLimitWarnings(plan: Plan, terms: SubmitTerms | null = null): Plan {
  return { ...plan, warnings: [...plan.warnings, ...limitWarnings(plan, terms?.maxCost ?? null)] }
}

/** A result that exists costs nothing, so nothing is set aside and no limit is in its way. */
function freeTerms(terms: SubmitTerms | null = null): JobTerms | null {
  return terms === null ? null : { ...terms, heldMicroUsd: 0 }
}

/** No row names these blobs yet, so nobody misses them; a failure leaves an orphan for the sweep. */
function deleteBlobs({ blobs }: SubmitDeps, images: readonly InputImage[]): Promise<void> {
  return removeBlobs(
    blobs,
    images.map(({ blobKey }) => blobKey),
  )
}

async function orDeleteBlobs<Result>(
  deps: SubmitDeps,
  images: readonly InputImage[],
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    await deleteBlobs(deps, images)
    throw error
  }
}

/** The bytes of a job that was not stored. */
async function discardJob(deps: SubmitDeps, { input, reuse }: NewJob): Promise<void> {
  await deleteBlobs(deps, input.images)
  if (reuse) await deps.resultReuse?.discard(reuse)
}
