import { u16le, u8 } from './bytes.ts'
import type { HeaderParser } from './reader.ts'
import { take, unreadable } from './reader.ts'
import type { StoredImage } from './stored-image.ts'

const EXTENSION = 0x21
const IMAGE = 0x2c
const TRAILER = 0x3b
const GRAPHIC_CONTROL = 0xf9

function colourTableBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1)
}

/**
 * The logical screen, and whether the first frame has a transparent colour. Only the first frame is ever used,
 * so the frames are not counted through: `frames` is 2 when anything animates (a second control or a loop count).
 * @see w3.org/Graphics/GIF/spec-gif89a.txt
 */
export function* parseGif(): HeaderParser<StoredImage> {
  const screen = yield* take(6, 7)
  const stored = { format: 'gif' as const, width: u16le(screen, 0), height: u16le(screen, 2), orientation: 1 }
  let at = 13 + colourTableBytes(u8(screen, 4))
  let hasAlpha = false
  let frames = 1
  for (;;) {
    const kind = u8(yield* take(at, 1), 0)
    if (kind === IMAGE) return { ...stored, frames, hasAlpha }
    if (kind === TRAILER) throw unreadable('this GIF holds no picture')
    if (kind !== EXTENSION)
      throw unreadable(`this GIF is damaged: unknown block 0x${kind.toString(16)} at byte ${at}`)
    const label = u8(yield* take(at + 1, 1), 0)
    if (label === GRAPHIC_CONTROL) hasAlpha = (u8(yield* take(at + 3, 1), 0) & 1) !== 0
    // The NETSCAPE2.0 loop count is the only application extension of note, and it means animation.
    if (label === 0xff) frames = 2
    at = yield* skipSubBlocks(at + 2)
  }
}

function* skipSubBlocks(start: number): HeaderParser<number> {
  let at = start
  for (;;) {
    const size = u8(yield* take(at, 1), 0)
    at += 1 + size
    if (size === 0) return at
  }
}
