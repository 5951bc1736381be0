/** DashScope's multimodal generation of Qwen images as of November 2026, and the file server behind it. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

type Rule = { images: readonly [min: number, max: number]; maxPrompt: number }

const PATH = '/services/aigc/multimodal-generation/generation'
const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const DATA_URI = /^data:image\/([a-z]+);base64,(.+)$/su
const SIDE = { min: 512, max: 2048 }
const probe = createImageProbe()

const RULES: Readonly<Record<string, Rule>> = {
  'qwen-image-edit-plus': { images: [1, 3], maxPrompt: 800 },
  'qwen-image-edit-max': { images: [1, 3], maxPrompt: 800 },
  'qwen-image-3.0': { images: [0, 3], maxPrompt: 40_000 },
  'qwen-image-3.0-pro': { images: [0, 3], maxPrompt: 40_000 },
  'qwen-image-2.1-pro': { images: [0, 10], maxPrompt: 40_000 },
  'qwen-image-2.0-pro': { images: [0, 3], maxPrompt: 40_000 },
}
const BODY = z.strictObject({
  model: z.string(),
  input: z.strictObject({
    messages: z
      .array(
        z.strictObject({
          role: z.literal('user'),
          content: z.array(
            z.union([z.strictObject({ image: z.string() }), z.strictObject({ text: z.string().min(1) })]),
          ),
        }),
      )
      .length(1),
  }),
  parameters: z.strictObject({
    n: z.number().int().min(1).max(6).optional(),
    size: z
      .string()
      .regex(/^\d+\*\d+$/u)
      .optional(),
    negative_prompt: z.string().max(500).optional(),
    prompt_extend: z.boolean().optional(),
    watermark: z.boolean().optional(),
    seed: z.number().int().min(0).max(2_147_483_647).optional(),
  }),
})
type Body = z.output<typeof BODY>

function dashScopeFault(status: number, code: string, message: string): Reply {
  return { status, body: JSON.stringify({ code, message, request_id: 'd0a2' }) }
}

export const DASHSCOPE_EMULATION: Emulation = {
  vendor: 'dashscope',
  basePath: '/api/v1',
  isAuthorized: ({ headers, path }, key) =>
    RESULT_FILE.test(path) || headers['authorization'] === `Bearer ${key}`,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url) => answered([url]),
  faults: {
    unauthorized: dashScopeFault(401, 'InvalidApiKey', `Invalid API-key: ${emulatedKey('dashscope')}`),
    no_credit: dashScopeFault(400, 'Arrearage', 'Access denied, overdue account.'),
    quota: dashScopeFault(403, 'AllocationQuota.FreeTierOnly', 'Free quota exhausted.'),
    rate_limited: {
      ...dashScopeFault(429, 'Throttling.RateQuota', 'Requests rate limit exceeded'),
      headers: { 'retry-after': '7' },
    },
    overloaded: dashScopeFault(503, 'ServiceUnavailable', 'try later'),
    server_error: dashScopeFault(500, 'InternalError', '…'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: dashScopeFault(400, 'DataInspectionFailed', 'Input data may contain inappropriate content.'),
    // A vendor that says too much.
    invalid_input: dashScopeFault(
      400,
      'InvalidParameter',
      `the text "turn the logo into a rug" does not suit ${emulatedKey('dashscope')}`,
    ),
    empty: answered([]),
  },
}

function answered(urls: readonly string[]): Reply {
  const content = urls.map((image) => ({ image }))
  const choice = { finish_reason: 'stop', message: { role: 'assistant', content } }
  const body = { request_id: 'd0a1', output: { choices: [choice] }, usage: { image_count: urls.length } }
  return { status: 200, body: JSON.stringify(body) }
}

function invalid(message: string): Reply {
  return dashScopeFault(400, 'InvalidParameter', message)
}

function checkRequest({ method, path, json, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path))
    return headers['authorization'] === undefined ? null : invalid('a key came along')
  if (method !== 'POST' || path !== PATH) return dashScopeFault(404, 'NotFound', 'no such path')
  const parsed = BODY.safeParse(json)
  if (!parsed.success) return invalid(`${parsed.error.issues[0]?.path.join('.')}: not allowed`)
  const rule = RULES[parsed.data.model]
  if (rule === undefined) return dashScopeFault(404, 'ModelNotFound', 'Model can not be found.')
  return checkContent(parsed.data, rule) ?? checkSize(parsed.data)
}

function checkContent(body: Body, { images: [min, max], maxPrompt }: Rule): Reply | null {
  const images = imagesOf(body)
  const texts = contentOf(body).flatMap((part) => ('text' in part ? [part.text] : []))
  if (images.length < min || images.length > max)
    return invalid(`the message must contain ${min}~${max} image content items.`)
  if (texts.length !== 1 || (texts[0] ?? '').length > maxPrompt) return invalid('text')
  const isTrue = (uri: string): boolean => {
    const [, named = '', data = ''] = DATA_URI.exec(uri) ?? []
    return data !== '' && probe.probe(Buffer.from(data, 'base64')).format === named
  }
  return images.every(isTrue) ? null : invalid('image: cannot be read')
}

function checkSize({ parameters }: Body): Reply | null {
  if (parameters.size === undefined) return null
  const isFit = parameters.size
    .split('*')
    .every((side) => Number(side) >= SIDE.min && Number(side) <= SIDE.max)
  return isFit ? null : invalid('size')
}

function contentOf({ input }: Body): Body['input']['messages'][number]['content'] {
  return input.messages[0]?.content ?? []
}

function imagesOf(body: Body): string[] {
  return contentOf(body).flatMap((part) => ('image' in part ? [part.image] : []))
}

async function succeed({ method, path, json, headers }: EmulatedRequest): Promise<Reply> {
  if (method !== 'POST') return resultFile(path)
  const body = BODY.parse(json)
  const id = toJobId({ end: 'image', ...sizeOf(body), format: 'png' })
  const url = `http://${headers['host']}/api/v1/results/made/${id}`
  return answered(Array.from({ length: body.parameters.n ?? 1 }, () => url))
}

async function resultFile(path: string): Promise<Reply> {
  const fate = fateOf(RESULT_FILE.exec(path)?.[1])
  if (fate?.end !== 'image') return dashScopeFault(404, 'NotFound', 'no such file')
  return { status: 200, headers: { 'content-type': 'image/png' }, body: await paint(fate, 'png') }
}

/** Without a size about a megapixel in the shape of the last picture. */
function sizeOf(body: Body): { width: number; height: number } {
  const [width, height] = (body.parameters.size ?? '').split('*').map(Number)
  if (width !== undefined && height !== undefined) return { width, height }
  const data = DATA_URI.exec(imagesOf(body).at(-1) ?? '')?.[2]
  const last = data === undefined ? { width: 1, height: 1 } : probe.probe(Buffer.from(data, 'base64'))
  const root = Math.sqrt(last.width / last.height)
  return { width: Math.round(1024 * root), height: Math.round(1024 / root) }
}
