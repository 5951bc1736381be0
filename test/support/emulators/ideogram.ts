/** Ideogram's API for versions 3.0 and 4.5 as of November 2026, and the file server behind it. */
import { z } from 'zod'
import { createImageProbe } from '../../../src/imaging/probe.ts'
import type { EmulatedRequest, Emulation, Reply, SentFile } from './emulator.ts'
import { emulatedKey } from './emulator.ts'
import type { JobFate } from './job-fate.ts'
import { fateOf, toJobId } from './job-fate.ts'
import { paint } from './picture.ts'

type Size = { width: number; height: number }

const RESULT_FILE = /^\/results\/made\/([\w-]+)$/u
const GENERATION = /^\/v2\/generations\/([\w-]+)$/u
/** By what follows the host; the older API answers at once, the newer one here with a job. */
const TASK = /^\/(?:v1\/ideogram-v3|v2\/image)\/([a-z0-9/-]+)$/u
const TYPES = ['image/png', 'image/jpeg', 'image/webp']
const MAX_IMAGE_BYTES = 10_000_000
const probe = createImageProbe()

/** The vendor's list, upright and wide. */
const RESOLUTIONS = new Set(
  `512x1536 576x1408 576x1472 576x1536 640x1344 640x1408 640x1472 640x1536 704x1152 704x1216 704x1280 704x1344
  704x1408 704x1472 736x1312 768x1088 768x1216 768x1280 768x1344 800x1280 832x960 832x1024 832x1088 832x1152 832x1216
  832x1248 864x1152 896x960 896x1024 896x1088 896x1120 896x1152 960x832 960x896 960x1024 960x1088 1024x832 1024x896
  1024x960 1024x1024 1088x768 1088x832 1088x896 1088x960 1120x896 1152x704 1152x832 1152x864 1152x896 1216x704 1216x768
  1216x832 1248x832 1280x704 1280x768 1280x800 1312x736 1344x640 1344x704 1344x768 1408x576 1408x640 1408x704 1472x576
  1472x640 1472x704 1536x512 1536x576 1536x640`.split(/\s+/u),
)
const RATIOS = `1x3 3x1 1x2 2x1 9x16 16x9 10x16 16x10 2x3 3x2 3x4 4x3 4x5 5x4 1x1`.split(' ')

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/u)
    .refine((text) => Number(text) >= min && Number(text) <= max)
const COMMON = {
  seed: whole(0, 2_147_483_647).optional(),
  num_images: whole(1, 8).optional(),
  rendering_speed: z.enum(['FLASH', 'TURBO', 'DEFAULT', 'QUALITY']).optional(),
}
const WORDS = { prompt: z.string().min(1), magic_prompt: z.enum(['AUTO', 'ON', 'OFF']).optional() }
const resolution = z.string().refine((text) => RESOLUTIONS.has(text))
const SHAPE = { resolution: resolution.optional(), aspect_ratio: z.enum(RATIOS).optional() }

/** Of the newer API; without `async` it would answer at once, as nobody here wants it to. */
const JOB = {
  prompt: z.string().min(1).max(10_000),
  seed: whole(0, 2_147_483_647).optional(),
  num_images: whole(1, 8).optional(),
  async: z.literal('true'),
}

/** Fields and files that each task takes; files by name, with how few and how many there may be. */
const TASKS: Readonly<Record<string, Task>> = {
  generate: { fields: { ...COMMON, ...WORDS, ...SHAPE }, files: {}, hasCharacter: true },
  remix: {
    fields: { ...COMMON, ...WORDS, ...SHAPE, image_weight: whole(1, 100).optional() },
    files: { image: 1 },
    hasCharacter: true,
  },
  edit: { fields: { ...COMMON, ...WORDS }, files: { image: 1, mask: 1 }, hasCharacter: true },
  reframe: { fields: { ...COMMON, resolution }, files: { image: 1 }, hasCharacter: false },
  'precise-edit/ideogram-4-5': {
    fields: { ...JOB, quality: z.enum(['very_low', 'low', 'medium', 'high']).optional() },
    files: { image: 1 },
    hasCharacter: false,
    references: 4,
    hasMask: true,
  },
  'remix/ideogram-4-5': {
    fields: {
      ...JOB,
      quality: z.enum(['low', 'medium', 'high']).optional(),
      image_weight: whole(1, 100).optional(),
    },
    files: { image: 1 },
    hasCharacter: false,
    references: 4,
  },
  'replace-background': { fields: { ...COMMON, ...WORDS }, files: { image: 1 }, hasCharacter: false },
}
type Task = {
  fields: Readonly<Record<string, z.ZodType>>
  files: Readonly<Record<string, number>>
  hasCharacter: boolean
  /** Of the newer API, in place of styles; a mask takes the place of one. */
  references?: number
  /** Takes a mask, and works without. */
  hasMask?: boolean
}

