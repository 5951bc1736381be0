/** Topaz Labs' image API as of November 2026: enhance, status, download, cancel, and the file server. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

const JOB = /^\/(status|download|cancel)\/([\w-]+)$/u
const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const MAX_PIXELS = 512e6
const EXPIRY = 1_795_348_660
const probe = createImageProbe()

/** Forms carry texts. */
const number = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+(?:\.\d+)?$/u)
    .refine((text) => Number(text) >= min && Number(text) <= max)
const whole = (min: number, max: number) => number(min, max).refine((text) => Number.isInteger(Number(text)))
const flag = z.enum(['true', 'false'])
const share = number(0, 1)

const OUTPUT = {
  output_width: whole(1, 32_000).optional(),
  output_height: whole(1, 32_000).optional(),
  output_format: z.enum(['jpeg', 'png', 'tiff']).optional(),
  crop_to_fill: flag.optional(),
}
const FACES = {
  subject_detection: z.enum(['All', 'Foreground', 'Background']).optional(),
  face_enhancement: flag.optional(),
  face_enhancement_creativity: share.optional(),
  face_enhancement_strength: share.optional(),
}
const GRAIN = {
  grain: flag.optional(),
  grain_model: z.enum(['silver', 'gaussian', 'grey']).optional(),
  grain_density: share.optional(),
  grain_size: number(1, 5).optional(),
  grain_strength: share.optional(),
}
const PROMPT = { prompt: z.string().max(1024).optional() }
const SEED = { seed: whole(1, 2000).optional() }

const FAITHFUL = z.strictObject({
  ...OUTPUT,
  ...FACES,
  model: z.enum(['Standard V2', 'Low Resolution V2', 'CGI', 'High Fidelity V2', 'Text Refine']),
  sharpen: share.optional(),
  denoise: share.optional(),
  fix_compression: share.optional(),
  strength: number(0.01, 1).optional(),
})
const GENERATIVE = z.strictObject({
  ...OUTPUT,
  ...FACES,
  ...PROMPT,
  ...SEED,
  model: z.enum(['Redefine', 'Recovery', 'Recovery V2', 'Reimagine']),
  creativity: whole(1, 9).optional(),
  texture: whole(1, 5).optional(),
  sharpen: share.optional(),
  denoise: share.optional(),
  detail: share.optional(),
  face_preservation: flag.optional(),
  color_preservation: flag.optional(),
})
const BLOOM_2 = z.strictObject({
  ...OUTPUT,
  ...PROMPT,
  ...SEED,
  ...GRAIN,
  model: z.literal('Bloom 2'),
  creativity: whole(1, 9).optional(),
  color_preservation: flag.optional(),
  autoprompt: flag.optional(),
})
const WONDER = z.strictObject({
  ...OUTPUT,
  ...GRAIN,
  model: z.literal('Wonder 3.5'),
  enhancement_strength: z.enum(['low', 'medium', 'high']).optional(),
})
const FORMS: Readonly<Record<string, z.ZodType<Record<string, string | undefined>>>> = {
  '/enhance/async': FAITHFUL,
  '/enhance-gen/async': z.union([GENERATIVE, BLOOM_2, WONDER]),
}

function topazFault(status: number, message: string): Reply {
  return { status, body: JSON.stringify({ message }) }
}

export const TOPAZ_EMULATION: Emulation = {
  vendor: 'topaz',
  basePath: '/image/v1',
  isAuthorized: ({ headers, path }, key) => RESULT_FILE.test(path) || headers['x-api-key'] === key,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url) => submitted({ end: 'address', url }),
  faults: {
    unauthorized: topazFault(401, `Unauthorized: ${emulatedKey('topaz')}`),
    no_credit: topazFault(402, 'Insufficient credits'),
    quota: topazFault(402, 'Insufficient credits'),
    rate_limited: { ...topazFault(429, 'Too many requests'), headers: { 'retry-after': '7' } },
    overloaded: topazFault(503, 'Service unavailable'),
    server_error: topazFault(500, 'Internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: submitted({ end: 'refused' }),
    // A vendor that says too much.
    invalid_input: topazFault(400, `Invalid prompt "turn the logo into a rug" of ${emulatedKey('topaz')}`),
    empty: submitted({ end: 'empty' }),
  },
}

