import { plausibleOrientation, readOrientation } from './directory.ts'
import { text, u16be, u8 } from './bytes.ts'
import type { StoredImage } from './stored-image.ts'
import type { HeaderParser } from './reader.ts'
import { take, unreadable } from './reader.ts'

const APP1 = 0xe1
const START_OF_SCAN = 0xda
const END_OF_IMAGE = 0xd9

/** Start-of-frame markers C0 to CF, without DHT (C4), JPG (C8) and DAC (CC), which share the range. */
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

/** Markers without a length: TEM and the restart markers. */
function isStandalone(marker: number): boolean {
  return marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)
}

/**
 * Walks the segments up to the first scan, because EXIF may follow the frame header.
 * @see ITU-T T.81 annex B
 */
export function* parseJpeg(): HeaderParser<StoredImage> {
  let size: { width: number; height: number } | null = null
  let orientation: number | null = null
  let at = 2
  for (;;) {
    const head = yield* take(at, 2)
    if (u8(head, 0) !== 0xff) throw unreadable(`this JPEG is damaged: no marker at byte ${at} of its header`)
    const marker = u8(head, 1)
    if (marker === 0xff || isStandalone(marker)) {
      // 0xFF may be repeated as padding in front of a marker.
      at += marker === 0xff ? 1 : 2
      continue
    }
    if (marker === END_OF_IMAGE) throw unreadable('this JPEG holds no picture (only a header)')
    if (marker === START_OF_SCAN) break
    const length = u16be(yield* take(at + 2, 2), 0)
    if (length < 2) throw unreadable(`this JPEG is damaged: a segment of ${length} bytes at byte ${at}`)
    if (isStartOfFrame(marker) && size === null) size = yield* readFrame(at + 4)
    if (marker === APP1 && orientation === null) orientation = yield* readExif(at + 4, at + 2 + length)
    at += 2 + length
  }
  if (size === null) throw unreadable('this JPEG is damaged: its picture starts before its size is told')
  return {
    format: 'jpeg',
    ...size,
    orientation: plausibleOrientation(orientation ?? 1),
    frames: 1,
    hasAlpha: false,
  }
}

function* readFrame(at: number): HeaderParser<{ width: number; height: number }> {
  const frame = yield* take(at, 5)
  return { height: u16be(frame, 1), width: u16be(frame, 3) }
}

/** Null when the segment is not EXIF (XMP uses APP1 too). The first that is counts, also where it holds nothing. */
function* readExif(start: number, end: number): HeaderParser<number | null> {
  if (end - start < 5 || text(yield* take(start, 4), 0, 4) !== 'Exif') return null
  const isWhole = end - start >= 6 && text(yield* take(start + 4, 2), 0, 2) === '\0\0'
  return isWhole ? yield* readOrientation(start + 6, end) : 1
}
