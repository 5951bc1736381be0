/**
 * Records what engines and their upstreams say to each other, and plays it again without a connection, so that the
 * tests of a team run for free. Keys, signatures, prompts and people's addresses are not kept.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { AfterimageError } from '../../core/errors.ts'
import type { UntrustedFetch } from '../../core/ports.ts'
import { readBody } from '../upstream/answer.ts'
import type { UpstreamBody } from '../upstream/body.ts'
import type { Exchange, ExchangeAnswer } from '../upstream/exchange.ts'
import { createOwnIds } from './own-ids.ts'
import type { AnswerScrub } from './scrub.ts'
import { hashOf, scrubAddress, scrubAnswer, scrubRequest, withoutKnown } from './scrub.ts'
import type { Tape, TapedAnswer, TapedRequest } from './tape.ts'
import { createTape } from './tape.ts'

export type CassetteMode = 'record' | 'replay'
/** What an engine is given instead of the network. */
export type EngineCassette = { exchange: Exchange; fetchResult: UntrustedFetch }

export type Cassettes = {
  mode: CassetteMode
  /** Whether anything was recorded of this engine. */
  isRecorded: (engine: string) => boolean
  /** @param origin the configured address, whose host may be another when it is played again; null: the vendor's own */
  forEngine: (
    engine: string,
    options: { origin: string | null; fetchResult: UntrustedFetch },
  ) => EngineCassette
}

/** Enough for four results of 8 MP in base64; a recording is kept in memory until it is whole. */
const MAX_BYTES = 256 * 1024 * 1024
/** Of the headers, what engines read. */
const HEADERS = ['content-type', 'retry-after', 'retry-after-ms']
const HOST = '{host}'
const FILE = /\{file:([\w.-]+)\}/gu

export function createCassettes({ mode, folder }: { mode: CassetteMode; folder: string }): Cassettes {
  return {
    mode,
    isRecorded: (engine) => existsSync(join(folder, engine)),
    forEngine: (engine, { origin, fetchResult }) => {
      const tape = createTape(join(folder, engine))
      const deck = createDeck(tape, origin === null ? null : new URL(origin).origin)
      return mode === 'record' ? recorder(deck, fetchResult) : player(deck, engine)
    },
  }
}

type Taken = { request: TapedRequest; found: readonly string[]; host: string }
type Deck = {
  tape: Tape
  /** A request as it is kept and compared. */
  take: (request: Parameters<Exchange>[0]) => Promise<Taken>
  takeAddress: (url: string) => Taken
  toTaped: (
    answer: { status: number; headers: Record<string, string> },
    bytes: Buffer,
    taken: Taken,
  ) => TapedAnswer
  toBytes: (answer: TapedAnswer, taken: Taken) => Buffer
}

function createDeck(tape: Tape, configured: string | null): Deck {
  const ids = createOwnIds()
  const known = new Set<string>()
  /** Where the engine sends its requests to; polls may go elsewhere. */
  let home = configured
  for (const answer of tape.answers()) ids.learn(answer)
  const hideHost = (text: string, host: string): string => text.replaceAll(host, HOST)
  return {
    tape,
    take: async ({ method, target, body, isBillable, known: fresh }) => {
      for (const text of fresh) known.add(text)
      home ??= target.origin
      const path = ids.hide(scrubAddress(target.href).slice(target.origin.length))
      const shown = await describeBody(body, [...known])
      const text = ids.hide(hideHost(JSON.stringify(shown), home))
      const request = { method, path: path.text, body: JSON.parse(text.text) as unknown }
      const found = [...new Set([...path.found, ...text.found])]
      if (isBillable) ids.bind(found, hashOf(JSON.stringify(request)))
      return { request, found, host: home }
    },
    takeAddress: (url) => {
      const host = home ?? ''
      const clean = scrubAddress(url)
      const hidden = ids.hide(host === '' ? clean : hideHost(clean, host))
      return { request: { method: 'GET', path: hidden.text, body: null }, found: hidden.found, host }
    },
    toTaped: (answer, bytes, { found, host }) => {
      const isText = /json|text|xml|event-stream/u.test(answer.headers['content-type'] ?? '')
      if (!isText) return bytes.length === 0 ? answer : { ...answer, file: tape.keep(bytes) }
      const keep = (content: Buffer): string => `{file:${tape.keep(content)}}`
      const text = ids.hideInAnswer(hideHost(bytes.toString('utf8'), host), found)
      return { ...answer, ...scrubText(text, { known: [...known], keep }) }
    },
    toBytes: (answer, { found, host }) => {
      if (answer.file !== undefined) return tape.read(answer.file)
      const text = answer.json === undefined ? (answer.text ?? '') : JSON.stringify(answer.json)
      const whole = text.replaceAll(FILE, (_all, name: string) => tape.read(name).toString('base64'))
      return Buffer.from(ids.show(whole, found).replaceAll(HOST, host))
    },
  }
}

