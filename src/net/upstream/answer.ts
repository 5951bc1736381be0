/** Reads answers of upstreams within limits. */
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { ExchangeAnswer } from './exchange.ts'

export type Answer = {
  status: number
  headers: Readonly<Record<string, string>>
  text: string
  /** Undefined when the body is not JSON. */
  json: unknown
}

/** An error page says what it has to say within this; the rest is left unread. */
const MAX_ERROR_BYTES = 64 * 1024

/** We ask for `identity`, but gateways compress all the same, and the answer is paid for. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** More came than was allowed. */
function tooManyBytes(maxBytes: number): RangeError {
  return new RangeError(`its answer has more than ${maxBytes} bytes`)
}

/** The decoded body; counted after decompression, so that a small bomb cannot grow past the limit. */
export async function* readBody(response: ExchangeAnswer, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of decoded(response) as AsyncIterable<Uint8Array>) {
    bytes += chunk.length
    if (bytes > maxBytes) throw tooManyBytes(maxBytes)
    yield chunk
  }
}

/** The whole body of a successful answer. @throws RangeError past the limit, and whatever the connection throws */
export async function readAnswer(response: ExchangeAnswer, maxBytes: number): Promise<Answer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of readBody(response, maxBytes)) chunks.push(chunk)
  return toAnswer(response, chunks)
}

/** What can be read of an error answer; its status alone says enough, so a broken body is not a fault. */
export async function readFailedAnswer(response: ExchangeAnswer): Promise<Answer> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of readBody(response, MAX_ERROR_BYTES)) chunks.push(chunk)
  } catch {
    response.body.destroy()
  }
  return toAnswer(response, chunks)
}

/** First values only; names in lower case. */
export function plainHeaders(response: ExchangeAnswer): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name.toLowerCase(),
      (Array.isArray(value) ? value[0] : value) ?? '',
    ]),
  )
}

function decoded(response: ExchangeAnswer): Readable {
  const { body, headers } = response
  const encoding = String(headers['content-encoding'] ?? '')
    .trim()
    .toLowerCase()
  const createDecoder = DECODERS[encoding]
  // Errors of either side reach the reader through the decoder; the callback only keeps them from being thrown.
  return createDecoder === undefined ? body : pipeline(body, createDecoder(), () => null)
}

function toAnswer(response: ExchangeAnswer, chunks: readonly Uint8Array[]): Answer {
  const text = Buffer.concat(chunks).toString('utf8')
  return { status: response.statusCode, headers: plainHeaders(response), text, json: parseJson(text) }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
