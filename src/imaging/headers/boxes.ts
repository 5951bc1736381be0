/** The box structure of ISO base media files (ISO/IEC 14496-12), over bytes in memory. */
import { text, u32be, u64be } from './bytes.ts'

/** `start` and `end` enclose the content, without the box's own header. */
export type Box = { type: string; start: number; end: number }

/** A meta box of a real file has a few hundred boxes (one property or item per tile). */
const MAX_BOXES = 20_000

/** Child boxes between two offsets; stops at the first that does not fit. */
export function listBoxes(bytes: Uint8Array, start: number, end: number): readonly Box[] {
  const boxes: Box[] = []
  let at = start
  while (at + 8 <= end && boxes.length < MAX_BOXES) {
    const header = readBoxHeader(bytes.subarray(at, at + 16), end - at)
    if (header === null) break
    boxes.push({ type: header.type, start: at + header.headerBytes, end: at + header.bytes })
    at += header.bytes
  }
  return boxes
}

/** `available` is what is left of the parent; a size of 0 means "to its end". Null when damaged. */
export function readBoxHeader(
  head: Uint8Array,
  available: number,
): { type: string; bytes: number; headerBytes: number } | null {
  const size = u32be(head, 0)
  const headerBytes = size === 1 ? 16 : 8
  const bytes = size === 0 ? available : size === 1 ? u64be(head, 8) : size
  if (bytes < headerBytes || bytes > available) return null
  return { type: text(head, 4, 8), bytes, headerBytes }
}
