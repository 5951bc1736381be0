/** OpenAI's images API as of November 2026: `/images/edits` and `/images/generations`. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { paint } from './picture.ts'

const MODELS = [
  'gpt-image-2',
  'gpt-image-2.5-flare',
  'gpt-image-2.5-sunburst',
  'gpt-image-2.6-flare',
  'gpt-image-2.6-sunburst',
] as const
const QUALITIES = ['low', 'medium', 'high', 'auto']
const NEWER_QUALITIES = [...QUALITIES, 'xhigh', 'max']
const ORDINARY_TYPES = ['image/png', 'image/jpeg', 'image/webp']
const MAX_MASK_BYTES = 4 * 1024 * 1024
const probe = createImageProbe()

const whole = (min: number, max: number) => z.number().int().min(min).max(max)
/** What the images API and the image tool of the Responses API name alike. */
export const DRAWING = {
  model: z.enum(MODELS),
  size: z.string().optional(),
  quality: z.enum(NEWER_QUALITIES).optional(),
  background: z.enum(['transparent', 'opaque', 'auto']).optional(),
  output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
  output_compression: whole(0, 100).optional(),
}
const BODY = z.strictObject({
  ...DRAWING,
  prompt: z.string().min(1).max(32_000),
  n: whole(1, 10).optional(),
  stream: z.boolean().optional(),
  partial_images: whole(0, 3).optional(),
})
type Body = z.output<typeof BODY>
const NUMBERS = new Set(['n', 'output_compression', 'partial_images'])

export function openAiFault(status: number, error: Record<string, string | null>): Reply {
  const body = JSON.stringify({
    error: { message: '', type: 'invalid_request_error', param: null, code: null, ...error },
  })
  return { status, headers: { 'x-request-id': 'req_F1' }, body }
}

export const OPENAI_EMULATION: Emulation = {
  vendor: 'openai',
  basePath: '/v1',
  isAuthorized: ({ headers }, key) => headers.authorization === `Bearer ${key}`,
  isBillable: ({ method, path }) => method === 'POST' && path.startsWith('/images/'),
  check: checkRequest,
  succeed,
  succeedAt: (url) => ({ status: 200, body: JSON.stringify({ created: 1_795_345_000, data: [{ url }] }) }),
  faults: {
    unauthorized: openAiFault(401, {
      message: `Incorrect API key provided: ${emulatedKey('openai')}.`,
      code: 'invalid_api_key',
    }),
    no_credit: openAiFault(402, { message: 'Payment required.' }),
    quota: openAiFault(429, {
      message: 'You exceeded your current quota.',
      type: 'insufficient_quota',
      code: 'insufficient_quota',
    }),
    rate_limited: {
      ...openAiFault(429, {
        message: 'Rate limit reached (images per min).',
        type: 'input-images',
        code: 'rate_limit_exceeded',
      }),
      headers: { 'retry-after': '7', 'x-request-id': 'req_F1' },
    },
    overloaded: openAiFault(503, { message: 'Overloaded.', type: 'server_error' }),
    server_error: openAiFault(500, { message: 'The server had an error.', type: 'server_error' }),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: openAiFault(400, {
      message: 'Request blocked by the safety system. request id req_F1',
      type: 'image_generation_user_error',
      code: 'moderation_blocked',
    }),
    // A vendor that says too much.
    invalid_input: openAiFault(400, {
      message: `Unsupported prompt "turn the logo into a rug" for key ${emulatedKey('openai')}.`,
      param: 'prompt',
      code: 'invalid_value',
    }),
    empty: { status: 200, body: JSON.stringify({ created: 1_795_345_000, data: [] }) },
  },
}

function checkRequest(request: EmulatedRequest): Reply | null {
  if (!['/images/edits', '/images/generations'].includes(request.path))
    return openAiFault(404, { message: 'Invalid URL', code: 'unknown_url' })
  const parsed = BODY.safeParse(bodyOf(request))
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const param = issue?.path.join('.') ?? null
    return openAiFault(400, { message: issue?.message ?? '', param, code: 'invalid_value' })
  }
  return (
    checkSize(parsed.data) ?? checkQuality(parsed.data) ?? checkStream(parsed.data) ?? checkFiles(request)
  )
}

