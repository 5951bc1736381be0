import { pipeline, Readable } from 'node:stream'
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { Dispatcher } from 'undici'
import type { AfterimageError } from '../core/errors.ts'
import { toFetchError, tooLarge, unreachable } from './fetch-errors.ts'

export type BodyLimits = {
  host: string
  maxBytes: number
  signal: AbortSignal
  /** The error for a passed deadline or a caller that went away. */
  aborted: () => AfterimageError
}

/** We ask for `identity`, but some servers compress all the same. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
}

/**
 * The decoded body, cut off with `input_too_large` past the limit. Bytes are counted after decompression,
 * so that a small compressed bomb cannot grow past the limit, and before, by the declared length.
 */
export function limitBody(response: Dispatcher.ResponseData, limits: BodyLimits): Readable {
  const { body, headers } = response
  // The deadline may pass while nobody reads; the error then waits in the generator below.
  body.on('error', () => null)
  try {
    if (Number(headers['content-length'] ?? 0) > limits.maxBytes) throw tooLarge(limits.host, limits.maxBytes)
    const decoded = decode(body, String(headers['content-encoding'] ?? 'identity'), limits.host)
    return Readable.from(count(decoded, limits), { objectMode: false })
  } catch (error) {
    body.destroy()
    throw error
  }
}

function decode(body: Readable, encoding: string, host: string): Readable {
  const name = encoding.trim().toLowerCase()
  if (name === 'identity' || name === '') return body
  const createDecoder = DECODERS[name]
  if (createDecoder === undefined) throw unreachable(host, `it answered in the unknown encoding "${name}"`)
  // Errors of either side reach the reader through the decoder; the callback only keeps them from being thrown.
  return pipeline(body, createDecoder(), () => null)
}

async function* count(body: Readable, limits: BodyLimits): AsyncGenerator<Uint8Array> {
  let bytes = 0
  try {
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      if (bytes > limits.maxBytes) throw tooLarge(limits.host, limits.maxBytes)
      yield chunk
    }
  } catch (error) {
    throw limits.signal.aborted ? limits.aborted() : toFetchError(error, limits.host)
  }
}
