/** Black Forest Labs' API as of November 2026: FLUX 2, FLUX 1.1 and Kontext, `get_result`, and the file server. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const POLL = /^\/get_result\?id=([\w-]+)$/u
const MAX_PIXELS = 2048 * 2048
const probe = createImageProbe()

const whole = (min: number, max: number) => z.number().int().min(min).max(max)
const COMMON = {
  prompt: z.string(),
  seed: z.number().int().optional(),
  safety_tolerance: whole(0, 5).optional(),
  output_format: z.enum(['jpeg', 'png', 'webp']).optional(),
}
const images = (count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      index === 0 ? 'input_image' : `input_image_${index + 1}`,
      z.base64().optional(),
    ]),
  )
const side = (step: number, min: number, max: number) => whole(min, max).multipleOf(step).optional()
const FLUX_2_SIDES = { width: side(16, 64, 65_536), height: side(16, 64, 65_536) }
const UPSAMPLING = { prompt_upsampling: z.boolean().optional() }
const RATIO = z
  .string()
  .regex(/^\d+:\d+$/u)
  .refine((text) => ratioOf(text) <= 21 / 9 && ratioOf(text) >= 9 / 21)
  .optional()
const KONTEXT = z.strictObject({ ...COMMON, ...images(4), ...UPSAMPLING, aspect_ratio: RATIO })
const FLUX_2 = { ...COMMON, ...FLUX_2_SIDES }

type Endpoint = { body: z.ZodType<Record<string, unknown>>; cents: number; side: number }

/** By path. `cents` is what a job costs whatever its size, `side` of the square that it makes unasked. */
const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/flux-2-pro': { body: z.strictObject({ ...FLUX_2, ...images(8) }), cents: 4.5, side: 1024 },
  '/flux-2-max': { body: z.strictObject({ ...FLUX_2, ...images(8) }), cents: 10, side: 1024 },
  '/flux-2-flex': {
    body: z.strictObject({
      ...FLUX_2,
      ...images(8),
      ...UPSAMPLING,
      steps: whole(1, 50).optional(),
      guidance: z.number().min(1.5).max(10).optional(),
    }),
    cents: 10,
    side: 1024,
  },
  '/flux-2-klein-4b': { body: z.strictObject({ ...FLUX_2, ...images(4) }), cents: 1.5, side: 1024 },
  '/flux-2-klein-9b': { body: z.strictObject({ ...FLUX_2, ...images(4) }), cents: 1.7, side: 1024 },
  '/flux-kontext-pro': { body: KONTEXT, cents: 4, side: 1024 },
  '/flux-kontext-max': { body: KONTEXT, cents: 8, side: 1024 },
  '/flux-pro-1.1': {
    body: z.strictObject({
      ...COMMON,
      ...UPSAMPLING,
      width: side(32, 256, 1440),
      height: side(32, 256, 1440),
    }),
    cents: 4,
    side: 1024,
  },
  '/flux-pro-1.1-ultra': {
    body: z.strictObject({ ...COMMON, ...UPSAMPLING, aspect_ratio: RATIO, raw: z.boolean().optional() }),
    cents: 6,
    side: 2048,
  },
}

function bflFault(status: number, detail: unknown): Reply {
  return { status, body: JSON.stringify({ detail }) }
}

export const BFL_EMULATION: Emulation = {
  vendor: 'bfl',
  basePath: '/v1',
  isAuthorized: ({ headers, path }, key) => RESULT_FILE.test(path) || headers['x-key'] === key,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url, request) => submitted({ end: 'address', url }, request),
  faults: {
    unauthorized: bflFault(403, `Not authenticated - Invalid Authentication: ${emulatedKey('bfl')}`),
    no_credit: bflFault(402, 'Insufficient credits. Add credits at the dashboard.'),
    quota: bflFault(402, 'Insufficient credits. Add credits at the dashboard.'),
    rate_limited: {
      ...bflFault(429, 'Rate limit exceeded. Max active requests: 24'),
      headers: { 'retry-after': '7' },
    },
    overloaded: bflFault(503, 'Service unavailable'),
    server_error: bflFault(500, 'Internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: (request) => submitted({ end: 'refused' }, request),
    // A vendor that says too much.
    invalid_input: bflFault(422, [
      {
        loc: ['body', 'prompt'],
        msg: `Found "turn the logo into a rug" from ${emulatedKey('bfl')}`,
        type: 'value_error',
      },
    ]),
    empty: (request) => submitted({ end: 'empty' }, request),
  },
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path)) return headers['x-key'] === undefined ? null : bflFault(400, 'a key came along')
  if (method === 'GET') return POLL.test(path) ? null : bflFault(404, 'Not Found')
  const endpoint = ENDPOINTS[path]
  if (endpoint === undefined) return bflFault(404, 'Not Found')
  const parsed = endpoint.body.safeParse(json)
  if (parsed.success) return checkPictures(parsed.data)
  const [issue] = parsed.error.issues
  return bflFault(422, [{ loc: ['body', ...(issue?.path ?? [])], msg: issue?.message, type: 'value_error' }])
}

