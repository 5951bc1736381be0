import { decodeBase64 } from './base64.ts'
import { AfterimageError } from './errors.ts'

/** Media type and parameters; real ones have about 30 characters. */
const MAX_HEADER = 1024
const PERCENT = 0x25

/**
 * The bytes of a `data:` URI (RFC 2397), base64 or percent-encoded. The declared type is ignored: content decides.
 * @throws AfterimageError `input_unreadable`, `input_too_large`
 */
export function decodeDataUri(uri: string, maxBytes: number): Uint8Array {
  const comma = uri.indexOf(',')
  if (comma < 0 || comma > MAX_HEADER)
    throw new AfterimageError(
      'input_unreadable',
      'the data URI has no comma; expected "data:image/png;base64,…"',
    )
  const content = uri.slice(comma + 1)
  if (!/;\s*base64\s*$/iu.test(uri.slice(0, comma))) return assertSize(decodePercent(content), maxBytes)
  // Browsers leave base64 alone, but query strings arrive with %2B and %3D.
  const base64 = content.includes('%') ? Buffer.from(decodePercent(content)).toString('latin1') : content
  return decodeBase64(base64, maxBytes)
}

function assertSize(bytes: Uint8Array, maxBytes: number): Uint8Array {
  if (bytes.length > maxBytes)
    throw new AfterimageError(
      'input_too_large',
      `found ${bytes.length} bytes; at most ${maxBytes} are allowed`,
    )
  return bytes
}

/** Decodes in place from one percent sign to the next; what is no escape stays as it is (WHATWG URL). */
function decodePercent(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8')
  let to = 0
  let from = 0
  while (from < bytes.length) {
    const next = bytes.indexOf(PERCENT, from)
    const stop = next < 0 ? bytes.length : next
    bytes.copyWithin(to, from, stop)
    to += stop - from
    if (next < 0) break
    const value = Number.parseInt(bytes.toString('latin1', next + 1, next + 3), 16)
    const isEscape = /^[0-9a-f]{2}$/iu.test(bytes.toString('latin1', next + 1, next + 3))
    bytes[to] = isEscape ? value : PERCENT
    to += 1
    from = next + (isEscape ? 3 : 1)
  }
  return bytes.subarray(0, to)
}