function checkRequest(request: EmulatedRequest): Reply | null {
  const { method, path, headers } = request
  if (RESULT_FILE.test(path))
    return headers['x-api-key'] === undefined ? null : topazFault(400, 'a key came along')
  if (method !== 'POST') {
    const [, task, id] = JOB.exec(path) ?? []
    const isRight = (task === 'cancel') === (method === 'DELETE')
    return isRight && fateOf(id) !== null ? null : topazFault(404, 'not found')
  }
  const parsed = FORMS[path]?.safeParse(Object.fromEntries(request.fields))
  if (parsed === undefined) return topazFault(404, 'not found')
  if (!parsed.success) return topazFault(400, parsed.error.issues[0]?.path.join('.') ?? 'invalid')
  const { output_width: width = '1', output_height: height = '1' } = parsed.data
  if (Number(width) * Number(height) > MAX_PIXELS) return topazFault(400, 'more than 512 MP')
  return checkFile(request)
}

function checkFile({ files }: EmulatedRequest): Reply | null {
  const [file, ...others] = files
  if (file === undefined || file.name !== 'image' || others.length > 0)
    return topazFault(400, 'exactly one image')
  const { format } = probe.probe(file.bytes)
  const isTrue = file.type === `image/${format}` && ['jpeg', 'png', 'tiff'].includes(format)
  return isTrue ? null : topazFault(400, 'cannot read the image')
}

async function succeed(request: EmulatedRequest): Promise<Reply> {
  const { method, path, headers } = request
  if (method === 'POST') return submitted(fateOfForm(request))
  if (method === 'DELETE') return { status: 202, body: JSON.stringify({ message: 'cancelled' }) }
  const file = RESULT_FILE.exec(path)?.[1]
  const [, task, id = file ?? ''] = JOB.exec(path) ?? []
  const fate = fateOf(id)
  if (fate === null) return topazFault(404, 'not found')
  if (task === 'status') return statusOf(id, fate)
  if (task === 'download') return downloadOf(id, fate, headers['host'] ?? '')
  return fate.end === 'image'
    ? {
        status: 200,
        headers: { 'content-type': `image/${fate.format}` },
        body: await paint(fate, fate.format),
      }
    : topazFault(404, 'not found')
}

/** Without a size the result is as large as the picture; one side follows from the other. */
function fateOfForm({ fields, files }: EmulatedRequest): JobFate {
  const form = new Map(fields)
  const [file] = files
  const source = file === undefined ? { width: 1, height: 1 } : probe.probe(file.bytes)
  const ratio = source.width / source.height
  const [width, height] = [form.get('output_width'), form.get('output_height')].map((text) =>
    text === undefined ? null : Number(text),
  )
  const format = form.get('output_format') === 'png' ? 'png' : 'jpeg'
  return {
    end: 'image',
    width: width ?? Math.round((height ?? source.height) * ratio),
    height: height ?? Math.round((width ?? source.width) / ratio),
    format,
  }
}

function submitted(fate: JobFate): Reply {
  const id = toJobId(fate)
  const body = { process_id: id, eta: 1_795_345_060 }
  return { status: 200, headers: { 'x-process-id': id }, body: JSON.stringify(body) }
}

function statusOf(id: string, { end }: JobFate): Reply {
  const words: Partial<Record<JobFate['end'], string>> = {
    refused: 'Failed',
    failed: 'Failed',
    cancelled: 'Cancelled',
  }
  const status = words[end] ?? 'Completed'
  const isDone = status === 'Completed'
  const body = { process_id: id, status, progress: isDone ? 100 : 0, credits: isDone ? 1 : 0 }
  return { status: 200, body: JSON.stringify(body) }
}

function downloadOf(id: string, fate: JobFate, host: string): Reply {
  const made = `http://${host}/image/v1/results/made/${id}`
  const url = fate.end === 'address' ? fate.url : made
  const body = fate.end === 'empty' ? { expiry: EXPIRY } : { download_url: url, expiry: EXPIRY }
  return { status: 200, body: JSON.stringify(body) }
}