/** JSON stays readable as such; each event of a stream is JSON of its own. */
function scrubText(text: string, scrub: AnswerScrub): Pick<TapedAnswer, 'json' | 'text'> {
  const json = parseJson(text)
  if (json !== undefined) return { json: scrubAnswer(json, scrub) }
  const lines = text.split('\n').map((line) => {
    const event = line.startsWith('data:') ? parseJson(line.slice('data:'.length)) : undefined
    return event === undefined
      ? withoutKnown(line, scrub.known)
      : `data: ${JSON.stringify(scrubAnswer(event, scrub))}`
  })
  return { text: lines.join('\n') }
}

async function describeBody(body: UpstreamBody | null, known: readonly string[]): Promise<unknown> {
  if (body === null) return null
  const chunks: Uint8Array[] = []
  for await (const chunk of body.chunks()) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (body.contentType.startsWith('multipart/')) return describeForm(bytes, body.contentType, known)
  const json = parseJson(bytes.toString('utf8'))
  return json === undefined ? `${bytes.length} bytes, sha256 ${hashOf(bytes)}` : scrubRequest(json, known)
}

/** Without the boundary, which is another each time. */
async function describeForm(bytes: Buffer, type: string, known: readonly string[]): Promise<unknown[]> {
  const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData()
  const parts: unknown[] = []
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') parts.push({ name, value: scrubRequest(value, known, name) })
    else {
      const content = Buffer.from(await value.arrayBuffer())
      const sha256 = hashOf(content)
      parts.push({ name, filename: value.name, type: value.type, bytes: content.length, sha256 })
    }
  }
  return parts
}

/** Answers that broke off are not kept: to play half an answer would be a lie about what the upstream said. */
function recorder(deck: Deck, fetchResult: UntrustedFetch): EngineCassette {
  return {
    exchange: async (request, send) => {
      const taken = await deck.take(request)
      const answer = await send()
      const headers = headersOf(answer)
      const save = (bytes: Buffer): void =>
        deck.tape.add(taken.request, deck.toTaped({ status: answer.statusCode, headers }, bytes, taken))
      return { statusCode: answer.statusCode, headers, body: tee(readBody(answer, MAX_BYTES), save) }
    },
    fetchResult: async (url, options) => {
      const taken = deck.takeAddress(url)
      const { body, contentType } = await fetchResult(url, options)
      const headers: Record<string, string> = contentType === null ? {} : { 'content-type': contentType }
      const save = (bytes: Buffer): void =>
        deck.tape.add(taken.request, { status: 200, headers, file: deck.tape.keep(bytes) })
      return { body: tee(body as AsyncIterable<Uint8Array>, save), contentType }
    },
  }
}

/** Everything passes as it comes; the reader sees the end only when it is kept. */
function tee(source: AsyncIterable<Uint8Array>, save: (bytes: Buffer) => void): Readable {
  async function* passed(): AsyncGenerator<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of source) {
      chunks.push(chunk)
      yield chunk
    }
    save(Buffer.concat(chunks))
  }
  return Readable.from(passed(), { objectMode: false })
}

function headersOf({ headers }: ExchangeAnswer): Record<string, string> {
  const all = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)] as const)
  return Object.fromEntries(all.filter(([name]) => HEADERS.includes(name)))
}

/** Never sends, and never fetches. */
function player(deck: Deck, engine: string): EngineCassette {
  const play = (taken: Taken): { answer: TapedAnswer; bytes: Buffer } => {
    const answer = deck.tape.next(taken.request)
    if (answer === null) throw missing(engine, taken.request, deck.tape.fileOf(taken.request))
    return { answer, bytes: deck.toBytes(answer, taken) }
  }
  return {
    exchange: async (request) => {
      const { answer, bytes } = play(await deck.take(request))
      return { statusCode: answer.status, headers: answer.headers, body: toStream(bytes) }
    },
    fetchResult: async (url) => {
      const { answer, bytes } = play(deck.takeAddress(url))
      return { body: toStream(bytes), contentType: answer.headers['content-type'] ?? null }
    },
  }
}

function toStream(bytes: Buffer): Readable {
  return Readable.from([bytes], { objectMode: false })
}

function missing(engine: string, { method, path }: TapedRequest, file: string): AfterimageError {
  return new AfterimageError(
    'engine_not_configured',
    `AFTERIMAGE_CASSETTES=replay: no recorded answer to ${method} ${path.slice(0, 120)} of ${engine}; ` +
      `expected in ${file}. Record it with AFTERIMAGE_CASSETTES=record.`,
  )
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
