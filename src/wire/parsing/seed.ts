/** What every engine takes: unsigned 32 bits. Any number leads to one, the same number always to the same. */
export function toSeed(value: number): number {
  return Math.trunc(value) >>> 0
}
