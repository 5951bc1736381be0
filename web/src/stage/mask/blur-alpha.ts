/** A soft edge: three box blurs, which come close to a Gaussian and take the same time for every radius. Pure. */
type Plane = { width: number; height: number; radius: number }

const PASSES = 3

export function blurAlpha(alpha: Uint8ClampedArray, { width, height, radius }: Plane): Uint8ClampedArray {
  if (radius < 1) return alpha
  let current = alpha
  for (let pass = 0; pass < PASSES; pass += 1) {
    current = blurLines(current, { count: height, length: width, step: 1, next: width, radius })
    current = blurLines(current, { count: width, length: height, step: width, next: 1, radius })
  }
  return current
}

type Lines = { count: number; length: number; step: number; next: number; radius: number }

/** A running sum along each line; beyond the ends the outermost pixel goes on. */
function blurLines(
  source: Uint8ClampedArray,
  { count, length, step, next, radius }: Lines,
): Uint8ClampedArray {
  const result = new Uint8ClampedArray(source.length)
  const span = 2 * radius + 1
  for (let line = 0; line < count; line += 1) {
    const start = line * next
    const at = (place: number): number => source[start + Math.min(Math.max(place, 0), length - 1) * step] ?? 0
    let sum = 0
    for (let place = -radius; place <= radius; place += 1) sum += at(place)
    for (let place = 0; place < length; place += 1) {
      result[start + place * step] = sum / span
      sum += at(place + radius + 1) - at(place - radius)
    }
  }
  return result
}
