/** Sizes that an instruction asks for and an operation does not reach. */
import type { Size } from '../../../imaging/geometry.ts'
import type { OperationValues } from '../operation.ts'

type Done = { operation: string; values: OperationValues; before: Size; after: Size }

/** The values that make what was made, where it is not what was asked for; null where it is. */
export function reachedValues({ operation, values, before, after }: Done): OperationValues | null {
  const number = (key: string): number => Number(values[key] ?? 0)
  if (operation === 'resize') {
    const isReached =
      (number('widthPx') === 0 || after.width === Math.round(number('widthPx'))) &&
      (number('heightPx') === 0 || after.height === Math.round(number('heightPx')))
    return isReached ? null : { ...values, widthPx: after.width, heightPx: after.height }
  }
  if (operation === 'scale') {
    const percent = Math.round((100 * after.width) / before.width)
    // A side of a few pixels is rounded by more than a per cent.
    const isReached = Math.abs((before.width * number('percent')) / 100 - after.width) <= 1
    return isReached ? null : { ...values, percent }
  }
  if (operation !== 'extend' || number('margin') <= MAX_MARGIN || String(values['aspect'] ?? '') !== '')
    return null
  return { ...values, margin: MAX_MARGIN }
}

/** Of the shorter side; the limit of the operation. */
const MAX_MARGIN = 2
