/** OpenAI's Responses API in the background as of November 2026, as far as it draws; with the images API beside it. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { VENDOR_FAULTS } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import {
  checkMask,
  checkQuality,
  checkSize,
  DRAWING,
  OPENAI_EMULATION,
  openAiFault,
  toSize,
} from './openai.ts'
import { paint } from './picture.ts'

const JOB = /^\/responses\/resp_([\w-]+?)(\/cancel)?$/u
const DATA_URL = /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/]+=*)$/u
const MAX_IMAGE_BYTES = 20_000_000
const MAX_BYTES_OF_ALL = 50_000_000
const SQUARE = { width: 1024, height: 1024 }
const probe = createImageProbe()

const DATA_IMAGE = z.string().refine((url) => {
  const bytes = bytesOf(url)
  return bytes.length < MAX_IMAGE_BYTES && url.startsWith(`data:image/${formatOf(bytes)};base64,`)
}, 'no image of a supported type')
const CONTENT = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('input_text'), text: z.string().min(1) }),
  z.strictObject({
    type: z.literal('input_image'),
    image_url: DATA_IMAGE,
    detail: z.enum(['low', 'high', 'auto']).optional(),
  }),
])
const TOOL = z.strictObject({
  ...DRAWING,
  type: z.literal('image_generation'),
  action: z.enum(['edit', 'generate', 'auto']),
  input_image_mask: z.strictObject({ image_url: DATA_IMAGE }).optional(),
})
const BODY = z.strictObject({
  // An image model cannot lead the talk.
  model: z.string().regex(/^(?!gpt-image)[\w.:-]+$/u),
  background: z.literal(true),
  store: z.boolean(),
  input: z.tuple([z.strictObject({ role: z.literal('user'), content: z.array(CONTENT).min(1).max(501) })]),
  tools: z.tuple([TOOL]),
  tool_choice: z.strictObject({ type: z.literal('image_generation') }),
  metadata: z.record(z.string().max(64), z.string().max(512)).optional(),
})
type Body = z.output<typeof BODY>

function bytesOf(url: string): Buffer {
  return Buffer.from(DATA_URL.exec(url)?.[2] ?? '', 'base64')
}

function formatOf(bytes: Buffer): string | null {
  try {
    return probe.probe(bytes).format
  } catch {
    return null
  }
}

function picturesOf({ input: [{ content }] }: Body): Buffer[] {
  return content.flatMap((part) => (part.type === 'input_image' ? [bytesOf(part.image_url)] : []))
}

/** What becomes of a job is known from its id, so its faults are said by a poll. */
export const RESPONSES_EMULATION: Emulation = {
  vendor: 'openai',
  basePath: OPENAI_EMULATION.basePath,
  isAuthorized: OPENAI_EMULATION.isAuthorized,
  isBillable: ({ method, path }) => method === 'POST' && path === '/responses',
  check: checkRequest,
  succeed,
  faults: {
    ...OPENAI_EMULATION.faults,
    refused: submitted({ end: 'refused' }),
    empty: submitted({ end: 'empty' }),
  },
}

/** Both ways to one vendor, as a server meets them. */
export const OPENAI_API_EMULATION: Emulation = {
  ...OPENAI_EMULATION,
  isBillable: (request) => apiOf(request).isBillable(request),
  check: (request) => apiOf(request).check(request),
  succeed: (request) => apiOf(request).succeed(request),
  succeedAt: (url, request) =>
    // A response carries its image in itself.
    apiOf(request).succeedAt?.(url, request) ?? submitted({ end: 'empty' }),
  faults: Object.fromEntries(
    VENDOR_FAULTS.map((fault) => [
      fault,
      (request: EmulatedRequest): Reply => {
        const reply = apiOf(request).faults[fault]
        return typeof reply === 'function' ? reply(request) : reply
      },
    ]),
  ) as Emulation['faults'],
}