/** Forms carry texts; the vendor reads numbers and booleans from them. */
function bodyOf({ json, fields }: EmulatedRequest): unknown {
  if (json !== undefined) return json
  return Object.fromEntries(
    fields.map(([name, value]) => {
      if (NUMBERS.has(name)) return [name, Number(value)]
      return [name, name === 'stream' ? value === 'true' : value]
    }),
  )
}

export function checkSize({ size }: Pick<Body, 'size'>): Reply | null {
  if (size === undefined || size === 'auto') return null
  const complaint = openAiFault(400, {
    message: `Invalid size ${size}`,
    param: 'size',
    code: 'invalid_value',
  })
  const { width, height } = toSize(size)
  const ratio = width / height
  const isAllowed =
    width % 16 === 0 &&
    height % 16 === 0 &&
    ratio >= 1 / 3 &&
    ratio <= 3 &&
    width * height >= 655_360 &&
    width * height <= 8_294_400 &&
    Math.max(width, height) <= 3840
  return isAllowed ? null : complaint
}

export function checkQuality({
  model,
  quality,
  background,
  output_format,
}: Pick<Body, 'model' | 'quality' | 'background' | 'output_format'>): Reply | null {
  const allowed = /^gpt-image-2\.[56]/u.test(model) ? NEWER_QUALITIES : QUALITIES
  if (quality !== undefined && !allowed.includes(quality))
    return openAiFault(400, { message: 'Invalid quality', param: 'quality', code: 'invalid_value' })
  const isContradiction = background === 'transparent' && output_format === 'jpeg'
  return isContradiction
    ? openAiFault(400, { message: 'jpeg has no transparency', param: 'background', code: 'invalid_value' })
    : null
}

/** Partial images come in a stream only, which the SDKs know for one image. */
function checkStream({ stream: isStream = false, partial_images: partials, n = 1 }: Body): Reply | null {
  if (isStream ? n === 1 : partials === undefined) return null
  const param = isStream ? 'n' : 'partial_images'
  return openAiFault(400, { message: 'Invalid for this stream', param, code: 'invalid_value' })
}

function checkFiles({ path, files }: EmulatedRequest): Reply | null {
  const images = files.filter(({ name }) => name === 'image' || name === 'image[]')
  const masks = files.filter(({ name }) => name === 'mask')
  const complain = (param: string, message: string): Reply =>
    openAiFault(400, { message, param, code: 'invalid_value' })
  if (path === '/images/generations') return files.length === 0 ? null : complain('image', 'no images here')
  if (images.length < 1 || images.length > 16) return complain('image', 'between 1 and 16 images')
  if (images.length + masks.length !== files.length || masks.length > 1)
    return complain('file', 'unknown part')
  for (const { type, bytes } of files) {
    const isTrue = ORDINARY_TYPES.includes(type) && type === `image/${probe.probe(bytes).format}`
    if (!isTrue) return complain('image', `unsupported mimetype ${type}`)
  }
  return checkMask(images[0]?.bytes, masks[0]?.bytes)
}

export function checkMask(image: Buffer | undefined, mask: Buffer | undefined): Reply | null {
  if (mask === undefined || image === undefined) return null
  const found = probe.probe(mask)
  const source = probe.probe(image)
  const isFit =
    found.format === 'png' &&
    found.hasAlpha &&
    mask.length < MAX_MASK_BYTES &&
    found.width === source.width &&
    found.height === source.height
  return isFit ? null : openAiFault(400, { message: 'Invalid mask', param: 'mask', code: 'invalid_value' })
}

