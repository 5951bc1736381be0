import { AfterimageError } from '../core/errors.ts'
import type { ByteRange } from '../core/ports.ts'

const SINGLE_RANGE = /^bytes=(\d{0,15})-(\d{0,15})$/u

/**
 * The range of a `Range` header, cut to the file; null means the whole file. Headers of another unit, of several
 * ranges or of no sense are ignored, as RFC 9110 (14.2) allows.
 * @throws AfterimageError `range_not_satisfiable`
 */
export function parseRange(header: string | undefined, size: number): ByteRange | null {
  const match = SINGLE_RANGE.exec(header ?? '')
  if (match === null) return null
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return null
  const range =
    first === ''
      ? { start: Math.max(0, size - Number(last)), end: size - 1 }
      : { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
  if (first !== '' && last !== '' && Number(first) > Number(last)) return null
  if (range.start >= size || (first === '' && Number(last) === 0))
    throw new AfterimageError(
      'range_not_satisfiable',
      `The range lies outside the ${size} bytes of the file.`,
    )
  return range
}