function ideogramFault(status: number, error: string): Reply {
  return { status, body: JSON.stringify({ error }) }
}

export const IDEOGRAM_EMULATION: Emulation = {
  vendor: 'ideogram',
  basePath: '',
  isAuthorized: ({ headers, path }, key) => RESULT_FILE.test(path) || headers['api-key'] === key,
  isBillable: ({ method }) => method === 'POST',
  check: checkRequest,
  succeed,
  succeedAt: (url, { path }) =>
    isNewer(path)
      ? submitted({ end: 'address', url })
      : answered([{ url, is_image_safe: true, resolution: '640x480' }]),
  faults: {
    unauthorized: ideogramFault(401, `Not authorized: ${emulatedKey('ideogram')}`),
    no_credit: ideogramFault(402, 'Insufficient credits.'),
    quota: ideogramFault(402, 'Insufficient credits.'),
    rate_limited: { ...ideogramFault(429, 'Too many requests.'), headers: { 'retry-after': '7' } },
    overloaded: ideogramFault(503, 'Service unavailable'),
    server_error: ideogramFault(500, 'Internal server error'),
    gateway_timeout: { status: 504, headers: { 'content-type': 'text/html' }, body: '<h1>504</h1>' },
    refused: ideogramFault(422, 'Prompt or provided image failed the safety check.'),
    // A vendor that says too much.
    invalid_input: ideogramFault(
      400,
      `Invalid input: "turn the logo into a rug" does not suit ${emulatedKey('ideogram')}`,
    ),
    empty: ({ path }) => (isNewer(path) ? submitted({ end: 'empty' }) : answered([])),
  },
}

function answered(data: readonly object[]): Reply {
  return { status: 200, body: JSON.stringify({ created: '2026-11-22T10:00:00Z', data }) }
}

function submitted(fate: JobFate): Reply {
  return { status: 200, body: JSON.stringify({ generation_id: toJobId(fate), generation_kind: 'sampling' }) }
}

function isNewer(path: string): boolean {
  return path.startsWith('/v2/')
}

function taskOf(path: string): Task | undefined {
  const name = TASK.exec(path)?.[1] ?? ''
  return isNewer(path) === name.includes('/') ? TASKS[name] : undefined
}

function checkRequest({ method, path, fields, files, headers }: EmulatedRequest): Reply | null {
  if (RESULT_FILE.test(path)) return headers['api-key'] === undefined ? null : invalid('a key came along')
  if (method === 'GET') return GENERATION.test(path) ? null : ideogramFault(404, 'Not found')
  const task = taskOf(path)
  if (method !== 'POST' || task === undefined) return ideogramFault(404, 'Not found')
  const parsed = z.strictObject(task.fields).safeParse(Object.fromEntries(fields))
  if (!parsed.success) return invalid(`${parsed.error.issues[0]?.path.join('.')}: not allowed`)
  const given = Object.fromEntries(fields)
  if (given['resolution'] !== undefined && given['aspect_ratio'] !== undefined)
    return invalid('resolution and aspect_ratio exclude each other')
  return checkFiles(task, files)
}

