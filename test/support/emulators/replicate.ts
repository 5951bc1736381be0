/** Replicate's API as of November 2026: predictions of the models that we call, files, and the list of predictions. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import type { PictureFormat } from './picture.ts'
import { paint } from './picture.ts'

const MAX_DATA_URI = 350_000
const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16', 'match_input_image']
const whole = (min: number, max: number) => z.number().int().min(min).max(max)
const image = z.union([
  z
    .string()
    .max(MAX_DATA_URI)
    .regex(/^data:image\/(?:png|jpeg|webp);base64,/u),
  z.string().regex(/^http:\/\/127\.0\.0\.1:\d+\/v1\/files\/[\w-]+$/u),
])
const prompt = { prompt: z.string().min(1) }
const seed = { seed: whole(0, 2 ** 32 - 1).optional() }
const twoFormats = { output_format: z.enum(['png', 'jpg']).optional() }
const ratio = (values: readonly string[]) => ({ aspect_ratio: z.enum(values).optional() })

const FLUX_2 = {
  ...prompt,
  ...seed,
  ...ratio([...RATIOS, '9:21', 'custom']),
  resolution: z.enum(['match_input_image', '0.5 MP', '1 MP', '2 MP', '4 MP']).optional(),
  width: whole(256, 2048).multipleOf(32).optional(),
  height: whole(256, 2048).multipleOf(32).optional(),
  safety_tolerance: whole(1, 5).optional(),
  output_format: z.enum(['png', 'jpg', 'webp']).optional(),
  output_quality: whole(0, 100).optional(),
}

/** By model; a field that is not listed is refused, although the vendor itself would only ignore it. */
const MODELS: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  'black-forest-labs/flux-dev': z.strictObject({
    ...prompt,
    ...seed,
    ...ratio([...RATIOS, '9:21']),
    image: image.optional(),
    prompt_strength: z.number().min(0).max(1).optional(),
    num_outputs: whole(1, 4).optional(),
    num_inference_steps: whole(1, 50).optional(),
    guidance: z.number().min(0).max(10).optional(),
    output_format: z.enum(['png', 'jpg', 'webp']).optional(),
    output_quality: whole(0, 100).optional(),
  }),
  'black-forest-labs/flux-kontext-pro': z.strictObject({
    ...prompt,
    ...seed,
    ...twoFormats,
    ...ratio([...RATIOS, '9:21', '2:1', '1:2']),
    input_image: image,
  }),
  'google/nano-banana-pro': z.strictObject({
    ...prompt,
    ...twoFormats,
    ...ratio(RATIOS),
    image_input: z.array(image).max(14).optional(),
    resolution: z.enum(['1K', '2K', '4K']).optional(),
  }),
  'bytedance/seedream-4': z.strictObject({
    ...prompt,
    ...ratio(RATIOS),
    image_input: z.array(image).max(10).optional(),
    size: z.enum(['1K', '2K', '4K', 'custom']).optional(),
    width: whole(1024, 4096).optional(),
    height: whole(1024, 4096).optional(),
  }),
  'openai/gpt-image-2': z.strictObject({
    ...prompt,
    ...ratio(['1:1', '3:2', '2:3']),
    input_images: z.array(image).max(10).optional(),
    quality: z.enum(['low', 'medium', 'high', 'auto']).optional(),
    number_of_images: whole(1, 10).optional(),
    background: z.enum(['auto', 'opaque']).optional(),
    moderation: z.enum(['auto', 'low']).optional(),
    output_compression: whole(0, 100).optional(),
    output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
  }),
  'black-forest-labs/flux-2-pro': z.strictObject({
    ...FLUX_2,
    input_images: z.array(image).max(8).optional(),
  }),
  'black-forest-labs/flux-2-flex': z.strictObject({
    ...FLUX_2,
    input_images: z.array(image).max(10).optional(),
    prompt_upsampling: z.boolean().optional(),
    steps: whole(1, 50).optional(),
    guidance: z.number().min(1.5).max(10).optional(),
  }),
  'runwayml/gen4-image': z
    .strictObject({
      ...prompt,
      ...seed,
      ...ratio(['16:9', '9:16', '4:3', '3:4', '1:1', '21:9']),
      resolution: z.enum(['720p', '1080p']).optional(),
      reference_images: z.array(image).max(3),
      reference_tags: z.array(z.string().regex(/^[a-z]\w{2,15}$/u)).max(3),
    })
    .refine(({ reference_images: images, reference_tags: tags }) => images.length === tags.length),
}

