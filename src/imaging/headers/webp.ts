import { readOrientation } from './directory.ts'
import { text, u16le, u24le, u32le, u8 } from './bytes.ts'
import type { HeaderParser } from './reader.ts'
import { take, unreadable } from './reader.ts'
import type { StoredImage } from './stored-image.ts'

const FIRST_CHUNK = 12
const FLAG_ANIMATION = 0x02
const FLAG_EXIF = 0x08
const FLAG_ALPHA = 0x10

/** Simple lossy, simple lossless and extended files. @see RFC 9649 */
export function* parseWebp(bytes: number): HeaderParser<StoredImage> {
  const type = text(yield* take(FIRST_CHUNK, 4), 0, 4)
  if (type === 'VP8X') return yield* parseExtended(bytes)
  if (type === 'VP8 ') return yield* parseLossy()
  if (type === 'VP8L') return yield* parseLossless()
  throw unreadable('this WebP is damaged: it does not begin with a VP8, VP8L or VP8X chunk')
}

function* parseLossy(): HeaderParser<StoredImage> {
  const frame = yield* take(FIRST_CHUNK + 8, 10)
  if (u8(frame, 3) !== 0x9d || u8(frame, 4) !== 0x01 || u8(frame, 5) !== 0x2a)
    throw unreadable('this WebP is damaged: its key frame has no start code')
  const width = u16le(frame, 6) & 0x3fff
  const height = u16le(frame, 8) & 0x3fff
  return { format: 'webp', width, height, orientation: 1, frames: 1, hasAlpha: false }
}

function* parseLossless(): HeaderParser<StoredImage> {
  const head = yield* take(FIRST_CHUNK + 8, 5)
  if (u8(head, 0) !== 0x2f) throw unreadable('this WebP is damaged: its lossless picture has no signature')
  const bits = u32le(head, 1)
  const width = (bits & 0x3fff) + 1
  const height = ((bits >>> 14) & 0x3fff) + 1
  return { format: 'webp', width, height, orientation: 1, frames: 1, hasAlpha: ((bits >>> 28) & 1) === 1 }
}

function* parseExtended(bytes: number): HeaderParser<StoredImage> {
  const head = yield* take(FIRST_CHUNK + 8, 10)
  const flags = u8(head, 0)
  const found = yield* walkChunks(bytes, (flags & FLAG_EXIF) !== 0)
  if (!found.hasPicture) throw unreadable('this WebP holds no picture')
  return {
    format: 'webp',
    width: u24le(head, 4) + 1,
    height: u24le(head, 7) + 1,
    orientation: found.orientation,
    frames: (flags & FLAG_ANIMATION) === 0 ? 1 : Math.max(1, found.frames),
    hasAlpha: (flags & FLAG_ALPHA) !== 0,
  }
}

type Found = { hasPicture: boolean; frames: number; orientation: number }

/** EXIF stands behind the pixels, so the chunks are walked to the end, but only when the flags promise it. */
function* walkChunks(bytes: number, hasExif: boolean): HeaderParser<Found> {
  const found = { hasPicture: false, frames: 0, orientation: 1 }
  let at = FIRST_CHUNK
  while (at + 8 <= bytes) {
    const chunk = yield* take(at, 8)
    const type = text(chunk, 0, 4)
    const length = u32le(chunk, 4)
    if (type === 'VP8 ' || type === 'VP8L') found.hasPicture = true
    if (type === 'ANMF') {
      found.hasPicture = true
      found.frames += 1
    }
    if (type === 'EXIF') {
      found.orientation = yield* readWebpExif(at + 8, Math.min(bytes, at + 8 + length))
      return found
    }
    // One frame is enough to know the rest, except whether it is the only one.
    if (found.hasPicture && !hasExif && found.frames !== 1) return found
    // Chunks are padded to an even length.
    at += 8 + length + (length & 1)
  }
  return found
}

/** Some writers put the JPEG prefix `Exif\0\0` in front of the TIFF structure. */
function* readWebpExif(start: number, end: number): HeaderParser<number> {
  if (end - start < 14) return 1
  const isPrefixed = text(yield* take(start, 6), 0, 6) === 'Exif\0\0'
  return yield* readOrientation(isPrefixed ? start + 6 : start, end)
}
