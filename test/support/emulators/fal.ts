/** fal's queue as of November 2026: submit, status, result and cancel of every endpoint that we call. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { PictureFormat } from './picture.ts'
import { paint } from './picture.ts'

const whole = (min: number, max: number) => z.number().int().min(min).max(max)
const image = z.string().regex(/^data:image\/(?:png|jpeg|webp);base64,/u)
const share = z.number().min(0).max(1)
const SIZE = z.strictObject({ width: z.number().int().positive(), height: z.number().int().positive() })
const RATIOS = ['21:9', '16:9', '3:2', '4:3', '5:4', '1:1', '4:5', '3:4', '2:3', '9:16'] as const

const base = { prompt: z.string().min(1) }
const seed = { seed: whole(0, 2 ** 32 - 1).optional() }
const count = { num_images: whole(1, 4).optional() }
const twoFormats = { output_format: z.enum(['png', 'jpeg']).optional() }
const threeFormats = { output_format: z.enum(['png', 'jpeg', 'webp']).optional() }
const steps = { num_inference_steps: whole(1, 50).optional() }
const guidance = { guidance_scale: z.number().min(0).max(20).optional() }
const sized = { image_size: SIZE.optional() }
const flux = { ...base, ...seed, ...count, ...twoFormats, ...steps, ...guidance }
const strength = { strength: z.number().min(0).max(1).optional() }

const banana = (ratios: readonly string[], classes: readonly string[], more: object) =>
  z.strictObject({
    ...base,
    ...count,
    ...threeFormats,
    aspect_ratio: z.enum(ratios).optional(),
    ...(classes.length === 0 ? {} : { resolution: z.enum(classes).optional() }),
    ...more,
  })
const edit = (max: number) => ({ image_urls: z.array(image).min(1).max(max) })
const pixels = (min: number, max: number) => ({
  image_size: SIZE.refine(({ width, height }) => width * height >= min && width * height <= max).optional(),
})
const WIDE = [...RATIOS, '4:1', '1:4', '8:1', '1:8']
const SEEDREAM_4 = { ...base, ...seed, num_images: whole(1, 6).optional(), ...pixels(921_600, 16_777_216) }
const SEEDREAM_5 = { ...base, num_images: whole(1, 6).optional(), ...pixels(3_686_400, 9_437_184) }
const SEEDREAM_45 = { ...SEEDREAM_4, ...pixels(3_686_400, 16_777_216) }
const FLUX_2 = { ...base, ...seed, ...twoFormats, ...pixels(512 * 512, 4_194_304) }
const GPT_IMAGE_2 = {
  ...base,
  ...count,
  ...threeFormats,
  quality: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  image_size: SIZE.refine(
    ({ width, height }) =>
      width % 16 === 0 &&
      height % 16 === 0 &&
      Math.max(width, height) <= 3840 &&
      Math.max(width / height, height / width) <= 3 &&
      width * height >= 655_360 &&
      width * height <= 8_294_400,
  ).optional(),
}
const IDEOGRAM = {
  ...base,
  ...seed,
  ...sized,
  num_images: whole(1, 8).optional(),
  negative_prompt: z.string().optional(),
  image_urls: z.array(image).max(3).optional(),
}
const Z_IMAGE = {
  ...base,
  ...seed,
  ...count,
  ...threeFormats,
  ...sized,
  enable_prompt_expansion: z.boolean().optional(),
}

const TOPAZ_MODELS = [
  'Low Resolution V2',
  'Standard V2',
  'CGI',
  'High Fidelity V2',
  'Text Refine',
  'Recovery',
  'Redefine',
  'Recovery V2',
  'Standard MAX',
  'Wonder',
]

/** By path; a field that is not listed is refused. */
const ENDPOINTS: Readonly<Record<string, z.ZodType<Record<string, unknown>>>> = {
  'fal-ai/flux/dev/image-to-image': z.strictObject({ ...flux, ...strength, image_url: image }),
  'fal-ai/flux/dev': z.strictObject({ ...flux, ...sized }),
  'fal-ai/flux-kontext/dev': z.strictObject({
    ...flux,
    image_url: image,
    resolution_mode: z.enum([...RATIOS, '9:21', 'auto', 'match_input']).optional(),
  }),
  'fal-ai/nano-banana-pro/edit': banana(RATIOS, ['1K', '2K', '4K'], edit(14)),
  'fal-ai/nano-banana-pro': banana(RATIOS, ['1K', '2K', '4K'], {}),
  'fal-ai/nano-banana-2/edit': banana(WIDE, ['0.5K', '1K', '2K', '4K'], edit(14)),
  'fal-ai/nano-banana-2': banana(WIDE, ['0.5K', '1K', '2K', '4K'], {}),
  'fal-ai/nano-banana/edit': banana(RATIOS, [], edit(3)),
  'fal-ai/nano-banana': banana(RATIOS, [], {}),
  'fal-ai/bytedance/seedream/v4/edit': z.strictObject({ ...SEEDREAM_4, ...edit(10) }),
  'fal-ai/bytedance/seedream/v4/text-to-image': z.strictObject(SEEDREAM_4),
  'fal-ai/bytedance/seedream/v5/lite/edit': z.strictObject({ ...SEEDREAM_5, ...edit(10) }),
  'fal-ai/bytedance/seedream/v5/lite/text-to-image': z.strictObject(SEEDREAM_5),
  'fal-ai/bytedance/seedream/v4.5/edit': z.strictObject({ ...SEEDREAM_45, ...edit(10) }),
  'fal-ai/bytedance/seedream/v4.5/text-to-image': z.strictObject(SEEDREAM_45),
  'fal-ai/flux-2-pro/edit': z.strictObject({ ...FLUX_2, ...edit(8) }),
  'fal-ai/flux-2-pro': z.strictObject(FLUX_2),
  'openai/gpt-image-2/edit': z.strictObject({ ...GPT_IMAGE_2, ...edit(16), mask_url: image.optional() }),
  'openai/gpt-image-2': z.strictObject(GPT_IMAGE_2),
  'fal-ai/ideogram/character': z.strictObject({
    ...IDEOGRAM,
    reference_image_urls: z.array(image).length(1),
  }),
  'fal-ai/ideogram/v3/remix': z.strictObject({ ...IDEOGRAM, ...strength, image_url: image }),
  'fal-ai/ideogram/v3': z.strictObject(IDEOGRAM),
  'fal-ai/qwen-image-2512': z.strictObject({
    ...base,
    ...seed,
    ...count,
    ...threeFormats,
    ...steps,
    ...guidance,
    ...sized,
    negative_prompt: z.string().optional(),
  }),
  'fal-ai/z-image/turbo/image-to-image': z.strictObject({ ...Z_IMAGE, ...strength, image_url: image }),
  'fal-ai/z-image/turbo': z.strictObject(Z_IMAGE),
  'fal-ai/topaz/upscale/image': z.strictObject({
    ...twoFormats,
    image_url: image,
    prompt: z.string().max(1024).optional(),
    model: z.enum(TOPAZ_MODELS).optional(),
    crop_to_fill: z.boolean().optional(),
    subject_detection: z.enum(['All', 'Foreground', 'Background']).optional(),
    face_enhancement: z.boolean().optional(),
    face_enhancement_creativity: share.optional(),
    face_enhancement_strength: share.optional(),
    sharpen: share.optional(),
    denoise: share.optional(),
    fix_compression: share.optional(),
    detail: share.optional(),
    strength: z.number().min(0.01).max(1).optional(),
    creativity: whole(1, 6).optional(),
    texture: whole(1, 5).optional(),
    upscale_factor: z.number().min(1).max(4).optional(),
  }),
}

