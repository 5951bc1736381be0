/** The engine around an adapter whose upstream answers the one call with the image itself. */
import type { Capabilities, Engine, EngineContext, EngineOutput, EngineResult } from '../../core/engine.ts'
import { isAfterimageError } from '../../core/errors.ts'
import { decodeBase64 } from '../../core/base64.ts'
import type { Cost, GenerateInput, InputImage, Warning } from '../../core/job.ts'
import { mapLimited } from '../../core/map-limited.ts'
import type { Answer } from './answer.ts'
import type { UpstreamBody } from './body.ts'
import type { UpstreamCall, UpstreamClient, UpstreamClientOptions } from './client.ts'
import { createUpstreamClient } from './client.ts'
import { UNKNOWN_COST } from './cost.ts'
import type { DownloadResult } from './download.ts'
import { createDownloader } from './download.ts'
import type { UpstreamEngineOptions } from './engine-options.ts'
import type { UpstreamEvent } from './events.ts'
import type { ImageNeeds, PreparedImage, PrepareImage } from './inputs.ts'
import { prepareAsStored } from './inputs.ts'
import type { Verdict } from './verdict.ts'

/** The vendor's request. */
export type OutgoingCall = {
  path: string
  body: UpstreamBody
  headers?: Readonly<Record<string, string>>
  warnings: readonly Warning[]
  /** True when the answer may be a stream of events. */
  isStream?: boolean
}

/** An image of an answer: inline, or left at an address. */
export type AnsweredImage = { base64: string } | { url: string }

/** What an answer holds; a verdict when it is a refusal or of no use. */
export type Reading =
  | { images: readonly AnsweredImage[]; cost: Cost | null; warnings?: readonly Warning[] }
  | { verdict: Verdict }

/** Everything that differs between vendors. All members but `toCall` are pure. */
export type SyncAdapter<Model> = Vendor & {
  id: string
  queue: string
  models: Readonly<Record<string, Model>>
  capabilities: (model: Model) => Capabilities
  imageNeeds: ImageNeeds
  /** @throws AfterimageError for what the vendor would refuse */
  toCall: (request: AdapterRequest<Model>) => OutgoingCall | Promise<OutgoingCall>
  read: (
    reply: { answer: Answer; events: readonly UpstreamEvent[] },
    request: AdapterRequest<Model>,
  ) => Reading
  /** Called for each event as it comes. @throws to end the call */
  onEvent?: (event: UpstreamEvent, progress: { jobId: string; context: EngineContext }) => void
  estimate: (input: GenerateInput, model: Model) => Cost
}

export type AdapterRequest<Model> = {
  input: GenerateInput
  model: Model
  images: readonly PreparedImage[]
}

/** How the vendor is reached. */
export type Vendor = Pick<
  UpstreamClientOptions,
  'vendor' | 'secretVariable' | 'origin' | 'trustedSuffixes' | 'authorize' | 'readVerdict'
>

type Deps = { client: UpstreamClient; prepareImage: PrepareImage; download: DownloadResult }

/** Decoded bytes of one inline image. */
const MAX_IMAGE_BYTES = 128 * 1024 * 1024
/** Inputs that are prepared at once; each may need a pixel process. */
const PREPARE_LIMIT = 2

/** Not repeatable: a crash during the call leaves an outcome that nobody can ask for. */
export function createSyncEngine<Model>(adapter: SyncAdapter<Model>, options: UpstreamEngineOptions): Engine {
  const deps = createDeps(adapter, options)
  const find = (id: string): Model | null =>
    Object.hasOwn(adapter.models, id) ? (adapter.models[id] ?? null) : null
  return {
    id: adapter.id,
    kind: 'sync',
    isRepeatable: false,
    queue: adapter.queue,
    capabilities: (id) => {
      const model = find(id)
      return model !== null && deps.client.isReady() ? adapter.capabilities(model) : null
    },
    submit: async ({ jobId, input }, context) => {
      const model = find(input.model)
      if (model === null) throw new TypeError(`${adapter.id} was given a model that it does not serve`)
      const images = await prepareAll(input.images, (image) =>
        deps.prepareImage(image, adapter.imageNeeds, context),
      )
      const result = await submitOnce(adapter, deps, { jobId, context, request: { input, model, images } })
      return { handle: null, status: { state: 'completed', ...result } }
    },
    estimate: (input) => {
      const model = find(input.model)
      return model === null ? UNKNOWN_COST : adapter.estimate(input, model)
    },
    close: () => deps.client.close(),
  }
}

function createDeps(vendor: Vendor, options: UpstreamEngineOptions): Deps {
  const origin = options.origin ?? vendor.origin
  return {
    client: createUpstreamClient({ ...options, ...vendor, origin }),
    prepareImage: options.prepareImage ?? prepareAsStored,
    download: createDownloader({ ...options, vendor: vendor.vendor, origin, fetch: options.fetchResult }),
  }
}

async function prepareAll(
  images: readonly InputImage[],
  prepare: (image: InputImage) => Promise<PreparedImage>,
): Promise<PreparedImage[]> {
  const settled = await mapLimited(images, PREPARE_LIMIT, prepare)
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  })
}

type Submit<Model> = { jobId: string; context: EngineContext; request: AdapterRequest<Model> }

async function submitOnce<Model>(
  adapter: SyncAdapter<Model>,
  deps: Deps,
  { jobId, context, request }: Submit<Model>,
): Promise<EngineResult> {
  const outgoing = await adapter.toCall(request)
  const events: UpstreamEvent[] = []
  const onEvent = (event: UpstreamEvent): void => {
    adapter.onEvent?.(event, { jobId, context })
    events.push(event)
  }
  const call: UpstreamCall = {
    method: 'POST',
    path: outgoing.path,
    body: outgoing.body,
    isBillable: true,
    signal: context.signal,
    known: request.input.prompt === null ? [] : [request.input.prompt],
    ...(outgoing.headers === undefined ? {} : { headers: outgoing.headers }),
    ...(outgoing.isStream === true ? { onEvent } : {}),
  }
  const answer = await deps.client.send(call)
  const reading = adapter.read({ answer, events }, request)
  if ('verdict' in reading) throw deps.client.reject(call, answer, reading.verdict)
  const reject = (verdict: Verdict): Error => deps.client.reject(call, answer, verdict)
  if (reading.images.length === 0)
    throw reject({ kind: 'bad_response', message: 'the answer holds no image' })
  return {
    outputs: await Promise.all(reading.images.map((image) => toOutput(image, { deps, context, reject }))),
    warnings: [...outgoing.warnings, ...(reading.warnings ?? [])],
    recipe: null,
    geometry: null,
    cost: reading.cost,
  }
}

type OutputDeps = { deps: Deps; context: EngineContext; reject: (verdict: Verdict) => Error }

async function toOutput(image: AnsweredImage, { deps, context, reject }: OutputDeps): Promise<EngineOutput> {
  if ('url' in image) return deps.download(image.url, context)
  try {
    return { kind: 'bytes', bytes: decodeBase64(image.base64, MAX_IMAGE_BYTES) }
  } catch (error) {
    throw isAfterimageError(error)
      ? reject({ kind: 'bad_response', message: 'its base64 is damaged' })
      : error
  }
}
