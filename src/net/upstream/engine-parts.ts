/** The parts that engines on a vendor's API share, whether it answers at once or later. */
import { createHash, randomUUID } from 'node:crypto'
import { join } from 'node:path'
import type { Engine, EngineContext, EngineOutput, EngineRequest, EngineResult } from '../../core/engine.ts'
import { decodeBase64 } from '../../core/base64.ts'
import { AfterimageError, isAfterimageError } from '../../core/errors.ts'
import type { Warning } from '../../core/job.ts'
import { pause } from '../../core/pause.ts'
import type {
  AdapterCommon,
  AdapterRequest,
  AnsweredImage,
  OutgoingCall,
  Reading,
  Vendor,
} from './adapter.ts'
import type { Answer } from './answer.ts'
import type { UpstreamCall, UpstreamClient } from './client.ts'
import { createUpstreamClient } from './client.ts'
import { UNKNOWN_COST } from './cost.ts'
import type { DownloadResult } from './download.ts'
import { createDownloader } from './download.ts'
import type { UpstreamEngineOptions } from './engine-options.ts'
import type { UpstreamEvent } from './events.ts'
import type { FollowScene } from './follow.ts'
import { follow } from './follow.ts'
import type { PrepareImage } from './inputs.ts'
import { prepareAsStored } from './inputs.ts'
import { prepareImages } from './prepare-images.ts'
import type { Verdict } from './verdict.ts'

export type EngineParts = {
  /** The vendor's own address, or the one that replaces it. */
  origin: string
  client: UpstreamClient
  prepareImage: PrepareImage
  download: DownloadResult
  /** Waits before a call is repeated. */
  wait: FollowScene['wait']
  /** Milliseconds since the epoch. */
  now: () => number
  /** A fingerprint of the key. */
  credential: () => string | null
}

/** Decoded bytes of one inline image. */
const MAX_IMAGE_BYTES = 128 * 1024 * 1024

export function createParts(vendor: Vendor, options: UpstreamEngineOptions): EngineParts {
  const origin = options.origin ?? vendor.origin
  return {
    origin,
    client: createUpstreamClient({ ...options, ...vendor, origin }),
    prepareImage: options.prepareImage ?? prepareAsStored,
    download: createDownloader({ ...options, vendor: vendor.vendor, origin, fetch: options.fetchResult }),
    wait: options.pause ?? pause,
    now: options.clock.now,
    credential: () => fingerprintOf(options.secret()),
  }
}

function fingerprintOf(secret: string | null): string | null {
  return secret === null ? null : createHash('sha256').update(secret).digest('hex')
}

/** Own members only: a model named like a member of every object must not be found. */
export function findModel<Model>({ models }: AdapterCommon<Model>, id: string): Model | null {
  return Object.hasOwn(models, id) ? (models[id] ?? null) : null
}

/** Not repeatable unless the adapter says so: a crash during the billable call leaves an outcome that is not known. */
export function commonMembers<Model>(
  adapter: AdapterCommon<Model>,
  { client, origin, credential }: EngineParts,
): Pick<Engine, 'id' | 'isRepeatable' | 'queue' | 'capabilities' | 'origin' | 'upstreamId' | 'close'> &
  Required<Pick<Engine, 'estimate' | 'credential' | 'revision'>> {
  return {
    id: adapter.id,
    isRepeatable: adapter.isRepeatable ?? false,
    queue: adapter.queue,
    capabilities: (id) => {
      const model = findModel(adapter, id)
      return model !== null && client.isReady() ? adapter.capabilities(model) : null
    },
    origin,
    upstreamId: (id) => upstreamOf(findModel(adapter, id)),
    // The tables are data: address, upstream id and fields of a model, or the whole workflow that runs for it.
    revision: (id) => JSON.stringify([origin, findModel(adapter, id)]),
    estimate: (input) => {
      const model = findModel(adapter, input.model)
      return model === null ? UNKNOWN_COST : adapter.estimate(input, model)
    },
    credential,
    close: () => client.close(),
  }
}

/** The tables of engines that send an id call it `upstream`. */
function upstreamOf(model: unknown): string | null {
  if (typeof model !== 'object' || model === null || !('upstream' in model)) return null
  return typeof model.upstream === 'string' ? model.upstream : null
}