const SUBMIT = /^\/models\/([\w-]+\/[\w-]+)\/predictions$/u
const PREDICTION = /^\/predictions\/([\w-]+)(\/cancel)?$/u
/** One page of them; the cursor is the vendor's own affair. */
const LIST = /^\/predictions(?:\?cursor=(\d+))?$/u
const PAGE = 100
const DELIVERY = /^\/delivery\/(\d+)x(\d+)\.(png|jpeg|webp)$/u
const BODY = z.strictObject({
  input: z.record(z.string(), z.unknown()),
  webhook: z.url().optional(),
  webhook_events_filter: z.array(z.enum(['start', 'output', 'logs', 'completed'])).optional(),
})
const INPUT = z.object({
  input: z.object({
    image: z.string().optional(),
    input_image: z.string().optional(),
    image_input: z.array(z.string()).optional(),
    input_images: z.array(z.string()).optional(),
    reference_images: z.array(z.string()).optional(),
    width: z.number().optional(),
    height: z.number().optional(),
    output_format: z.enum(['png', 'jpg', 'jpeg', 'webp']).default('png'),
  }),
})
const probe = createImageProbe()

const reply = (status: number, json: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(json),
})
const fault = (status: number, detail: string, headers: Record<string, string> = {}): Reply =>
  reply(status, { detail, status }, headers)

/** With a memory of its own, for the list of predictions. */
export function createReplicateEmulation(): Emulation {
  const created: Created[] = []
  const remember = (request: EmulatedRequest, fate?: JobFate): Reply => {
    const id = idOf(request, fate)
    created.unshift({ id, body: BODY.parse(request.json) })
    return submitted(request, id)
  }
  return {
    ...EMULATION,
    succeed: async (request) => {
      if (SUBMIT.test(request.path)) return remember(request)
      return LIST.test(request.path) ? list(request, created) : EMULATION.succeed(request)
    },
    succeedAt: (url, request) => remember(request, { end: 'address', url }),
  }
}

type Created = { id: string; body: z.output<typeof BODY> }

