/** The server of stable-diffusion.cpp (revision 97d2990): native image jobs. */
import { z } from 'zod'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

const whole = (min: number, max: number) => z.number().int().min(min).max(max)
const side = whole(64, 4096).multipleOf(16)
const BODY = z.strictObject({
  prompt: z.string(),
  negative_prompt: z.string().optional(),
  width: side,
  height: side,
  strength: z.number().min(0).max(1).optional(),
  seed: z.number().int(),
  batch_count: whole(1, 8).optional(),
  init_image: z.base64().optional(),
  mask_image: z.base64().optional(),
  ref_images: z.array(z.base64()).optional(),
  sample_params: z
    .strictObject({
      sample_steps: whole(1, 1000).optional(),
      guidance: z
        .strictObject({ distilled_guidance: z.number().optional(), txt_cfg: z.number().optional() })
        .optional(),
    })
    .optional(),
  output_format: z.enum(['png', 'jpeg', 'webp']).optional(),
})
const JOB = /^\/sdcpp\/v1\/jobs\/([\w-]+)(\/cancel)?$/u

const reply = (status: number, json: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(json),
})
const fault = (status: number, error: string): Reply => reply(status, { error })
const submitted = (fate: JobFate): Reply =>
  reply(202, { id: toJobId(fate), kind: 'img_gen', status: 'queued', created: 1_795_345_000 })

export const SDCPP_EMULATION: Emulation = {
  vendor: 'sdcpp',
  basePath: '',
  isAuthorized: ({ headers }, key) => headers.authorization === `Bearer ${key}`,
  isBillable: ({ path }) => path === '/sdcpp/v1/img_gen',
  check: ({ path, method, json }) => {
    if (path !== '/sdcpp/v1/img_gen') return JOB.test(path) ? null : fault(404, 'not found')
    const parsed = BODY.safeParse(json)
    return method === 'POST' && parsed.success ? null : fault(400, parsed.error?.message ?? 'POST only')
  },
  succeed: async (request) =>
    request.path === '/sdcpp/v1/img_gen' ? submitted(fateOfBody(request)) : answerJob(request),
  faults: {
    unauthorized: fault(401, 'a gate in front of the server says no'),
    no_credit: fault(402, 'a gate in front of the server says no'),
    quota: fault(402, 'a gate in front of the server says no'),
    rate_limited: {
      ...fault(429, 'job queue is full'),
      headers: { 'retry-after': '7' },
    },
    overloaded: fault(503, 'loading model'),
    server_error: fault(500, 'server error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: () => submitted({ end: 'refused' }),
    // A server that says too much.
    invalid_input: fault(400, `bad "turn the logo into a rug" for ${emulatedKey('sdcpp')}`),
    empty: () => submitted({ end: 'empty' }),
  },
}

function fateOfBody({ json }: EmulatedRequest): JobFate {
  const { width, height, output_format: format = 'png' } = BODY.parse(json)
  return { end: 'image', width, height, format }
}

async function answerJob({ path }: EmulatedRequest): Promise<Reply> {
  const [, id = '', cancel] = JOB.exec(path) ?? []
  const fate = fateOf(id)
  if (fate === null) return fault(404, 'job not found')
  if (cancel !== undefined) return reply(200, { id, status: 'cancelled' })
  if (fate.end === 'image') {
    const b64 = (await paint(fate, fate.format)).toString('base64')
    const result = { output_format: fate.format, images: [{ index: 0, b64_json: b64 }] }
    return reply(200, { id, status: 'completed', result, error: null })
  }
  if (fate.end === 'empty')
    return reply(200, { id, status: 'completed', result: { output_format: 'png', images: [] }, error: null })
  const error = { code: 'generation_failed', message: 'generate_image returned empty results' }
  return reply(200, { id, status: 'failed', result: null, error })
}
