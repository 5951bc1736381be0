import { randomUUID } from 'node:crypto'
import type { AdmitInputs } from './admit-inputs.ts'
import type { JobWebhook } from './delivery.ts'
import { AfterimageError } from './errors.ts'
import type { FallbackTerms, GenerateInput, ImageSource, InputImage, Job, Plan, Warning } from './job.ts'
import type { Once, OnceResult, SharedResult } from './idempotency.ts'
import { fingerprintOf } from './idempotency.ts'
import { holdOf } from './money.ts'
import type { JobTerms, SubmitTerms } from './money.ts'
import { planJob } from './plan-job.ts'
import type { BlobStore, Catalogue, EngineOffer, NewJob, StateStore } from './ports.ts'
import type { QueueRoom } from './queue-room.ts'
import type { ExpiryOf } from './retention.ts'

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
  /** Absent: jobs are kept. */
  expiryOf?: ExpiryOf
  room: QueueRoom
}

export type SubmitJob = (request: SubmitRequest) => Promise<Job>
export type SubmitShared = (request: SubmitRequest, windowMs: number) => Promise<SharedResult>
export type SubmitOnce = (request: SubmitRequest, once: Once<Job>) => Promise<OnceResult>
export type DryRun = (request: SubmitRequest) => Promise<{ plan: Plan; input: GenerateInput }>

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
  return async (request) => deps.room.hold(async () => deps.state.submit(await prepare(deps, request)))
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
    return deps.room.hold(async () => {
      const job = await prepare(deps, request)
      const result = await idempotency.submit(job, once)
      if (result.isReplayed) await deleteBlobs(deps, job.input.images)
      return result
    })
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
    deps.room.hold(async () => {
      const job = await prepare(deps, request)
      const sharing = { fingerprint: fingerprintOfJob(job), windowMs }
      const result = await deps.state.idempotency.submitShared(job, sharing)
      if (result.isJoined) await deleteBlobs(deps, job.input.images)
      return result
    })
}

function fingerprintOfJob({ model, plan, input, webhook }: NewJob): string {
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
  )
}

/** Everything up to the commit. */
async function prepare(deps: SubmitDeps, request: SubmitRequest): Promise<NewJob> {
  const { plan, input, terms, parentJobId } = await admitAndPlan(deps, request)
  return {
    id: randomUUID(),
    accountId: request.accountId,
    type: JOB_TYPE,
    model: request.model,
    input,
    plan,
    parentJobId,
    expiresAt: (await deps.expiryOf?.(request.accountId, input.options.retentionSeconds)) ?? null,
    terms,
    fallback: fallbackOf(request),
    webhook: request.webhook ?? null,
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
    return { plan, input }
  }
}

type Planned = { plan: Plan; input: GenerateInput; terms: JobTerms | null; parentJobId: string | null }

async function admitAndPlan(deps: SubmitDeps, request: SubmitRequest): Promise<Planned> {
  const model = deps.catalogue.find(request.model)
  if (model === null) throw new AfterimageError('not_found', `There is no model "${request.model}".`)
  const { accountId, signal } = request
  const context = signal === undefined ? { accountId } : { accountId, signal }
  const images = await deps.admitInputs(request.sources, context)
  try {
    const input: GenerateInput = { ...request.input, images }
    const { offers, isDraftEnabled } = deps
    const plan = planJob({ model, input, offers, isDraftEnabled, engine: request.engine ?? null })
    const terms = termsOf(plan, request.terms ?? null)
    const parent = await findParent(deps, request)
    const warnings = [...(request.warnings ?? []), ...parent.warnings, ...plan.warnings]
    return { terms, plan: { ...plan, warnings }, input, parentJobId: parent.id }
  } catch (error) {
    await deleteBlobs(deps, images)
    throw error
  }
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

function termsOf({ estimate }: Plan, terms: SubmitTerms | null): JobTerms | null {
  return terms === null ? null : { ...terms, heldMicroUsd: holdOf(estimate, terms) }
}

/** No row names these blobs yet, so nobody misses them; a failure leaves an orphan for the sweep. */
async function deleteBlobs(deps: SubmitDeps, images: readonly InputImage[]): Promise<void> {
  await Promise.allSettled(images.map(({ blobKey }) => deps.blobs.delete(blobKey)))
}
