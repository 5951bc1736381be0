/** Luma's API for UNI-1 as of November 2026, and the file server behind it. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

const RATIOS = ['3:1', '2:1', '16:9', '3:2', '1:1', '2:3', '9:16', '1:2', '1:3'] as const
const GENERATION = /^\/generations\/([\w-]+)$/u
const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const SIDE = 2048
const MOST_REFERENCES = { image: 9, image_edit: 8 }
const probe = createImageProbe()

const IMAGE = z.union([
  z.strictObject({ url: z.url({ protocol: /^https$/u }) }),
  z
    .strictObject({ data: z.base64().min(1), media_type: z.enum(['image/png', 'image/jpeg', 'image/webp']) })
    .refine(({ data, media_type: type }) => `image/${probeOf(data).format}` === type, 'corrupt input'),
])
const BODY = z
  .strictObject({
    model: z.enum(['uni-1', 'uni-1-max']),
    type: z.enum(['image', 'image_edit']),
    prompt: z.string().min(1).max(6000),
    source: IMAGE.optional(),
    image_ref: z.array(IMAGE).min(1).optional(),
    aspect_ratio: z.enum(RATIOS).optional(),
    style: z.enum(['auto', 'manga']).optional(),
    output_format: z.enum(['png', 'jpeg']).optional(),
    web_search: z.boolean().optional(),
    user_id: z.string().optional(),
  })
  .refine(({ type, source }) => (type === 'image_edit') === (source !== undefined), { path: ['source'] })
  .refine(({ type, image_ref: images = [] }) => images.length <= MOST_REFERENCES[type], {
    path: ['image_ref'],
  })
type Body = z.output<typeof BODY>

function probeOf(base64: string): { format: string; width: number; height: number } {
  return probe.probe(Buffer.from(base64, 'base64'))
}

function lumaFault(status: number, detail: unknown): Reply {
  return { status, body: JSON.stringify({ detail }) }
}

export const LUMA_EMULATION: Emulation = {
  vendor: 'luma',
  basePath: '/v1',
  isAuthorized: ({ headers, path }, key) =>
    RESULT_FILE.test(path) || headers['authorization'] === `Bearer ${key}`,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url) => submitted({ end: 'address', url }),
  faults: {
    unauthorized: lumaFault(401, `Not authenticated: ${emulatedKey('luma')}`),
    no_credit: lumaFault(402, 'Insufficient credits'),
    quota: lumaFault(402, 'Insufficient credits'),
    rate_limited: { ...lumaFault(429, 'Too many concurrent generations'), headers: { 'retry-after': '7' } },
    overloaded: lumaFault(503, 'Service unavailable'),
    server_error: lumaFault(500, 'Internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: submitted({ end: 'refused' }),
    // A vendor that says too much.
    invalid_input: lumaFault(422, [
      {
        loc: ['body', 'prompt'],
        msg: `"turn the logo into a rug" does not suit ${emulatedKey('luma')}`,
        type: 'value_error',
      },
    ]),
    empty: submitted({ end: 'empty' }),
  },
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path))
    return headers['authorization'] === undefined ? null : lumaFault(400, 'a key came along')
  if (method === 'GET')
    return fateOf(GENERATION.exec(path)?.[1]) === null ? lumaFault(404, 'Not found') : null
  if (method !== 'POST' || path !== '/generations') return lumaFault(404, 'Not found')
  const parsed = BODY.safeParse(json)
  if (parsed.success) return null
  const [issue] = parsed.error.issues
  return lumaFault(422, [{ loc: ['body', ...(issue?.path ?? [])], msg: issue?.message, type: 'value_error' }])
}

async function succeed({ method, path, json, headers }: EmulatedRequest): Promise<Reply> {
  if (method === 'POST') return submitted(fateFor(BODY.parse(json)))
  const file = RESULT_FILE.exec(path)?.[1]
  const id = file ?? GENERATION.exec(path)?.[1] ?? ''
  const fate = fateOf(id)
  if (fate === null) return lumaFault(404, 'Not found')
  if (file === undefined) return generationOf(id, fate, headers['host'] ?? '')
  if (fate.end !== 'image') return lumaFault(404, 'Not found')
  return {
    status: 200,
    headers: { 'content-type': `image/${fate.format}` },
    body: await paint(fate, fate.format),
  }
}

/** Without a ratio an edit follows its source; the default of a new image is 3:2. */
function fateFor({ aspect_ratio: named, source, output_format: format = 'png' }: Body): JobFate {
  const [across = 3, down = 2] = (named ?? '3:2').split(':').map(Number)
  const from = named === undefined && source !== undefined && 'data' in source ? probeOf(source.data) : null
  const ratio = from === null ? across / down : from.width / from.height
  const width = Math.round(SIDE * Math.sqrt(ratio))
  return { end: 'image', width, height: Math.round(width / ratio), format }
}

function submitted(fate: JobFate): Reply {
  const body = { id: toJobId(fate), created_at: '…', model: 'uni-1', state: 'queued', type: 'image_edit' }
  return { status: 200, body: JSON.stringify(body) }
}

function generationOf(id: string, fate: JobFate, host: string): Reply {
  const generation = (state: string, more: object): Reply => ({
    status: 200,
    body: JSON.stringify({ id, state, type: 'image_edit', model: 'uni-1', ...more }),
  })
  const output = (url: string): object => ({ output: [{ type: 'image', url }] })
  if (fate.end === 'image') return generation('completed', output(`http://${host}/v1/results/made/${id}`))
  if (fate.end === 'address') return generation('completed', output(fate.url))
  if (fate.end === 'empty') return generation('completed', { output: [] })
  const code = fate.end === 'refused' ? 'content_moderated' : 'generation_failed'
  return generation('failed', { failure_code: code, failure_reason: 'It did not work' })
}
