/** Which bytes of a file decide its pixels. */
import type { ImageFormat } from '../../core/job.ts'
import { text, u16be, u32be, u32le, u8 } from './bytes.ts'
import { type HeaderParser, take, unreadable } from './reader.ts'

type Range = { name: string; start: number; end: number }
/** `packed` is one zlib stream in pieces, which unpacks to at most `maxUnpacked` bytes. */
export type PictureParts = { ranges: readonly Range[]; packed: readonly Range[]; maxUnpacked: number }

/** Null for a format whose files are told apart by all their bytes. */
export function pictureParts(format: ImageFormat, bytes: number): HeaderParser<PictureParts> | null {
  if (format === 'jpeg') return jpegParts(bytes)
  if (format === 'png') return pngParts()
  return format === 'webp' ? webpParts(bytes) : null
}

const START_OF_SCAN = 0xda
/** APP2 may be a colour profile, APP14 tells the colour space; the other APPn and COM say nothing about pixels. */
const [APP0, APP2, APP14, APP15, COMMENT] = [0xe0, 0xe2, 0xee, 0xef, 0xfe]
const PROFILE = 'ICC_PROFILE\0'

/** Segments up to the first scan without metadata, and everything from there on. */
function* jpegParts(bytes: number): HeaderParser<PictureParts> {
  const ranges: Range[] = []
  for (let at = 2; ;) {
    const head = yield* take(at, 4)
    const marker = u8(head, 1)
    if (u8(head, 0) !== 0xff) throw unreadable(`no marker at byte ${at}`)
    if (marker === 0xff) {
      at += 1
      continue
    }
    const length = u16be(head, 2)
    if (marker === START_OF_SCAN)
      return { ranges: [...ranges, { name: 'scan', start: at, end: bytes }], packed: [], maxUnpacked: 0 }
    if (length < 2) throw unreadable(`a segment of ${length} bytes`)
    const end = at + 2 + length
    if (yield* decidesPixels(marker, at + 4, end)) ranges.push({ name: String(marker), start: at + 4, end })
    // A decoder guesses the colour space from the presence of this segment, not from its thumbnail or density.
    else if (marker === APP0) ranges.push({ name: 'jfif', start: at, end: at + 2 })
    at = end
  }
}

function* decidesPixels(marker: number, start: number, end: number): HeaderParser<boolean> {
  if (marker === APP14) return true
  if (marker === APP2)
    return (
      end - start >= PROFILE.length && text(yield* take(start, PROFILE.length), 0, PROFILE.length) === PROFILE
    )
  return marker !== COMMENT && !(marker >= APP0 && marker <= APP15)
}

/** Text, time and physical size; eXIf counts by its orientation, which the caller knows. */
const PNG_METADATA = new Set(['tEXt', 'zTXt', 'iTXt', 'tIME', 'pHYs', 'eXIf', 'hIST', 'sPLT', 'bKGD', 'IEND'])
/** Samples of a pixel by colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }

function* pngParts(): HeaderParser<PictureParts> {
  const ranges: Range[] = []
  const packed: Range[] = []
  for (let at = 8; ;) {
    const head = yield* take(at, 8)
    const name = text(head, 4, 8)
    const range = { name, start: at + 8, end: at + 8 + u32be(head, 0) }
    if (name === 'IDAT') packed.push(range)
    else if (!PNG_METADATA.has(name)) ranges.push(range)
    if (name === 'IEND') return { ranges, packed, maxUnpacked: unpackedBytes(yield* take(16, 10)) }
    at = range.end + 4
  }
}

/** Rows with a filter byte each; interlacing makes up to twice as many rows, of odd widths. */
function unpackedBytes(header: Uint8Array): number {
  const [width, height, depth] = [u32be(header, 0), u32be(header, 4), u8(header, 8)]
  const bits = width * depth * (CHANNELS[u8(header, 9)] ?? 4)
  return 2 * height * (Math.ceil(bits / 8) + 8) + 1024
}

const WEBP_METADATA = new Set(['EXIF', 'XMP '])

function* webpParts(bytes: number): HeaderParser<PictureParts> {
  const ranges: Range[] = []
  let canvas: Range | null = null
  for (let at = 12; at + 8 <= bytes;) {
    const head = yield* take(at, 8)
    const name = text(head, 0, 4)
    const [start, length] = [at + 8, u32le(head, 4)]
    // Metadata puts this chunk in front of a picture that needs none. Its flags tell of metadata and of alpha, which the
    // caller knows; the size of the canvas is that of the picture, except in animations.
    if (name === 'VP8X') canvas = { name, start: start + 4, end: start + length }
    else if (name === 'ANIM' && canvas !== null) ranges.push(canvas, { name, start, end: start + length })
    else if (!WEBP_METADATA.has(name)) ranges.push({ name, start, end: start + length })
    at = start + length + (length & 1)
  }
  return { ranges, packed: [], maxUnpacked: 0 }
}