function checkPictures(body: Record<string, unknown>): Reply | null {
  const { width, height } = body
  if (typeof width === 'number' && typeof height === 'number' && width * height > MAX_PIXELS)
    return bflFault(422, [{ loc: ['body', 'width'], msg: 'more than 4 MP', type: 'value_error' }])
  for (const [name, value] of picturesOf(body)) {
    const { format } = probe.probe(Buffer.from(value, 'base64'))
    if (!['png', 'jpeg', 'webp'].includes(format))
      return bflFault(422, [{ loc: ['body', name], msg: `cannot read ${format}`, type: 'value_error' }])
  }
  return null
}

function picturesOf(body: Record<string, unknown>): [name: string, base64: string][] {
  return Object.entries(body).flatMap(([name, value]): [string, string][] =>
    name.startsWith('input_image') && typeof value === 'string' ? [[name, value]] : [],
  )
}

async function succeed(request: EmulatedRequest): Promise<Reply> {
  const { method, path, json, headers } = request
  if (method === 'POST') {
    const body = ENDPOINTS[path]?.body.parse(json) ?? {}
    const format = z.enum(['png', 'jpeg', 'webp']).parse(body['output_format'] ?? 'jpeg')
    return submitted({ end: 'image', ...sizeOf(body, path), format }, request)
  }
  const file = RESULT_FILE.exec(path)?.[1]
  const id = file ?? POLL.exec(path)?.[1] ?? ''
  const fate = fateOf(id)
  if (file === undefined) return poll(id, { fate, host: headers['host'] ?? '' })
  if (fate?.end !== 'image') return bflFault(404, 'Not Found')
  return {
    status: 200,
    headers: { 'content-type': `image/${fate.format}` },
    body: await paint(fate, fate.format),
  }
}

function submitted(fate: JobFate, { path, headers }: EmulatedRequest): Reply {
  const id = toJobId(fate)
  const body = {
    id,
    polling_url: `http://${headers['host']}/v1/get_result?id=${id}`,
    cost: ENDPOINTS[path]?.cents,
    input_mp: 1,
    output_mp: 1,
  }
  return { status: 200, body: JSON.stringify(body) }
}

function poll(id: string, { fate, host }: { fate: JobFate | null; host: string }): Reply {
  const task = (status: string, more: object = {}): Reply => ({
    status: 200,
    body: JSON.stringify({ id, status, result: null, ...more }),
  })
  if (fate === null) return task('Task not found')
  if (fate.end === 'image')
    return task('Ready', {
      result: { sample: `http://${host}/v1/results/made/${id}`, seed: 7, duration: 4.2 },
    })
  if (fate.end === 'address') return task('Ready', { result: { sample: fate.url } })
  if (fate.end === 'empty') return task('Ready', { result: {} })
  const details = { 'Moderation Reasons': ['Safety Filter'] }
  return fate.end === 'refused' ? task('Content Moderated', { details }) : task('Error')
}

/** Without a size an edit follows its first image, and everything else is a square. */
function sizeOf(body: Record<string, unknown>, path: string): { width: number; height: number } {
  const unasked = ENDPOINTS[path]?.side ?? 1024
  const { width, height, aspect_ratio: ratio } = body
  if (typeof width === 'number' && typeof height === 'number') return { width, height }
  if (typeof ratio === 'string') {
    const root = Math.sqrt(ratioOf(ratio))
    return { width: Math.round(unasked * root), height: Math.round(unasked / root) }
  }
  const [first] = picturesOf(body)
  if (first === undefined) return { width: unasked, height: unasked }
  const info = probe.probe(Buffer.from(first[1], 'base64'))
  return { width: info.width, height: info.height }
}

function ratioOf(text: string): number {
  const [width = 1, height = 1] = text.split(':').map(Number)
  return width / height
}
