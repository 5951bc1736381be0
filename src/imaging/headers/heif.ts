import { text, u16be, u32be } from './bytes.ts'
import { readBoxHeader } from './boxes.ts'
import type { HeifItem } from './heif-meta.ts'
import { readHeifMeta } from './heif-meta.ts'
import type { HeaderParser } from './reader.ts'
import { runInMemory, take, unreadable } from './reader.ts'
import type { StoredImage } from './stored-image.ts'

/** Top-level boxes in front of `meta`; real files have one to three. */
const MAX_TOP_BOXES = 64
/** An iPhone's meta box is about 4 KB, a 400-tile grid about 50 KB. */
const MAX_META_BYTES = 1024 * 1024

/** Item type to format: HEVC is HEIC, AV1 is AVIF; other codecs are named when they are refused. */
const CODEC_FORMATS: Readonly<Record<string, 'heic' | 'avif'>> = { hvc1: 'heic', hev1: 'heic', av01: 'avif' }

/** HEIC and AVIF: the primary item of the meta box. @see ISO/IEC 23008-12 */
export function* parseHeif(bytes: number): HeaderParser<StoredImage> {
  const meta = yield* takeMeta(bytes)
  const primary = readHeifMeta(meta)
  if (primary === null) throw unreadable('this HEIF file is damaged: it has no readable primary picture')
  const format = CODEC_FORMATS[primary.codec]
  if (format === undefined)
    throw unreadable(`this HEIF file is coded as "${printable(primary.codec)}", which is not supported`)
  return { format, ...uprightStored(primary), frames: 1, hasAlpha: primary.hasAlpha }
}

/** The ICC profile of the primary picture, out of a whole file; null when there is none. */
export function readHeifProfile(bytes: Uint8Array): Uint8Array | null {
  const meta = runInMemory(takeMeta(bytes.length), { bytes, name: 'HEIF file' })
  const colours = readHeifMeta(meta)?.properties.filter(({ type }) => type === 'colr') ?? []
  const profile = colours.find(({ data }) => ['prof', 'rICC'].includes(text(data, 0, 4)))
  return profile?.data.subarray(4) ?? null
}

function* takeMeta(bytes: number): HeaderParser<Uint8Array> {
  let at = 0
  for (let count = 0; count < MAX_TOP_BOXES && at + 8 <= bytes; count += 1) {
    const head = yield* take(at, Math.min(16, bytes - at))
    const box = readBoxHeader(head, bytes - at)
    const isMeta = text(head, 4, 8) === 'meta'
    if (box === null) break
    if (isMeta && box.bytes > MAX_META_BYTES)
      throw unreadable('the header of this HEIF file is implausibly long')
    if (isMeta) return yield* take(at + box.headerBytes, box.bytes - box.headerBytes)
    at += box.bytes
  }
  throw unreadable('this HEIF file is truncated, or an image sequence without a still picture')
}

function printable(code: string): string {
  return code.replaceAll(/[^\w ]/gu, '?')
}

/**
 * Size after `clap`, and the EXIF orientation that does the same as `irot` and `imir` in their order.
 * EXIF itself is ignored in HEIF: the properties are normative and EXIF often repeats them.
 */
function uprightStored(item: HeifItem): { width: number; height: number; orientation: number } {
  let { width, height } = item.size
  let turn: Turn = { quarterTurns: 0, isMirrored: false }
  for (const { type, data } of item.properties) {
    if (type === 'clap' && data.length >= 16) {
      width = Math.round(u32be(data, 0) / Math.max(1, u32be(data, 4)))
      height = Math.round(u32be(data, 8) / Math.max(1, u32be(data, 12)))
    }
    if (type === 'irot') turn = rotate(turn, (u16be(data, 0) >> 8) & 3)
    if (type === 'imir') turn = mirror(turn, (u16be(data, 0) >> 8) & 1)
  }
  return { width, height, orientation: toExifOrientation(turn) }
}

/** First mirrored left to right (if so), then turned clockwise. */
type Turn = { quarterTurns: number; isMirrored: boolean }

/** `irot` counts quarter turns anticlockwise. */
function rotate(turn: Turn, anticlockwise: number): Turn {
  return { ...turn, quarterTurns: (turn.quarterTurns + 4 - anticlockwise) % 4 }
}

/** Mirroring after a turn equals mirroring before the opposite turn; axis 0 exchanges top and bottom (two more quarters). */
function mirror(turn: Turn, axis: number): Turn {
  const flip = axis === 0 ? 2 : 0
  return { quarterTurns: (8 - turn.quarterTurns - flip) % 4, isMirrored: !turn.isMirrored }
}

function toExifOrientation(turn: Turn): number {
  const plain = [1, 6, 3, 8] as const
  const mirrored = [2, 7, 4, 5] as const
  return (turn.isMirrored ? mirrored : plain)[turn.quarterTurns] ?? 1
}
