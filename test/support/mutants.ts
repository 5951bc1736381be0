/** Damaged versions of good files, the same for the same seed. */

/** A 32-bit generator (mulberry32): small, fast, and equal on every machine. */
export function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

/** One flip, cut, splice, insertion or run of equal bytes; two thirds of them in the header. */
export function mutate(files: readonly Uint8Array[], random: (below: number) => number): Uint8Array {
  const file = Buffer.from(files[random(files.length)] ?? [])
  const other = files[random(files.length)] ?? new Uint8Array(0)
  const place = (): number => random(random(3) === 0 ? file.length : Math.min(file.length, 400))
  const kinds = [
    () => {
      for (let flips = 1 + random(6); flips > 0; flips -= 1) file[place()] = random(256)
      return file
    },
    () => file.subarray(0, place()),
    () => Buffer.concat([file.subarray(0, place()), other.subarray(random(other.length))]),
    () => {
      const at = place()
      return Buffer.concat([
        file.subarray(0, at),
        Buffer.alloc(1 + random(40), random(256)),
        file.subarray(at),
      ])
    },
    () => {
      const at = place()
      return file.fill([0, 0xff, 0x7f, 0x80][random(4)] ?? 0, at, Math.min(file.length, at + 1 + random(8)))
    },
  ]
  return (kinds[random(kinds.length)] ?? (() => file))()
}