const EMULATION: Emulation = {
  vendor: 'replicate',
  basePath: '/v1',
  // Results lie on a public host, which must not see the key.
  isAuthorized: ({ headers, path }, key) =>
    DELIVERY.test(path) ? headers.authorization === undefined : headers.authorization === `Bearer ${key}`,
  isBillable: ({ method, path }) => method === 'POST' && path.startsWith('/models/'),
  isPreparation: ({ path }) => path === '/files',
  check: checkRequest,
  succeed: async (request) => {
    const { path } = request
    const delivery = DELIVERY.exec(path)
    if (delivery !== null) return deliver(delivery)
    if (path === '/files') return reply(201, { id: 'f1', urls: { get: addressOf(request, '/files/f1') } })
    return follow(request)
  },
  faults: {
    unauthorized: reply(401, {
      title: 'Unauthenticated',
      detail: 'You did not pass a valid authentication token',
      status: 401,
    }),
    no_credit: reply(402, {
      title: 'Insufficient credit',
      detail: 'You have insufficient credit.',
      status: 402,
    }),
    quota: reply(402, {
      title: 'Spend limit reached',
      detail: 'Your monthly limit is reached.',
      status: 402,
    }),
    rate_limited: fault(429, 'Request was throttled. Your rate limit resets in ~7s.'),
    overloaded: fault(503, 'Service unavailable.'),
    server_error: fault(500, 'Internal server error.'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: (request) => submitted(request, toJobId({ end: 'refused' })),
    // A vendor that says too much.
    invalid_input: reply(422, {
      title: 'Input validation failed',
      detail: `- input.prompt: "turn the logo into a rug" with ${emulatedKey('replicate')}`,
      status: 422,
      invalid_fields: [{ type: 'invalid_type', field: 'input.prompt' }],
    }),
    empty: (request) => submitted(request, toJobId({ end: 'empty' })),
  },
}

function checkRequest(request: EmulatedRequest): Reply | null {
  const { method, path, json, files } = request
  const name = SUBMIT.exec(path)?.[1]
  if (name !== undefined && method === 'POST') return checkInput(name, json)
  if (path === '/files' && method === 'POST')
    return files.length === 1 && files[0]?.name === 'content' ? null : fault(400, 'content is missing')
  const known = PREDICTION.test(path) || LIST.test(path) || DELIVERY.test(path)
  return known ? null : fault(404, 'The requested resource could not be found.')
}

function checkInput(name: string, json: unknown): Reply | null {
  const schema = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined
  if (schema === undefined) return fault(404, 'The requested resource could not be found.')
  const body = BODY.safeParse(json)
  if (!body.success) return fault(400, body.error.message)
  const parsed = schema.safeParse(body.data.input)
  if (parsed.success) return null
  const fields = parsed.error.issues.map(({ path, message }) => ({
    type: 'invalid_type',
    field: ['input', ...path].join('.'),
    description: message,
  }))
  const detail = fields.map(({ field, description }) => `- ${field}: ${description}`).join('\n')
  return reply(422, { title: 'Input validation failed', detail, status: 422, invalid_fields: fields })
}

function idOf(request: EmulatedRequest, fate?: JobFate): string {
  return toJobId(fate ?? spokenFate(request) ?? fateOfInput(request))
}

function submitted(request: EmulatedRequest, id: string): Reply {
  return reply(201, prediction(request, { id, status: 'starting', output: null }))
}

/** `[end:failed]` in a prompt. */
function spokenFate(request: EmulatedRequest): JobFate | null {
  const { input } = request.json as { input: { prompt?: string } }
  const end = /\[end:(refused|failed|empty|cancelled)\]/u.exec(input.prompt ?? '')?.[1]
  return end === undefined ? null : { end: end as 'refused' }
}

function fateOfInput({ json }: EmulatedRequest): JobFate {
  const { input } = INPUT.parse(json)
  const images = [
    input.image,
    input.input_image,
    input.image_input,
    input.input_images,
    input.reference_images,
  ].flat()
  const first = images.find((text) => text?.startsWith('data:'))
  const followed =
    first === undefined
      ? { width: 1024, height: 1024 }
      : probe.probe(Buffer.from(first.slice(first.indexOf(',') + 1), 'base64'))
  const { width = followed.width, height = followed.height, output_format: format } = input
  return { end: 'image', width, height, format: format === 'jpg' ? 'jpeg' : format }
}

function prediction(request: EmulatedRequest, more: { id: string } & Record<string, unknown>): object {
  return {
    version: 'hidden',
    logs: '',
    error: null,
    data_removed: false,
    created_at: '2026-11-22T10:00:00Z',
    urls: {
      get: addressOf(request, `/predictions/${more.id}`),
      cancel: addressOf(request, `/predictions/${more.id}/cancel`),
    },
    ...more,
  }
}

function addressOf({ headers }: EmulatedRequest, path: string): string {
  return `http://${headers.host}/v1${path}`
}

function follow(request: EmulatedRequest): Reply {
  const [, id = '', cancel] = PREDICTION.exec(request.path) ?? []
  const fate = fateOf(id)
  if (fate === null) return fault(404, 'The requested resource could not be found.')
  if (cancel !== undefined) return reply(200, prediction(request, { id, status: 'canceled', output: null }))
  return reply(200, prediction(request, { id, ...stateOf(request, fate) }))
}

function stateOf(request: EmulatedRequest, fate: JobFate): Record<string, unknown> {
  if (fate.end === 'image')
    return { status: 'succeeded', output: deliveryOf(request, fate), metrics: { predict_time: 4.1 } }
  if (fate.end === 'address') return { status: 'succeeded', output: [fate.url] }
  return ENDS[fate.end]
}

const ENDS = {
  empty: { status: 'succeeded', output: [] },
  cancelled: { status: 'aborted', output: null },
  refused: { status: 'failed', error: 'The input or output was flagged as sensitive. (E005)' },
  failed: { status: 'failed', error: 'CUDA out of memory' },
}

function deliveryOf(
  request: EmulatedRequest,
  fate: { width: number; height: number; format: string },
): string {
  return addressOf(request, `/delivery/${fate.width}x${fate.height}.${fate.format}`)
}

async function deliver([, width, height, format]: RegExpExecArray): Promise<Reply> {
  const body = await paint({ width: Number(width), height: Number(height) }, format as PictureFormat)
  return { status: 200, headers: { 'content-type': `image/${format}` }, body }
}

/** Newest first, as documented; a prediction tells the address that it was made with. */
function list(request: EmulatedRequest, created: readonly Created[]): Reply {
  const start = Number(LIST.exec(request.path)?.[1] ?? 0)
  const end = start + PAGE
  const results = created.slice(start, end).map(({ id, body: { webhook } }) => {
    const fate = fateOf(id)
    const state = fate === null ? {} : stateOf(request, fate)
    return prediction(request, { id, ...state, ...(webhook === undefined ? {} : { webhook }) })
  })
  const next = end < created.length ? addressOf(request, `/predictions?cursor=${end}`) : null
  return reply(200, { next, previous: null, results })
}