/** Makes the inputs fit. @throws AfterimageError for one that cannot be sent */
export async function prepareRequest<Model>(
  adapter: AdapterCommon<Model>,
  parts: EngineParts,
  { request, context }: { request: EngineRequest; context: EngineContext },
): Promise<AdapterRequest<Model>> {
  const { jobId, input } = request
  const model = findModel(adapter, input.model)
  // It was served when the job was planned: a workflow was removed, or a setting changed, since.
  if (model === null)
    throw new AfterimageError(
      'engine_not_configured',
      `${adapter.id} does not serve ${input.model} any more.`,
    )
  const { prepareImage } = parts
  const images = await prepareImages(input.images, { prepareImage, needs: adapter.imageNeeds, context })
  return { jobId, input, model, images, arePreviewsTaken: context.onPreview !== undefined }
}

/** The billable call as the client takes it. */
export function toBillableCall(
  outgoing: OutgoingCall,
  scene: { context: EngineContext; prompt: string | null; onEvent?: (event: UpstreamEvent) => void },
): UpstreamCall {
  const { context, prompt, onEvent } = scene
  return {
    method: 'POST',
    path: outgoing.path,
    body: outgoing.body,
    isBillable: true,
    signal: context.signal,
    known: prompt === null ? [] : [prompt],
    ...(outgoing.headers === undefined ? {} : { headers: outgoing.headers }),
    ...(outgoing.isStream === true && onEvent !== undefined ? { onEvent } : {}),
  }
}

/** More than any model or workflow makes at once. An answer has room for a million addresses, and each may be a full disk. */
const MAX_IMAGES = 64

export type ReadScene = {
  parts: EngineParts
  context: EngineContext
  call: UpstreamCall
  answer: Answer
  /** Those of the request; the reading's own follow them. */
  warnings: readonly Warning[]
  /** Of an address; see DownloadResult. */
  maxDownloadTries?: number
}

/** Fetches or decodes what was read. @throws AfterimageError for a verdict, an empty answer, a damaged image */
export async function toResult(reading: Reading, scene: ReadScene): Promise<EngineResult> {
  // A verdict speaks about the job, not about the poll that may have brought it.
  const call = { ...scene.call, isBillable: true }
  const reject = (verdict: Verdict): Error => scene.parts.client.reject(call, scene.answer, verdict)
  if ('verdict' in reading) throw reject(reading.verdict)
  const { images, cost, warnings = [] } = reading
  if (images.length === 0) throw reject({ kind: 'bad_response', message: 'the answer holds no image' })
  const taken = images.slice(0, MAX_IMAGES)
  const outputs = await Promise.all(taken.map((image) => toOutput(image, scene, reject)))
  const told = [...scene.warnings, ...warnings, ...leftOut(images.length)]
  return { outputs, warnings: told, recipe: null, geometry: null, cost }
}

function leftOut(count: number): Warning[] {
  if (count <= MAX_IMAGES) return []
  const message = `The answer held ${count} images; only the first ${MAX_IMAGES} were taken.`
  return [{ code: 'results_left_out', path: 'result', message }]
}

async function toOutput(
  image: AnsweredImage,
  { parts, context, maxDownloadTries }: ReadScene,
  reject: (verdict: Verdict) => Error,
): Promise<EngineOutput> {
  if ('url' in image) return parts.download(image.url, context, maxDownloadTries)
  if ('path' in image) return fetchOwn(image.path, parts, context)
  try {
    return { kind: 'bytes', bytes: decodeBase64(image.base64, MAX_IMAGE_BYTES) }
  } catch (error) {
    throw isAfterimageError(error)
      ? reject({ kind: 'bad_response', message: 'its base64 is damaged' })
      : error
  }
}

/** From the configured address itself, which may be private and may want the credentials. */
async function fetchOwn(path: string, parts: EngineParts, context: EngineContext): Promise<EngineOutput> {
  const saveTo = join(context.scratchDirectory, `result-${randomUUID()}`)
  await follow({ ...parts, signal: context.signal }, { path, saveTo })
  return { kind: 'file', path: saveTo }
}
