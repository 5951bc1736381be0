/**
 * Header parsers are generators that ask for bytes by offset, so that one parser serves bytes in memory
 * (a data URI) and files at rest (an upload), and so that the work it may do is counted in one place.
 */
import { AfterimageError } from '../../core/errors.ts'
import type { ByteSource } from '../../core/ports.ts'

type Wanted = { offset: number; length: number }
/** Asks for bytes and ends with a result. Every answer has exactly the length that was asked for. */
export type HeaderParser<T> = Generator<Wanted, T, Uint8Array>

/** Hostile files chain thousands of tiny segments; real headers need far fewer steps. */
const MAX_STEPS = 20_000
/** Reads of a file at rest: each may be a request to object storage. */
const MAX_FETCHES = 200
const FIRST_WINDOW = 64 * 1024
const NEXT_WINDOW = 4 * 1024

/** Yields one request; use as `yield* take(offset, length)`. */
export function* take(offset: number, length: number): HeaderParser<Uint8Array> {
  return yield { offset, length }
}

/** `input_unreadable` with what was found. */
export function unreadable(found: string): AfterimageError {
  return new AfterimageError('input_unreadable', found)
}

function assertWithin(wanted: Wanted, context: { bytes: number; name: string; steps: number }): void {
  const { bytes, name, steps } = context
  if (steps > MAX_STEPS) throw unreadable(`the header of this ${name} is implausibly long`)
  if (wanted.offset + wanted.length > bytes)
    throw unreadable(
      `this ${name} ends inside its header (it is truncated: ${bytes} bytes arrived); send the whole file`,
    )
}

/** Runs a parser over a whole file in memory. `name` is the format's name in messages. */
export function runInMemory<T>(parser: HeaderParser<T>, file: { bytes: Uint8Array; name: string }): T {
  let step = parser.next()
  for (let steps = 0; step.done !== true; steps += 1) {
    const wanted = step.value
    assertWithin(wanted, { bytes: file.bytes.length, name: file.name, steps })
    step = parser.next(file.bytes.subarray(wanted.offset, wanted.offset + wanted.length))
  }
  return step.value
}

/** A source that reads in windows, so that neighbouring requests cost one read. */
export function createWindowedSource(source: ByteSource): ByteSource {
  let windowStart = 0
  let window: Uint8Array = new Uint8Array(0)
  let fetches = 0
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const isInside = offset >= windowStart && offset + length <= windowStart + window.length
    if (!isInside) {
      fetches += 1
      if (fetches > MAX_FETCHES) throw unreadable('the header is implausibly long')
      const size = Math.max(length, fetches === 1 ? FIRST_WINDOW : NEXT_WINDOW)
      window = await source.read(offset, Math.min(size, source.bytes - offset))
      windowStart = offset
    }
    return window.subarray(offset - windowStart, offset - windowStart + length)
  }
  return { bytes: source.bytes, read }
}

/** Runs a parser over a file at rest. */
export async function runOnSource<T>(
  parser: HeaderParser<T>,
  file: { source: ByteSource; name: string },
): Promise<T> {
  let step = parser.next()
  for (let steps = 0; step.done !== true; steps += 1) {
    const wanted = step.value
    assertWithin(wanted, { bytes: file.source.bytes, name: file.name, steps })
    step = parser.next(await file.source.read(wanted.offset, wanted.length))
  }
  return step.value
}
