/** BytePlus ModelArk's image API as of November 2026, and the file server behind it. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

type Size = { width: number; height: number }
type Rule = {
  maxImages: number
  formats: readonly string[]
  /** Null takes `adaptive` alone. */
  pixels: readonly [min: number, max: number] | null
  extras: Readonly<Record<string, z.ZodType>>
}

const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const DATA_URI = /^data:image\/([a-z]+);base64,(.+)$/su
const SIDES: Readonly<Record<string, number>> = { '1K': 1024, '2K': 2048, '3K': 3072, '4K': 4096 }
const MAX_RATIO = 16
const probe = createImageProbe()

const SEQUENTIAL = {
  sequential_image_generation: z.enum(['auto', 'disabled']).optional(),
  stream: z.boolean().optional(),
}
const SEEDREAM = { maxImages: 14, formats: ['jpeg', 'png', 'webp', 'tiff', 'gif'] }
const RULES: Readonly<Record<string, Rule>> = {
  'seedream-4-0-250828': { ...SEEDREAM, pixels: [921_600, 16_777_216], extras: SEQUENTIAL },
  'seedream-4-5-251128': { ...SEEDREAM, pixels: [3_686_400, 16_777_216], extras: SEQUENTIAL },
  'seedream-5-0-260128': {
    ...SEEDREAM,
    pixels: [3_686_400, 16_777_216],
    extras: { ...SEQUENTIAL, output_format: z.enum(['png', 'jpeg']).optional() },
  },
  'seedream-5-0-pro-260628': { ...SEEDREAM, maxImages: 10, pixels: [921_600, 4_194_304], extras: {} },
  'seededit-3-0-i2i-250628': {
    maxImages: 1,
    formats: ['jpeg', 'png'],
    pixels: null,
    extras: {
      seed: z
        .number()
        .int()
        .min(-1)
        .max(2 ** 31 - 1)
        .optional(),
      guidance_scale: z.number().min(1).max(10).optional(),
    },
  },
}

const COMMON = {
  model: z.string(),
  prompt: z.string().min(1),
  image: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  size: z.string().optional(),
  response_format: z.enum(['url', 'b64_json']).optional(),
  watermark: z.boolean().optional(),
}
const BODY = z.looseObject(COMMON)
type Body = z.output<typeof BODY>

function arkFault(
  status: number,
  code: string,
  { message, param = '' }: { message: string; param?: string },
): Reply {
  return {
    status,
    headers: { 'x-request-id': '02F1' },
    body: JSON.stringify({ error: { code, message, param, type: 'BadRequest' } }),
  }
}

const REFUSED_ITEM = {
  error: {
    code: 'OutputImageSensitiveContentDetected',
    message: 'The output image may contain sensitive information.',
  },
}

export const BYTEPLUS_EMULATION: Emulation = {
  vendor: 'byteplus',
  basePath: '/api/v3',
  isAuthorized: ({ headers, path }, key) =>
    RESULT_FILE.test(path) || headers['authorization'] === `Bearer ${key}`,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url) => answered([{ url, size: '640x480' }], 1),
  faults: {
    unauthorized: arkFault(401, 'AuthenticationError', {
      message: `the API key ${emulatedKey('byteplus')} is invalid`,
    }),
    no_credit: arkFault(403, 'AccountOverdueError', { message: 'overdue balance' }),
    quota: arkFault(429, 'QuotaExceeded', { message: 'free quota used up' }),
    rate_limited: {
      ...arkFault(429, 'ModelAccountIpmRateLimitExceeded', { message: 'images per minute exceeded' }),
      headers: { 'retry-after': '7' },
    },
    overloaded: arkFault(503, 'ServiceUnavailable', { message: 'try later' }),
    server_error: arkFault(500, 'InternalServiceError', { message: '…' }),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: answered([REFUSED_ITEM], 0),
    // A vendor that says too much.
    invalid_input: invalid(
      'prompt',
      `the prompt "turn the logo into a rug" of ${emulatedKey('byteplus')} is too long`,
    ),
    empty: answered([], 0),
  },
}

