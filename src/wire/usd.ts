/** At most a thousand million dollars, exact to the micro-dollar and far within the integers. */
const AMOUNT = /^(\d{1,9})(?:\.(\d{1,6}))?$/u

/** Dollars as text to whole micro-dollars without going through a fraction; null for anything else. */
export function parseUsd(text: string): number | null {
  const [, whole, decimals = ''] = AMOUNT.exec(text.trim()) ?? []
  return whole === undefined ? null : Number(whole) * 1_000_000 + Number(decimals.padEnd(6, '0'))
}
