import { readOrientation } from './directory.ts'
import { text, u32be, u8 } from './bytes.ts'
import type { HeaderParser } from './reader.ts'
import { take, unreadable } from './reader.ts'
import type { StoredImage } from './stored-image.ts'

const FIRST_CHUNK = 8
/** Colour types 4 and 6 carry alpha. */
const ALPHA_BIT = 4

/**
 * Chunks up to the pixels: IHDR, tRNS (transparency), acTL (frames of an APNG), eXIf.
 * An eXIf behind the pixels is ignored, as decoders do.
 * @see w3.org/TR/png-3
 */
export function* parsePng(): HeaderParser<StoredImage> {
  const header = yield* take(FIRST_CHUNK, 8 + 13)
  if (text(header, 4, 8) !== 'IHDR')
    throw unreadable('this PNG is damaged: it does not begin with its IHDR chunk')
  const stored = { format: 'png' as const, width: u32be(header, 8), height: u32be(header, 12) }
  let hasAlpha = (u8(header, 17) & ALPHA_BIT) !== 0
  let frames = 1
  let orientation: number | null = null
  let at = FIRST_CHUNK + 8 + u32be(header, 0) + 4
  for (;;) {
    const chunk = yield* take(at, 8)
    const length = u32be(chunk, 0)
    const type = text(chunk, 4, 8)
    if (type === 'IDAT') return { ...stored, orientation: orientation ?? 1, frames, hasAlpha }
    if (type === 'IEND') throw unreadable('this PNG holds no picture (no IDAT chunk)')
    if (type === 'tRNS') hasAlpha = true
    if (type === 'acTL' && length >= 4) frames = Math.max(1, u32be(yield* take(at + 8, 4), 0))
    if (type === 'eXIf' && orientation === null) orientation = yield* readOrientation(at + 8, at + 8 + length)
    at += 8 + length + 4
  }
}