function apiOf({ path }: EmulatedRequest): Emulation {
  return path.startsWith('/responses') ? RESPONSES_EMULATION : OPENAI_EMULATION
}

function checkRequest({ method, path, json }: EmulatedRequest): Reply | null {
  const [, id, cancel] = JOB.exec(path) ?? []
  if (id !== undefined) {
    const isKnown = fateOf(id) !== null && method === (cancel === undefined ? 'GET' : 'POST')
    return isKnown ? null : openAiFault(404, { message: 'Response not found.' })
  }
  if (method !== 'POST' || path !== '/responses')
    return openAiFault(404, { message: 'Invalid URL', code: 'unknown_url' })
  const parsed = BODY.safeParse(json)
  if (parsed.success) return checkTool(parsed.data)
  const [issue] = parsed.error.issues
  return invalid(issue?.path.join('.') ?? 'body', issue?.message ?? '')
}

function invalid(param: string, message: string): Reply {
  return openAiFault(400, { message, param, code: 'invalid_value' })
}

function checkTool(body: Body): Reply | null {
  const [tool] = body.tools
  const pictures = picturesOf(body)
  const mask = tool.input_image_mask === undefined ? [] : [bytesOf(tool.input_image_mask.image_url)]
  const isEdit = tool.action === 'edit' || mask.length > 0
  if (isEdit && pictures.length === 0) return invalid('tools.0.action', 'there is nothing to edit')
  const sum = [...pictures, ...mask].reduce((bytes, { length }) => bytes + length, 0)
  if (sum >= MAX_BYTES_OF_ALL) return invalid('input', 'too many bytes of images')
  return checkSize(tool) ?? checkQuality(tool) ?? checkMask(pictures[0], mask[0])
}

async function succeed({ method, path, json }: EmulatedRequest): Promise<Reply> {
  const [, id = '', cancel] = JOB.exec(path) ?? []
  if (method === 'POST' && cancel === undefined) return submitted(fateFor(BODY.parse(json)))
  const fate = fateOf(id)
  if (fate === null) return openAiFault(404, { message: 'Response not found.' })
  return cancel === undefined ? polled(id, fate) : response(id, 'cancelled', { output: [] })
}

/** Without a size the tool follows the first image. */
function fateFor(body: Body): JobFate {
  const [{ size, output_format: format = 'png' }] = body.tools
  const [first] = picturesOf(body)
  const drawn = size === undefined || size === 'auto' ? null : toSize(size)
  const { width, height } = drawn ?? (first === undefined ? SQUARE : probe.probe(first))
  return { end: 'image', width, height, format }
}

function submitted(fate: JobFate): Reply {
  return response(toJobId(fate), 'queued', { background: true, output: [] })
}

async function polled(id: string, fate: JobFate): Promise<Reply> {
  if (fate.end === 'refused')
    return failed(id, { code: 'image_content_policy_violation', message: 'blocked' })
  if (fate.end === 'cancelled') return response(id, 'cancelled', { output: [] })
  if (fate.end === 'failed') return failed(id, { code: 'server_error', message: 'It did not work.' })
  const result = fate.end === 'image' ? (await paint(fate, fate.format)).toString('base64') : null
  const call = {
    type: 'image_generation_call',
    id: 'ig_1',
    status: result === null ? 'failed' : 'completed',
    result,
  }
  return response(id, 'completed', {
    output: [{ type: 'reasoning', id: 'rs_1', summary: [] }, call],
    usage: { input_tokens: 900, output_tokens: 40, total_tokens: 940 },
  })
}

function failed(id: string, error: { code: string; message: string }): Reply {
  return response(id, 'failed', { output: [], error })
}

function response(id: string, status: string, more: object): Reply {
  const common = { id: `resp_${id}`, object: 'response', status, error: null, incomplete_details: null }
  return {
    status: 200,
    headers: { 'x-request-id': 'req_F1' },
    body: JSON.stringify({ ...common, ...more }),
  }
}
