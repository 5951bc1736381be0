/** The Krea API, as strict as its document: the closed schema of every model, jobs, and assets. */
import { createCatalogue } from '../../../src/catalogue/index.ts'
import { isAfterimageError } from '../../../src/core/errors.ts'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import { parseGenerate } from '../../../src/wire/parse.ts'
import type { EmulatedRequest, Emulation, Reply } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import type { PictureFormat } from './picture.ts'
import { paint } from './picture.ts'

const JOB = /^\/jobs\/([\w-]+)$/u
const FILE = /^\/public\/(\d+)x(\d+)\.(png|jpeg|webp)$/u
/** Where assets lie; the name tells their size. */
const ASSET = /^https:\/\/uploads\.krea\.test\/(\d+)x(\d+)\.(?:png|jpeg|webp)$/u
const catalogue = createCatalogue()
const probe = createImageProbe()

const reply = (status: number, json: object, headers: Record<string, string> = {}): Reply => ({
  status,
  headers,
  body: JSON.stringify(json),
})
const fault = (status: number, error: string, headers: Record<string, string> = {}): Reply =>
  reply(status, { error }, headers)

export const KREA_EMULATION: Emulation = {
  vendor: 'krea',
  basePath: '',
  // Results are public, and must not see the key.
  isAuthorized: ({ headers, path }, key) =>
    FILE.test(path) ? headers.authorization === undefined : headers.authorization === `Bearer ${key}`,
  isBillable: ({ method, path }) => method === 'POST' && path.startsWith('/generate/'),
  isPreparation: ({ path }) => path === '/assets',
  check: checkRequest,
  succeed: async (request) => {
    const file = FILE.exec(request.path)
    if (file !== null) return paintFile(file)
    if (request.path === '/assets') return storeAsset(request)
    return request.method === 'POST' ? submitted(request) : answerJob(request)
  },
  succeedAt: (url, request) => submitted(request, { end: 'address', url }),
  faults: {
    unauthorized: fault(401, `Invalid API key ${emulatedKey('krea')}`),
    no_credit: fault(402, 'out of credits'),
    quota: fault(402, 'Your plan does not include this model'),
    rate_limited: fault(429, 'maximum number of concurrent jobs', { 'retry-after': '7' }),
    overloaded: fault(503, 'try again'),
    server_error: fault(500, 'internal error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: (request) => submitted(request, { end: 'refused' }),
    // A vendor that says too much.
    invalid_input: reply(400, {
      error: `bad prompt "turn the logo into a rug" for ${emulatedKey('krea')}`,
      issues: [{ path: ['prompt'], message: 'bad' }],
    }),
    empty: (request) => submitted(request, { end: 'empty' }),
  },
}

function checkRequest(request: EmulatedRequest): Reply | null {
  const { method, path, files, fields } = request
  if (method === 'POST' && path === '/assets')
    return files.length === 1 && files[0]?.name === 'file' && fields.length === 0
      ? null
      : fault(400, 'file is required')
  if (method === 'POST' && path.startsWith('/generate/')) return checkGenerate(request)
  return JOB.test(path) || FILE.test(path) ? null : fault(404, 'Not found')
}

/** With the parser of our own server in its strict mode, which has nothing beyond Krea's document. */
function checkGenerate({ path, json }: EmulatedRequest): Reply | null {
  const model = catalogue.findByPath(path)
  if (model === null) return fault(404, 'Not found')
  try {
    const { sources } = parseGenerate({ model, body: json, mode: 'strict', newSeed: () => 0 })
    const stranger = sources.find(({ value }) => !ASSET.test(value))
    return stranger === undefined ? null : fault(422, `Input file rejected: ${stranger.path}`)
  } catch (error) {
    return isAfterimageError(error)
      ? reply(400, { error: error.message, issues: error.issues })
      : fault(500, '')
  }
}

function storeAsset({ files }: EmulatedRequest): Reply {
  const [file] = files
  const { width, height, format } = probe.probe(file?.bytes ?? Buffer.of())
  const url = `https://uploads.krea.test/${width}x${height}.${format}`
  return reply(200, { id: 'a1', image_url: url, uploaded_at: '2026-11-22T10:00:00.000Z', width, height })
}

function submitted(request: EmulatedRequest, fate?: JobFate): Reply {
  const id = toJobId(fate ?? fateOfBody(request))
  const created = '2026-11-22T10:00:00.000Z'
  return reply(200, { job_id: id, status: 'queued', created_at: created, completed_at: null, result: null })
}

function fateOfBody({ json }: EmulatedRequest): JobFate {
  const body = json as Record<string, unknown>
  const asset = ASSET.exec(/https:\/\/uploads\.krea\.test\/[\w.]+/u.exec(JSON.stringify(body))?.[0] ?? '')
  const { width, height } = body
  const isSized = typeof width === 'number' && typeof height === 'number'
  const size = isSized
    ? { width, height }
    : { width: Number(asset?.[1] ?? 1024), height: Number(asset?.[2] ?? 1024) }
  return { end: 'image', ...size, format: 'png' }
}

function answerJob({ method, path, headers }: EmulatedRequest): Reply {
  const id = JOB.exec(path)?.[1] ?? ''
  const fate = fateOf(id)
  if (fate === null) return fault(404, 'Not found')
  if (method === 'DELETE') return reply(200, { success: true, message: 'deleted' })
  const job = { job_id: id, created_at: '…', completed_at: '…' }
  if (fate.end === 'image' || fate.end === 'address') {
    const url =
      fate.end === 'address'
        ? fate.url
        : `http://${headers.host}/public/${fate.width}x${fate.height}.${fate.format}`
    return reply(200, { ...job, status: 'completed', result: { urls: [url] } })
  }
  if (fate.end === 'empty') return reply(200, { ...job, status: 'completed', result: { urls: [] } })
  if (fate.end === 'cancelled') return reply(200, { ...job, status: 'cancelled' })
  return reply(200, { ...job, status: 'failed', result: {} })
}

async function paintFile([, width, height, format]: RegExpExecArray): Promise<Reply> {
  const body = await paint({ width: Number(width), height: Number(height) }, format as PictureFormat)
  return { status: 200, headers: { 'content-type': `image/${format}` }, body }
}
