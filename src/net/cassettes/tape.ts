/** One folder of an engine's exchanges: a JSON file for each request, and its pictures beside. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { AfterimageError } from '../../core/errors.ts'
import { hashOf } from './scrub.ts'

const ANSWER = z.object({
  status: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.string()),
  /** One of the three; none for an empty body. */
  json: z.unknown().optional(),
  text: z.string().optional(),
  file: z.string().optional(),
})
const EXCHANGE = z.object({
  request: z.object({ method: z.string(), path: z.string(), body: z.unknown() }),
  /** In the order in which they came; when they are used up, the last comes again. */
  answers: z.array(ANSWER).min(1),
})

export type TapedRequest = { method: string; path: string; body: unknown }
export type TapedAnswer = z.output<typeof ANSWER>
export type Tape = {
  /** The file that holds, or would hold, the answers to a request. */
  fileOf: (request: TapedRequest) => string
  /** The next answer to this request; null when none was recorded. */
  next: (request: TapedRequest) => TapedAnswer | null
  /** The first of a run replaces what an earlier run recorded. */
  add: (request: TapedRequest, answer: TapedAnswer) => void
  /** Keeps bytes; answers the name to read them by. */
  keep: (bytes: Uint8Array) => string
  read: (name: string) => Buffer
  /** Every answer that is there, as text. */
  answers: () => string[]
}

const NAME = /^[\w.-]+$/u
const SIGNATURES: readonly (readonly [hex: string, ending: string])[] = [
  ['89504e47', 'png'],
  ['ffd8ff', 'jpg'],
  ['52494646', 'webp'],
]

export function createTape(folder: string): Tape {
  const taped = new Map<string, TapedAnswer[]>()
  const played = new Map<string, number>()
  const isNew = new Set<string>()
  const fileOf = (request: TapedRequest): string => join(folder, nameOf(request))
  const find = (file: string): TapedAnswer[] | null => {
    const known = taped.get(file)
    if (known !== undefined) return known
    if (!existsSync(file)) return null
    const { answers } = readExchange(file)
    taped.set(file, answers)
    return answers
  }
  return {
    fileOf,
    next: (request) => {
      const file = fileOf(request)
      const answers = find(file)
      const count = played.get(file) ?? 0
      played.set(file, count + 1)
      return answers?.[Math.min(count, answers.length - 1)] ?? null
    },
    add: (request, answer) => {
      const file = fileOf(request)
      const answers = isNew.has(file) ? [...(taped.get(file) ?? []), answer] : [answer]
      isNew.add(file)
      taped.set(file, answers)
      writeWhole(file, `${JSON.stringify({ request, answers }, null, 2)}\n`)
    },
    keep: (bytes) => {
      const head = Buffer.from(bytes.subarray(0, 4)).toString('hex')
      const ending = SIGNATURES.find(([hex]) => head.startsWith(hex))?.[1] ?? 'bin'
      const name = `${hashOf(bytes)}.${ending}`
      if (!existsSync(join(folder, name))) writeWhole(join(folder, name), bytes)
      return name
    },
    read: (name) => {
      if (!NAME.test(name)) throw unusable(join(folder, 'files'), 'a name of a picture is none')
      try {
        return readFileSync(join(folder, name))
      } catch {
        throw unusable(join(folder, name), 'it cannot be read')
      }
    },
    answers: () =>
      listFiles(folder).flatMap((name) =>
        readExchange(join(folder, name)).answers.map((one) => JSON.stringify(one)),
      ),
  }
}

/** `post-images-edits-0123456789abcdef.json` */
function nameOf({ method, path, body }: TapedRequest): string {
  const words =
    path
      .split('?', 1)[0]
      ?.replaceAll(/[^a-z0-9]+/giu, '-')
      .replaceAll(/^-|-$/gu, '')
      .slice(-60) ?? ''
  return `${method.toLowerCase()}-${words}-${hashOf(JSON.stringify([method, path, body]))}.json`
}

function listFiles(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
}

function readExchange(file: string): z.output<typeof EXCHANGE> {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    throw unusable(file, 'it is not JSON')
  }
  const parsed = EXCHANGE.safeParse(json)
  if (!parsed.success) throw unusable(file, 'it is no recorded exchange')
  return parsed.data
}

function unusable(file: string, reason: string): AfterimageError {
  return new AfterimageError(
    'engine_not_configured',
    `The cassette ${file} cannot be played: ${reason}; record it again.`,
  )
}

/** A file that is there is whole, whatever ends this process. */
function writeWhole(file: string, content: string | Uint8Array): void {
  mkdirSync(join(file, '..'), { recursive: true })
  const draft = `${file}.${process.pid}.part`
  writeFileSync(draft, content)
  renameSync(draft, file)
}
