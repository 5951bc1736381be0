/**
 * Preloaded into a server (`NODE_OPTIONS=--import …`): its wall clock is off by as many milliseconds as the file says
 * that `AFTERIMAGE_TEST_CLOCK` names. Timers and `performance.now` stay as they are, as when somebody sets the clock.
 */
import { readFileSync } from 'node:fs'

const LOOK_MS = 20
const file = process.env['AFTERIMAGE_TEST_CLOCK'] ?? ''
const RealDate = Date
const realNow = Date.now.bind(Date)
let offsetMs = 0
const look = (): void => {
  // Written by another process; half a number would be a wrong one.
  const text = readFileSync(file, 'utf8')
  if (text.endsWith('\n')) offsetMs = Number(text)
}
look()
setInterval(look, LOOK_MS).unref()

class ShiftedDate extends RealDate {
  constructor(...args: readonly [] | readonly [string | number | Date]) {
    super(...((args.length === 0 ? [realNow() + offsetMs] : args) as [number]))
  }

  static override now(): number {
    return realNow() + offsetMs
  }
}

globalThis.Date = ShiftedDate as DateConstructor
