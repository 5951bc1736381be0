import { decodeBase64 } from './base64.ts'
import { decodeDataUri } from './data-uri.ts'
import { AfterimageError } from './errors.ts'

/** An image as it was named: still to be fetched, or already here. */
export type ParsedSource = { kind: 'url'; url: string } | { kind: 'bytes'; bytes: Uint8Array }

const SCHEME = /^([a-z][a-z0-9+.-]*):/iu
const EXPECTED = 'expected an http(s) URL, a data URI or base64'
/** No picture of any accepted format is smaller; below it, base64 is a word that happens to decode. */
const MIN_IMAGE_BYTES = 20

/**
 * Tells URL, data URI and raw base64 apart by the first characters, and decodes the latter two.
 * @throws AfterimageError `input_unreadable`, `input_forbidden` (another scheme), `input_too_large`
 */
export function parseImageSource(value: string, maxBytes: number): ParsedSource {
  const text = value.trim()
  if (text === '') throw new AfterimageError('input_unreadable', `found an empty string; ${EXPECTED}`)
  const scheme = SCHEME.exec(text.slice(0, 64))?.[1]?.toLowerCase()
  if (scheme === 'http' || scheme === 'https') return { kind: 'url', url: text }
  if (scheme === 'data') return { kind: 'bytes', bytes: decodeDataUri(text, maxBytes) }
  if (scheme !== undefined) throw refusedScheme(scheme)
  return { kind: 'bytes', bytes: decodeRaw(text, maxBytes) }
}

function refusedScheme(scheme: string): AfterimageError {
  return scheme.length === 1
    ? new AfterimageError('input_unreadable', `found a path on a computer; ${EXPECTED}`)
    : new AfterimageError('input_forbidden', `"${scheme}:" addresses are not fetched; ${EXPECTED}`)
}

function decodeRaw(text: string, maxBytes: number): Uint8Array {
  // Text of this length that is no base64 is a path, a name or a sentence, not a damaged picture.
  const isShort = text.length < 2048
  try {
    const bytes = decodeBase64(text, maxBytes)
    if (bytes.length >= MIN_IMAGE_BYTES) return bytes
  } catch (error) {
    if (!isShort) throw error
  }
  throw new AfterimageError(
    'input_unreadable',
    `found text of ${text.length} characters that is neither a URL nor base64 of an image; ${EXPECTED}`,
  )
}