/** What a request will end as; spelled in its id. */
type Fate = {
  end: 'image' | 'refused' | 'nothing' | 'black' | 'failed' | 'undownloadable'
  width: number
  height: number
  format: PictureFormat
  count: number
  url?: string
}

const FOLLOW = /^\/([\w./-]+)\/requests\/([\w-]+)(\/status\?logs=1|\/cancel)?$/u
const FILE = /^\/files\/(\d+)x(\d+)\.(png|jpeg|webp)$/u
const probe = createImageProbe()

function fault(status: number, detail: unknown, headers: Record<string, string> = {}): Reply {
  return { status, headers, body: JSON.stringify({ detail }) }
}

const ok = (json: object, status = 200): Reply => ({ status, body: JSON.stringify(json) })

export const FAL_EMULATION: Emulation = {
  vendor: 'fal',
  basePath: '',
  // Results lie on a public host, which must not see the key.
  isAuthorized: ({ headers, path }, key) =>
    FILE.test(path) ? headers.authorization === undefined : headers.authorization === `Key ${key}`,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed: async (request) => {
    const file = FILE.exec(request.path)
    if (file !== null) return paintFile(file)
    return request.method === 'POST' ? submitted(request, {}) : follow(request)
  },
  succeedAt: (url, request) => submitted(request, { url }),
  faults: {
    unauthorized: fault(401, 'Cannot access application without authentication'),
    no_credit: fault(402, 'Payment required'),
    quota: fault(403, 'User is locked. Reason: Exhausted balance.'),
    rate_limited: fault(429, 'too many concurrent requests', { 'retry-after': '7' }),
    overloaded: fault(503, 'no runners available'),
    server_error: fault(500, 'internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: (request) => submitted(request, { end: 'refused' }),
    // A vendor that says too much.
    invalid_input: fault(422, [
      {
        loc: ['body', 'prompt'],
        msg: `unsupported "turn the logo into a rug" for ${emulatedKey('fal')}`,
        type: 'value_error',
      },
    ]),
    empty: (request) => submitted(request, { end: 'nothing' }),
  },
}

function checkRequest(request: EmulatedRequest): Reply | null {
  const { method, path } = request
  if (method !== 'POST') return FOLLOW.test(path) || FILE.test(path) ? null : fault(404, 'Path not found')
  const schema = Object.hasOwn(ENDPOINTS, path.slice(1)) ? ENDPOINTS[path.slice(1)] : undefined
  if (schema === undefined) return fault(404, 'Application not found')
  const parsed = schema.safeParse(request.json)
  if (parsed.success) return null
  const details = parsed.error.issues.map(({ path: loc, message }) => ({
    loc: ['body', ...loc],
    msg: message,
    type: 'value_error',
  }))
  return fault(422, details)
}

function submitted(request: EmulatedRequest, more: Partial<Fate>): Reply {
  const spoken = /\[end:(\w+)\]/u.exec(String((request.json as { prompt?: unknown }).prompt))?.[1]
  const end = more.end ?? ((spoken ?? 'image') as Fate['end'])
  const fate: Fate = { ...shapeOf(request), end, ...more }
  const id = Buffer.from(JSON.stringify(fate)).toString('base64url')
  const url = `http://${request.headers.host}${request.path}/requests/${id}`
  return ok({
    status: 'IN_QUEUE',
    request_id: id,
    response_url: url,
    status_url: `${url}/status`,
    cancel_url: `${url}/cancel`,
    queue_position: 0,
  })
}

function shapeOf({ json }: EmulatedRequest): Omit<Fate, 'end'> {
  const body = json as Record<string, unknown>
  const first = body.image_url ?? (body.image_urls as unknown[] | undefined)?.[0]
  const info =
    typeof first === 'string'
      ? probe.probe(Buffer.from(first.slice(first.indexOf(',') + 1), 'base64'))
      : { width: 1024, height: 1024 }
  const factor = typeof body.upscale_factor === 'number' ? body.upscale_factor : 1
  const followed = { width: Math.round(info.width * factor), height: Math.round(info.height * factor) }
  const size = (body.image_size as { width: number; height: number } | undefined) ?? followed
  const format = (body.output_format as PictureFormat | undefined) ?? 'png'
  return { ...size, format, count: Number(body.num_images ?? 1) }
}

function follow({ method, path, headers }: EmulatedRequest): Reply {
  const [, , id = '', what] = FOLLOW.exec(path) ?? []
  const fate = JSON.parse(Buffer.from(id, 'base64url').toString()) as Fate
  if (method === 'PUT') return ok({ status: 'CANCELLATION_REQUESTED' }, 202)
  if (what === undefined) return result(fate, headers.host ?? '')
  if (fate.end === 'failed')
    return ok({ status: 'COMPLETED', error: 'runner disconnected', error_type: 'runner_disconnected' })
  return ok({ status: 'COMPLETED', logs: [], metrics: { inference_time: 4.2 } })
}

function result({ end, width, height, format, count: amount, url }: Fate, host: string): Reply {
  if (end === 'refused')
    return fault(422, [
      { loc: ['body', 'prompt'], msg: 'flagged by a content checker', type: 'content_policy_violation' },
    ])
  if (end === 'undownloadable')
    return fault(422, [
      { loc: ['body', 'image_urls'], msg: 'could not download', type: 'file_download_error' },
    ])
  const one = {
    url: url ?? `http://${host}/files/${width}x${height}.${format}`,
    width,
    height,
    content_type: `image/${format}`,
  }
  const images = end === 'nothing' ? [] : Array.from({ length: amount }, () => one)
  return {
    ...ok({ images, has_nsfw_concepts: images.map(() => end === 'black') }),
    headers: { 'x-fal-billable-units': '1' },
  }
}

async function paintFile([, width, height, format]: RegExpExecArray): Promise<Reply> {
  const body = await paint({ width: Number(width), height: Number(height) }, format as PictureFormat)
  return { status: 200, headers: { 'content-type': `image/${format}` }, body }
}