function answered(data: readonly object[], made: number): Reply {
  const tokens = 16_384 * made
  const usage = { generated_images: made, output_tokens: tokens, total_tokens: tokens }
  return { status: 200, body: JSON.stringify({ model: 'seedream', created: 1_795_345_000, data, usage }) }
}

function invalid(param: string, message: string): Reply {
  return arkFault(400, 'InvalidParameter', { message, param })
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path))
    return headers['authorization'] === undefined ? null : invalid('', 'a key came along')
  if (method !== 'POST' || path !== '/images/generations')
    return arkFault(404, 'NotFound', { message: 'no such route' })
  const parsed = BODY.safeParse(json)
  if (!parsed.success) return complain(parsed.error)
  const rule = RULES[parsed.data.model]
  if (rule === undefined)
    return arkFault(404, 'InvalidEndpointOrModel.NotFound', {
      message: 'the model does not exist or is not activated',
    })
  const strict = z.strictObject({ ...COMMON, ...rule.extras }).safeParse(json)
  if (!strict.success) return complain(strict.error)
  return checkImages(parsed.data, rule) ?? checkSize(parsed.data, rule)
}

function complain(error: z.ZodError): Reply {
  const [issue] = error.issues
  return invalid(issue?.path.join('.') ?? '', issue?.message ?? '')
}

function imagesOf({ image = [] }: Body): readonly string[] {
  return typeof image === 'string' ? [image] : image
}

function checkImages(body: Body, { maxImages, formats, pixels }: Rule): Reply | null {
  const images = imagesOf(body)
  if (images.length > maxImages || (pixels === null && images.length !== 1))
    return invalid('image', 'wrong number of images')
  for (const image of images) {
    const [, named = '', data = ''] = DATA_URI.exec(image) ?? []
    if (data === '') return invalid('image', 'neither an address nor a data URI')
    const { format } = probe.probe(Buffer.from(data, 'base64'))
    if (format !== named || !formats.includes(format)) return invalid('image', `cannot read ${named}`)
  }
  return null
}

function checkSize({ size }: Body, { pixels }: Rule): Reply | null {
  if (pixels === null) return size === 'adaptive' ? null : invalid('size', 'only adaptive')
  if (size === undefined || Object.hasOwn(SIDES, size)) return null
  if (!/^\d+x\d+$/u.test(size)) return invalid('size', 'neither a class nor pixels')
  const { width, height } = toSize(size)
  const [min, max] = pixels
  if (width * height < min) return invalid('size', `image size must be at least ${min} pixels`)
  if (width * height > max) return invalid('size', `image size must be at most ${max} pixels`)
  return Math.max(width / height, height / width) > MAX_RATIO ? invalid('size', 'wrong ratio') : null
}

async function succeed({ method, path, json, headers }: EmulatedRequest): Promise<Reply> {
  if (method === 'POST') {
    const body = BODY.parse(json)
    const size = sizeOf(body)
    const format = body['output_format'] === 'png' ? 'png' : 'jpeg'
    const id = toJobId({ end: 'image', ...size, format })
    const url = `http://${headers['host']}/api/v3/results/made/${id}`
    return answered([{ url, size: `${size.width}x${size.height}` }], 1)
  }
  const fate = fateOf(RESULT_FILE.exec(path)?.[1])
  if (fate?.end !== 'image') return arkFault(404, 'NotFound', { message: 'no such file' })
  return {
    status: 200,
    headers: { 'content-type': `image/${fate.format}` },
    body: await paint(fate, fate.format),
  }
}

/** A class of size follows the first image; `adaptive` is the image's own size. */
function sizeOf(body: Body): Size {
  const { size = '2048x2048' } = body
  const side = SIDES[size]
  const data = DATA_URI.exec(imagesOf(body)[0] ?? '')?.[2]
  const first = data === undefined ? { width: 1, height: 1 } : probe.probe(Buffer.from(data, 'base64'))
  if (size === 'adaptive') return { width: first.width, height: first.height }
  if (side === undefined) return toSize(size)
  const root = Math.sqrt(first.width / first.height)
  return { width: Math.round(side * root), height: Math.round(side / root) }
}

function toSize(size: string): Size {
  const [width = 0, height = 0] = size.split('x').map(Number)
  return { width, height }
}