async function succeed(request: EmulatedRequest): Promise<Reply> {
  const body = BODY.parse(bodyOf(request))
  const image = await paint(sizeOf(body, request), body.output_format ?? 'png')
  const b64 = image.toString('base64')
  const kind = request.path === '/images/edits' ? 'image_edit' : 'image_generation'
  if (body.stream === true)
    return stream(kind, { b64, partials: body.partial_images ?? 0, ...oddities(body) })
  const data = Array.from({ length: body.n ?? 1 }, () => ({ b64_json: b64 }))
  return {
    status: 200,
    headers: { 'x-request-id': 'req_F1', 'openai-processing-ms': '41233' },
    body: JSON.stringify({ created: 1_795_345_000, data, usage: usage(0) }),
  }
}

/** What may happen after the first partial image; written into the prompt: `[stream:dropped]`. */
const STREAM_FAULTS = ['dropped', 'cut_short', 'garbage', 'error', 'limited', 'moderated'] as const
export type StreamFault = (typeof STREAM_FAULTS)[number]

/** What may happen after the whole image. */
const LATE_FAULTS: Readonly<Record<string, Partial<Reply>>> = {
  '[stream:late_break]': { isBroken: true },
  '[stream:late_garbage]': { body: 'data: {nonsense\n\n' },
}

function oddities({ prompt }: Body): Pick<Streamed, 'fault' | 'isOdd' | 'late'> {
  const fault = STREAM_FAULTS.find((name) => prompt.includes(`[stream:${name}]`)) ?? null
  const late = Object.entries(LATE_FAULTS).find(([name]) => prompt.includes(name))?.[1] ?? {}
  return { fault, isOdd: prompt.includes('[stream:odd_preview]'), late }
}

type Streamed = {
  b64: string
  partials: number
  fault: StreamFault | null
  isOdd: boolean
  late: Partial<Reply>
}

function stream(kind: string, { b64, partials, fault, isOdd, late }: Streamed): Reply {
  const event = (name: string, more: object): string =>
    toEvent(`${kind}.${name}`, { b64_json: b64, created_at: 1_795_345_000, ...more })
  const previews = Array.from({ length: partials }, (_, index) =>
    event('partial_image', { partial_image_index: index, ...(isOdd ? { b64_json: '%%' } : {}) }),
  )
  const reply = { status: 200, headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req_F1' } }
  if (fault === null) {
    const whole = previews.join('') + event('completed', { usage: usage(partials) })
    return { ...reply, ...late, body: `${whole}${String(late.body ?? '')}` }
  }
  const body = `${previews[0] ?? ''}${STREAM_ENDS[fault]}`
  return { ...reply, body, isBroken: fault === 'dropped' }
}

function toEvent(type: string, more: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`
}

/** The rest of the stream. */
const STREAM_ENDS: Readonly<Record<StreamFault, string>> = {
  dropped: 'event: image_edit.completed\ndata: {"type": "image_e',
  cut_short: '',
  garbage: 'event: image_edit.completed\ndata: {"type": nonsense\n\n',
  error: toEvent('error', {
    error: { type: 'server_error', code: 'server_error', message: 'The server had an error.', param: null },
  }),
  limited: toEvent('error', {
    error: {
      type: 'input-images',
      code: 'rate_limit_exceeded',
      message: 'Rate limit reached (images per min).',
      param: null,
    },
  }),
  moderated: toEvent('error', {
    error: {
      type: 'image_generation_user_error',
      code: 'moderation_blocked',
      message: 'Request blocked by the safety system.',
      param: null,
    },
  }),
}

/** Each preview costs 100 output tokens. */
function usage(partials: number): object {
  const output = 1756 + 100 * partials
  return {
    input_tokens: 312,
    input_tokens_details: { text_tokens: 22, image_tokens: 290 },
    output_tokens: output,
    output_tokens_details: { image_tokens: output, text_tokens: 0 },
    total_tokens: 312 + output,
  }
}

/** Without a size the model follows the first image. */
function sizeOf({ size }: Body, { files }: EmulatedRequest): { width: number; height: number } {
  if (size !== undefined && size !== 'auto') return toSize(size)
  const [first] = files
  return first === undefined ? { width: 1024, height: 1024 } : probe.probe(first.bytes)
}

export function toSize(size: string): { width: number; height: number } {
  const [width = 0, height = 0] = size.split('x').map(Number)
  return { width, height }
}
