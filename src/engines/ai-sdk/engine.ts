/** Any image model of the Vercel AI SDK as an engine. */
import { readFile } from 'node:fs/promises'
import { decodeBase64 } from '../../core/base64.ts'
import type {
  Capabilities,
  Engine,
  EngineContext,
  EngineOutput,
  EngineRequest,
  EngineResult,
  Support,
} from '../../core/engine.ts'
import type { GenerateInput, Warning } from '../../core/job.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'
import type { ImageNeeds, MaskForm, PreparedImage, PrepareImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import { prepareImages } from '../../net/upstream/prepare-images.ts'
import { redact } from '../../net/upstream/redact.ts'
import { adjusted, withoutEffect } from '../../net/upstream/shape.ts'
import type { AddedEngine } from '../added.ts'
import { choosePixels, chooseRatio } from '../choose-size.ts'
import { sourcesFirst, weightWarnings } from '../pictures.ts'
import { faultOfThrown, nothingMade } from './fault.ts'
import type { AiSdkCall, AiSdkFile, AiSdkImageModel, AiSdkResult, AiSdkWarning, JsonValue } from './model.ts'
import { callModel, maxPerCall } from './model.ts'

export type AiSdkModelOptions = {
  model: AiSdkImageModel
  /** Most pictures of a request; 1 by default, and none for models of version 2, which take no pictures. */
  maxImages?: number
  /** How the provider's mask looks where the picture may change; left out where it takes none. */
  mask?: MaskForm
  /** What the provider takes: `pixels` (default), one of these aspect ratios, or nothing. */
  shape?: 'pixels' | readonly `${number}:${number}`[] | 'none'
  /** Whether the provider takes a seed; true by default. */
  seed?: boolean
  /** Sent with every call: `{ openai: { quality: 'high' } }`. */
  providerOptions?: Record<string, Record<string, JsonValue>>
}

export type AiSdkEngineOptions = {
  /** Shown in the job: `ai-sdk/xai`. */
  id: string
  /** By an id of `GET /models`, or by `local/…` for a model of your own. */
  models: Readonly<Record<string, AiSdkModelOptions>>
}

const LIMITS: SizeLimits = { step: 8, minSide: 64, maxSide: 8192 }
/** Side of the square that named shapes stand for, in words about them. */
const RATIO_SIDE = 1024
const MAX_IMAGE_BYTES = 50_000_000
const MAX_RESULT_BYTES = 128 * 1024 * 1024

const PICTURES = ['image_url', 'image_urls', 'style_images', 'reference_images']
const SHAPES = ['width', 'height', 'size', 'aspect_ratio', 'resolution']
const REASON = 'the AI SDK has no such setting; providerOptions may have it for every call'

/**
 * An engine around models of the AI SDK. A call is `doGenerate`, once: never `generateImage`, which would call again.
 * It cannot be resumed and is never repeated: a lost answer ends as `outcome_unknown`.
 */
export function fromAiSdk({ id, models }: AiSdkEngineOptions): AddedEngine {
  const find = (model: string): AiSdkModelOptions | null =>
    Object.hasOwn(models, model) ? (models[model] ?? null) : null
  const capabilities: Engine['capabilities'] = (model) => {
    const found = find(model)
    return found === null ? null : capabilitiesOf(found)
  }
  return {
    id,
    serves: Object.keys(models),
    capabilities,
    create: ({ prepareImage }) => ({
      id,
      kind: 'sync',
      isRepeatable: false,
      queue: id,
      capabilities,
      revision: (model) => revisionOf(find(model)),
      estimate: () => UNKNOWN_COST,
      submit: async (request, context) => {
        const options = find(request.input.model)
        if (options === null) throw new TypeError(`${id} was given a model that it does not serve`)
        const result = await generate({ id, options, prepareImage }, request, context)
        return { handle: null, status: { state: 'completed', ...result } }
      },
    }),
  }
}

function revisionOf(options: AiSdkModelOptions | null): string | null {
  if (options === null) return null
  const { model, ...settings } = options
  return JSON.stringify([model.provider, model.modelId, settings])
}

function roomFor({ model, maxImages = 1 }: AiSdkModelOptions): number {
  return model.specificationVersion === 'v2' ? 0 : maxImages
}

function capabilitiesOf(options: AiSdkModelOptions): Capabilities {
  const { mask, shape = 'pixels', seed = true } = options
  const room = roomFor(options)
  const has: readonly (readonly [fields: readonly string[], isTaken: boolean])[] = [
    [['prompt', 'count'], true],
    [PICTURES, room > 0],
    [['mask_url'], room > 0 && mask !== undefined],
    [SHAPES, shape !== 'none'],
    [['seed'], seed],
  ]
  const entries = has.flatMap(([fields, isTaken]) =>
    fields.map((field): [string, Support] => [field, isTaken ? 'native' : 'unsupported']),
  )
  const missing = entries.filter(([, support]) => support === 'unsupported').map(([field]) => field)
  const others = [
    'strength',
    'styles',
    'quality',
    'output_format',
    'precise_edit',
    'negative_prompt',
    'steps',
    'guidance_scale',
  ]
  return {
    operations: room > 0 ? ['edit', 'generate', 'enhance'] : ['generate'],
    maxImages: room > 0 ? room + (mask === undefined ? 0 : 1) : 0,
    outputFormats: [],
    fields: Object.fromEntries([...entries, ...others.map((field) => [field, 'unsupported'] as const)]),
    reasons: Object.fromEntries([
      ...missing.map((field) => [field, 'this model of the AI SDK does not take it']),
      ...others.map((field) => [field, REASON]),
    ]) as Record<string, string>,
  }
}

type Bound = { id: string; options: AiSdkModelOptions; prepareImage: PrepareImage }

async function generate(
  { id, options, prepareImage }: Bound,
  { input }: EngineRequest,
  context: EngineContext,
): Promise<EngineResult> {
  const { call, warnings } = await toCall({ id, options, prepareImage }, input, context)
  await context.announceCall()
  const result = await callOnce({ id, options }, call, context.signal)
  if (result.images.length === 0) throw nothingMade(id)
  const told = result.warnings.map((warning) => toWarning(warning, input))
  return {
    outputs: result.images.map((image) => toOutput(image, id)),
    warnings: [...warnings, ...told],
    recipe: null,
    geometry: null,
    cost: UNKNOWN_COST,
  }
}

/** Some providers notice an abort only after their next sleep; the user does not wait for that. */
async function callOnce(
  { id, options }: Pick<Bound, 'id' | 'options'>,
  call: AiSdkCall,
  signal: AbortSignal,
): Promise<AiSdkResult> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new Error('aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([callModel(options.model, call), aborted])
  } catch (error) {
    throw faultOfThrown(error, { engine: id, prompt: call.prompt ?? null, isAborted: signal.aborted })
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function toCall(
  { options, prepareImage }: Bound,
  input: GenerateInput,
  context: EngineContext,
): Promise<{ call: AiSdkCall; warnings: readonly Warning[] }> {
  const images = await prepareImages(input.images, { prepareImage, needs: needsOf(options), context })
  const pictures = roomFor(options) === 0 ? [] : sourcesFirst(images)
  const mask = options.mask === undefined ? undefined : images.find((image) => image.input.role === 'mask')
  const shape = shapeOf(input, options)
  const most = await maxPerCall(options.model)
  const n = Math.min(input.count, most)
  const isFewer = n < input.count
  return {
    call: {
      prompt: input.prompt ?? undefined,
      n,
      size: shape.size,
      aspectRatio: shape.aspectRatio,
      seed: input.isSeedGiven && options.seed !== false ? input.seed : undefined,
      files: pictures.length === 0 ? undefined : await Promise.all(pictures.map(toFile)),
      mask: mask === undefined ? undefined : await toFile(mask),
      providerOptions: options.providerOptions ?? {},
      abortSignal: context.signal,
      headers: {},
    },
    warnings: [
      ...shape.warnings,
      // Another call would be another bill.
      ...(isFewer ? [adjusted('count', { asked: `${input.count}`, used: `${n}` })] : []),
      ...weightWarnings(pictures, 'the AI SDK'),
    ],
  }
}

function needsOf({ mask }: AiSdkModelOptions): ImageNeeds {
  const form = mask === undefined ? {} : { mask }
  return { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, ...form }
}

async function toFile({ path, format }: PreparedImage): Promise<AiSdkFile> {
  return { type: 'file', mediaType: mediaTypeOf(format), data: new Uint8Array(await readFile(path)) }
}

type Shape = Pick<AiSdkCall, 'size' | 'aspectRatio'> & { warnings: readonly Warning[] }

function shapeOf(input: GenerateInput, { shape = 'pixels' }: AiSdkModelOptions): Shape {
  if (shape === 'none') return { size: undefined, aspectRatio: undefined, warnings: [] }
  if (shape === 'pixels') {
    const { size, warnings } = choosePixels(input, LIMITS)
    return {
      size: size === null ? undefined : `${size.width}x${size.height}`,
      aspectRatio: undefined,
      warnings,
    }
  }
  const { ratio, warnings } = chooseRatio(input, { ratios: shape, side: RATIO_SIDE })
  return { size: undefined, aspectRatio: shape.find((known) => known === ratio), warnings }
}

/** Our words for what the SDK's warnings name. */
const PATHS: Readonly<Record<string, string>> = {
  n: 'count',
  size: 'width',
  aspectRatio: 'aspect_ratio',
  seed: 'seed',
  mask: 'afterimage.mask_url',
}

function toWarning(
  { type, feature, setting, details, message }: AiSdkWarning,
  input: GenerateInput,
): Warning {
  const known = input.prompt === null ? [] : [input.prompt]
  const name = feature ?? setting ?? ''
  const path = name === 'files' ? (input.images[0]?.path ?? '') : (PATHS[name] ?? '')
  const words = redact(details ?? message ?? `${type} ${name}`, known)
  if (path !== '' && type.startsWith('unsupported')) return withoutEffect(path, words)
  return { code: 'engine_note', path, message: words }
}

function toOutput(image: string | Uint8Array, engine: string): EngineOutput {
  if (typeof image !== 'string') return { kind: 'bytes', bytes: image }
  try {
    return { kind: 'bytes', bytes: decodeBase64(image, MAX_RESULT_BYTES) }
  } catch {
    throw nothingMade(engine)
  }
}
