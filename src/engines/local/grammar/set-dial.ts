import type { OperationValues } from '../operation.ts'
import type { ClauseView } from './clause-view.ts'
import type { Dial } from './vocabulary/meaning.ts'

/**
 * Sets the one number of an operation: "20 %" and "2 stops" are taken as they are, "twice" and degree words scale
 * the usual value. `flip` turns the direction. Rounded, so that recipes read well.
 */
export function setDial(dial: Dial, view: ClauseView, flip: 1 | -1): OperationValues {
  const direction = Math.sign(dial.base) * flip
  const size = sizeOf(dial, view)
  const value = Math.min(dial.most, Math.max(dial.least, direction * size))
  return { [dial.key]: Math.round(value * 10_000) / 10_000 }
}

function sizeOf({ base, unit, key }: Dial, { quantities, degree }: ClauseView): number {
  const stops = quantities.find((quantity) => quantity.unit === 'stops')?.value
  if (unit === 'stops' && stops !== undefined) return stops
  const percent = quantities.find((quantity) => quantity.unit === 'percent')?.value
  if (percent !== undefined)
    return unit === 'stops' ? Math.log2(Math.max(0.05, 1 + percent / 100)) : percent / 100
  const times = quantities.find((quantity) => quantity.unit === 'times')?.value
  if (times !== undefined && times > 1) return unit === 'stops' ? Math.log2(times) : Math.abs(base) * times
  const bare = quantities.find((quantity) => quantity.unit === null)?.value
  if (bare !== undefined && key === 'amount')
    return bare <= 1 ? bare : bare <= 100 ? bare / 100 : Math.abs(base)
  return Math.abs(base) * degree
}
