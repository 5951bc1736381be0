/** Stored results that answer a repeated request without being made again. */
import { fingerprintOf } from './idempotency.ts'
import { newFileId } from './file-id.ts'
import { removeBlobs } from './end-job.ts'
import type { Cost, InputImage, Job, Output, Warning } from './job.ts'
import { isLimitWarning } from './money.ts'
import type { BlobStore, EngineOffer, NewJob, Outcome, StateStore } from './ports.ts'

/** What the caller allows: `isRead` takes an earlier result, `isWritten` lets later requests take this one. */
export type CacheUse = { isRead: boolean; isWritten: boolean }

/** A job that was asked for in the same way, and its result with bytes of its own. */
export type Reuse = { jobId: string; outcome: Outcome & { status: 'completed' } }

/** The same text for the same picture, whatever else its file holds. Never the same for two pictures. */
export type FingerprintPixels = (image: InputImage) => Promise<string>

export type ReuseDeps = {
  state: Pick<StateStore, 'findReusable'>
  blobs: Pick<BlobStore, 'get' | 'put' | 'delete'>
  fingerprintPixels: FingerprintPixels
  offers: readonly EngineOffer[]
  /** Names what lets results pass; one that another moderation saw, or none, is not taken. */
  moderation: string
}

export type ResultReuse = {
  keyOf: (request: Pick<NewJob, 'model' | 'plan' | 'input'>) => Promise<string>
  /** Null: the account has no such result, or its bytes went while they were read. */
  find: (accountId: string, wanted: { key: string; engine: string }) => Promise<Reuse | null>
  discard: (reuse: Reuse) => Promise<void>
}

/** Where warnings about the cache point. */
export const CACHE_HEADER = 'X-Afterimage-Cache'
export const REUSED_COST: Cost = { microUsd: 0, basis: 'reused', computeUnits: 0 }

/** What makes the pictures of a model on an engine, in a form that tells nothing of it: short, and equal while it is the same. */
export async function revisionOf(
  engine: Pick<EngineOffer, 'revision' | 'upstreamId'> | null,
  model: string,
): Promise<string> {
  const told = (await engine?.revision?.(model)) ?? engine?.upstreamId?.(model) ?? null
  return fingerprintOf(told).slice(0, REVISION_LENGTH)
}

/** The key of a result if what made it is what the key says; else null, and no later request takes it. */
export function keptKey(reuseKey: string | null, revision: string | null | undefined): string | null {
  return revision === undefined || reuseKey?.startsWith(`${revision} `) === true ? reuseKey : null
}

/** 64 bits: only to tell apart what one engine had in turn. */
const REVISION_LENGTH = 16

/**
 * Finds results by what was asked for: model, engine with what stands behind it, parameters, the seed where one was
 * given, and the pixels of the images. What only decides about storing, refusing and showing is no difference.
 */
export function createResultReuse(deps: ReuseDeps): ResultReuse {
  const { state, blobs, fingerprintPixels, moderation, offers } = deps
  return {
    keyOf: async ({ model, plan, input }) => {
      const { images, seed, isSeedGiven, fields, options, ...named } = input
      const { retentionSeconds: _kept, isStored: _stored, arePreviewsWanted: _shown, ...rest } = options
      const { onUnsupported, ...wanted } = rest
      const pictures: unknown[] = []
      // One after the other: each may read a large file.
      for (const image of images)
        pictures.push([image.role, image.strength, image.tag, await fingerprintPixels(image)])
      const isEmulated = onUnsupported === 'emulate'
      const parameters = [named, fields, wanted, isEmulated, isSeedGiven ? seed : null]
      const offer = offers.find(({ id }) => id === plan.engine) ?? null
      const revision = await revisionOf(offer, model)
      return `${revision} ${fingerprintOf(model, plan.engine, parameters, pictures, moderation)}`
    },
    find: async (accountId, wanted) => {
      const job = await state.findReusable(accountId, wanted)
      const outputs = job === null ? null : await copyOutputs(blobs, job)
      return job === null || outputs === null ? null : { jobId: job.id, outcome: outcomeOf(job, outputs) }
    },
    discard: ({ outcome }) => discardCopies(blobs, outcome.outputs),
  }
}

function outcomeOf(job: Job, outputs: readonly Output[]): Reuse['outcome'] {
  const { recipe, geometry } = job
  const warnings = [reusedWarning(job), ...job.warnings.filter(isAboutResult)]
  return { status: 'completed', outputs, warnings, recipe, geometry, cost: REUSED_COST }
}

function reusedWarning({ id }: Job): Warning {
  const message = `This is a copy of the result of job ${id}, which was asked for in the same way; nothing ran, and it costs nothing`
  return { code: 'result_reused', path: CACHE_HEADER, message }
}

/** What the earlier request had to hear about itself is not about its result. */
function isAboutResult(warning: Warning): boolean {
  const { code, path } = warning
  return path !== CACHE_HEADER && code !== 'unknown_parent' && !isLimitWarning(warning)
}

/** Bytes of its own for each file: keys are never shared, so that deleting one job takes nothing from another. */
async function copyOutputs(blobs: ReuseDeps['blobs'], { outputs }: Job): Promise<readonly Output[] | null> {
  const copies: Output[] = []
  try {
    for (const output of outputs) {
      const blob = await blobs.put(await blobs.get(output.blobKey), { maxBytes: output.bytes })
      copies.push({ ...output, fileId: newFileId(), blobKey: blob.key })
      if (blob.sha256 !== output.sha256) throw new Error('The stored bytes are not those of the result.')
    }
    return copies
  } catch {
    // Deleted meanwhile, or damaged: then the request is done as any other, which is always right.
    await discardCopies(blobs, copies)
    return null
  }
}

function discardCopies(blobs: ReuseDeps['blobs'], outputs: readonly Output[]): Promise<void> {
  return removeBlobs(
    blobs,
    outputs.map(({ blobKey }) => blobKey),
  )
}