function checkFiles(task: Task, files: readonly SentFile[]): Reply | null {
  const { files: wanted, hasCharacter, references, hasMask = false } = task
  const count = (name: string): number => files.filter((file) => file.name === name).length
  for (const [name, number] of Object.entries(wanted)) if (count(name) !== number) return invalid(name)
  if (count('character_reference_images') > (hasCharacter ? 1 : 0)) return invalid('characters')
  if (count('reference_images') + count('mask') > (references ?? count('mask'))) return invalid('references')
  const others = references === undefined ? ['style_reference_images'] : ['reference_images']
  const known = [
    ...Object.keys(wanted),
    ...others,
    'character_reference_images',
    ...(hasMask ? ['mask'] : []),
  ]
  for (const { name, type, bytes } of files) {
    if (!known.includes(name)) return invalid(`unknown part ${name}`)
    if (bytes.length > MAX_IMAGE_BYTES) return invalid(`${name} is too large`)
    if (!TYPES.includes(type) || type !== `image/${probe.probe(bytes).format}`)
      return invalid(`${name}: ${type}`)
  }
  return checkMask(files)
}

function checkMask(files: readonly SentFile[]): Reply | null {
  const [image, mask] = ['image', 'mask'].map((wanted) => files.find(({ name }) => name === wanted)?.bytes)
  if (mask === undefined || image === undefined) return null
  const [found, source] = [probe.probe(mask), probe.probe(image)]
  const isFit = !found.hasAlpha && found.width === source.width && found.height === source.height
  return isFit ? null : invalid('the mask must be black and white, and as large as the image')
}

function invalid(why: string): Reply {
  return ideogramFault(400, `Invalid input: ${why}`)
}

async function succeed({ method, path, fields, files, headers }: EmulatedRequest): Promise<Reply> {
  if (method !== 'POST')
    return RESULT_FILE.test(path) ? resultFile(path) : generationOf(path, headers['host'] ?? '')
  if (isNewer(path)) return submitted({ end: 'image', ...sizeOfJob(path, files), format: 'png' })
  const given = Object.fromEntries(fields)
  const size = sizeOf(given, files)
  const url = `http://${headers['host']}/results/made/${toJobId({ end: 'image', ...size, format: 'png' })}`
  const item = {
    url,
    prompt: given['prompt'] ?? '',
    resolution: `${size.width}x${size.height}`,
    is_image_safe: true,
    seed: Number(given['seed'] ?? 7),
    style_type: 'GENERAL',
  }
  return answered(Array.from({ length: Number(given['num_images'] ?? 1) }, () => item))
}

/** A precise edit keeps the size of its picture. */
function sizeOfJob(path: string, files: readonly SentFile[]): Size {
  const source = files.find(({ name }) => name === 'image')
  if (source === undefined || path.includes('remix')) return { width: 2048, height: 2048 }
  return probe.probe(source.bytes)
}

function generationOf(path: string, host: string): Reply {
  const id = GENERATION.exec(path)?.[1] ?? ''
  const fate = fateOf(id)
  if (fate === null) return ideogramFault(404, 'Not found')
  const generation = (status: string, more: object): Reply => ({
    status: 200,
    body: JSON.stringify({ generation_id: id, status, created: '2026-11-22T10:00:00Z', ...more }),
  })
  const data = (url: string): object => ({
    response_type: 'url',
    data: [{ url, is_image_safe: true, seed: 7 }],
  })
  if (fate.end === 'image') return generation('completed', data(`http://${host}/results/made/${id}`))
  if (fate.end === 'address') return generation('completed', data(fate.url))
  return fate.end === 'empty' ? generation('completed', { data: [] }) : generation('failed', {})
}

async function resultFile(path: string): Promise<Reply> {
  const fate = fateOf(RESULT_FILE.exec(path)?.[1])
  if (fate?.end !== 'image') return ideogramFault(404, 'Not found')
  return { status: 200, headers: { 'content-type': 'image/png' }, body: await paint(fate, 'png') }
}

/** An edit is as large as its picture; the pixels of a named shape are the vendor's secret. */
function sizeOf(given: Readonly<Record<string, string>>, files: readonly SentFile[]): Size {
  const [width, height] = (given['resolution'] ?? '').split('x').map(Number)
  if (width !== undefined && height !== undefined) return { width, height }
  const [across, down] = (given['aspect_ratio'] ?? '').split('x').map(Number)
  if (across !== undefined && down !== undefined) {
    const side = 1024 / Math.sqrt(across * down)
    return { width: Math.round(across * side), height: Math.round(down * side) }
  }
  const source = files.find(({ name }) => name === 'image' && given['image_weight'] === undefined)
  return source === undefined ? { width: 1024, height: 1024 } : probe.probe(source.bytes)
}
