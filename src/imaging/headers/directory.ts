/**
 * TIFF directories: the structure behind TIFF files and behind EXIF in every other format.
 * TIFF 6.0 section 2; BigTIFF (awaresystems.be/imaging/tiff/bigtiff.html) has 8-byte offsets and counts.
 */
import { text, u16be, u16le, u32be, u32le, u64be, u64le, u8 } from './bytes.ts'
import type { HeaderParser } from './reader.ts'
import { take } from './reader.ts'

/** Where the structure lies in the file, and how its integers are written. */
export type TiffLayout = { base: number; end: number; isLittleEndian: boolean; isBig: boolean }
/** `at`: where the first value lies, from the start of the file. */
type Entry = { type: number; count: number; at: number }
/**
 * `values` holds the first value of each tag whose values are stored in the entry itself; `entries` every tag, also those
 * whose values lie elsewhere.
 */
export type Directory = {
  values: ReadonlyMap<number, number>
  entries: ReadonlyMap<number, Entry>
  next: number
}

export const TAG_WIDTH = 256
export const TAG_HEIGHT = 257
export const TAG_ORIENTATION = 274
export const TAG_EXTRA_SAMPLES = 338
export const TAG_DNG_VERSION = 50706

/** TIFF type to bytes per value. */
const TYPE_BYTES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  16: 8,
}
/** Only integers matter here, and none of those that are read is negative. */
const INTEGERS = new Set([1, 3, 4, 6, 8, 9, 16])
const RATIONALS = new Set([5, 10])
const MAX_ENTRIES = 2048

/** Byte order, kind and the offset of the first directory; null when it is no TIFF structure. */
export function* readTiffHeader(
  base: number,
  end: number,
): HeaderParser<(TiffLayout & { first: number }) | null> {
  if (end - base < 8) return null
  const head = yield* take(base, Math.min(16, end - base))
  const order = text(head, 0, 2)
  if (order !== 'II' && order !== 'MM') return null
  const isLittleEndian = order === 'II'
  const magic = (isLittleEndian ? u16le : u16be)(head, 2)
  if (magic !== 42 && magic !== 43) return null
  const isBig = magic === 43
  const first = isBig ? (isLittleEndian ? u64le : u64be)(head, 8) : (isLittleEndian ? u32le : u32be)(head, 4)
  return { base, end, isLittleEndian, isBig, first }
}

/**
 * One directory at an offset from the layout's base; null when it does not fit before the layout's end. Of a tag that
 * comes twice the first counts, as for libtiff and libexif.
 * @param isCutAllowed take the entries that fit where there are said to be more
 */
export function* readDirectory(
  layout: TiffLayout,
  offset: number,
  { isCutAllowed = false } = {},
): HeaderParser<Directory | null> {
  const { base, end, isLittleEndian, isBig } = layout
  const [u16, u32, u64] = isLittleEndian ? [u16le, u32le, u64le] : [u16be, u32be, u64be]
  const countBytes = isBig ? 8 : 2
  const start = base + offset
  if (offset < 8 || start + countBytes > end) return null
  const countField = yield* take(start, countBytes)
  const named = isBig ? u64(countField, 0) : u16(countField, 0)
  const entryBytes = isBig ? 20 : 12
  const nextBytes = isBig ? 8 : 4
  const fitting = Math.floor((end - start - countBytes) / entryBytes)
  if (!isCutAllowed && (named > MAX_ENTRIES || named > fitting)) return null
  const tableBytes = Math.min(named, fitting) * entryBytes
  const table = yield* take(start + countBytes, tableBytes)
  const values = new Map<number, number>()
  const entries = new Map<number, Entry>()
  for (let at = 0; at < tableBytes; at += entryBytes) {
    const tag = u16(table, at)
    const bytes = table.subarray(at, at + entryBytes)
    const entry = entries.has(tag) ? null : readEntry(bytes, layout, start + countBytes + at)
    if (entry === null) continue
    entries.set(tag, entry)
    const inline = entry.at - (start + countBytes + at)
    if (inline >= 0 && inline < entryBytes && INTEGERS.has(entry.type))
      values.set(tag, integerAt(bytes, inline, { ...layout, type: entry.type }))
  }
  const nextAt = start + countBytes + tableBytes
  if (nextAt + nextBytes > end) return { values, entries, next: 0 }
  const nextField = yield* take(nextAt, nextBytes)
  return { values, entries, next: isBig ? u64(nextField, 0) : u32(nextField, 0) }
}

/** Null for one without values, of no known type, or whose values lie outside of the structure. */
function readEntry(entry: Uint8Array, layout: TiffLayout, place: number): Entry | null {
  const { isLittleEndian, isBig, base, end } = layout
  const [u16, u32, u64] = isLittleEndian ? [u16le, u32le, u64le] : [u16be, u32be, u64be]
  const type = u16(entry, 2)
  const count = isBig ? u64(entry, 4) : u32(entry, 4)
  const bytes = (TYPE_BYTES[type] ?? 0) * count
  const field = isBig ? 12 : 8
  // BigTIFF's own.
  if (bytes === 0 || (type === 16 && !isBig)) return null
  if (bytes <= (isBig ? 8 : 4)) return { type, count, at: place + field }
  const at = base + (isBig ? u64(entry, field) : u32(entry, field))
  return at + bytes <= end ? { type, count, at } : null
}

function integerAt(
  bytes: Uint8Array,
  at: number,
  { type, isLittleEndian }: TiffLayout & { type: number },
): number {
  const [u16, u32, u64] = isLittleEndian ? [u16le, u32le, u64le] : [u16be, u32be, u64be]
  const size = TYPE_BYTES[type]
  if (size === 1) return u8(bytes, at)
  if (size === 2) return u16(bytes, at)
  return size === 4 ? u32(bytes, at) : u64(bytes, at)
}

/**
 * EXIF orientation of a TIFF structure that lies between two offsets. 1 when absent or out of range: broken EXIF is
 * common in the wild and no reason to refuse a picture. A damaged one is read as libexif reads it, because by that the
 * decoder turns the picture.
 */
export function* readOrientation(base: number, end: number): HeaderParser<number> {
  const layout = yield* readTiffHeader(base, end)
  // EXIF has no big form.
  if (layout === null || layout.isBig) return 1
  const directory = yield* readDirectory(layout, layout.first, { isCutAllowed: true })
  const entry = directory?.entries.get(TAG_ORIENTATION)
  if (entry === undefined) return 1
  return plausibleOrientation(yield* readNumber(entry, layout))
}

/** libvips puts no more values of an entry into words. */
const MAX_VALUES = 9

/** Undefined for text and for bytes without a meaning. */
function* readNumber({ type, count, at }: Entry, layout: TiffLayout): HeaderParser<number | undefined> {
  if (count > MAX_VALUES || (!INTEGERS.has(type) && !RATIONALS.has(type))) return undefined
  const bytes = yield* take(at, TYPE_BYTES[type] ?? 0)
  // Longer ones lose their upper half there too.
  if (INTEGERS.has(type)) return integerAt(bytes, 0, { ...layout, type }) & 0xffff
  const u32 = layout.isLittleEndian ? u32le : u32be
  // libvips reads "6/1" up to the stroke.
  return u32(bytes, 0)
}

/** 1 to 8, or 1. */
export function plausibleOrientation(value: number | undefined): number {
  return value !== undefined && value >= 1 && value <= 8 ? value : 1
}
