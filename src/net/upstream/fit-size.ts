/** The size nearest to a wished one that an upstream makes. */

type Size = { width: number; height: number }

/** In pixels. Limits that a vendor does not have are left out. */
export type SizeLimits = {
  /** Both sides are multiples of it; `minSide` and `maxSide` must be too. */
  step: number
  minSide: number
  maxSide: number
  /** Of the whole picture. */
  minPixels?: number
  maxPixels?: number
  /** Longer side divided by the shorter one. */
  maxRatio?: number
}

/**
 * Keeps the aspect first and the number of pixels second. Within all limits as long as they leave a size of every
 * aspect, which those of real vendors do.
 */
export function fitSize(wanted: Size, limits: SizeLimits): Size {
  const { maxRatio = Infinity, minPixels = 1, maxPixels = Infinity } = limits
  const wide = wanted.width / wanted.height
  const ratio = clamp(Math.max(wide, 1 / wide), 1, maxRatio)
  const pixels = clamp(wanted.width * wanted.height, minPixels, maxPixels)
  const short = toSide(Math.sqrt(pixels / ratio), limits)
  const long = toSide(Math.min(short * maxRatio, Math.sqrt(pixels * ratio)), limits)
  const sides = settle({ long, short }, limits)
  return wide >= 1 ? { width: sides.long, height: sides.short } : { width: sides.short, height: sides.long }
}

type Sides = { long: number; short: number }

/** Rounding to the step and clamping the sides may cross another limit; a few steps along the longer side mend it. */
function settle(sides: Sides, limits: SizeLimits): Sides {
  const { step, maxSide, minPixels = 1, maxPixels = Infinity, maxRatio = Infinity } = limits
  let { long, short } = sides
  while (long * short < minPixels && short < maxSide) {
    const mayGrow = long < maxSide && long + step <= short * maxRatio
    if (mayGrow) long += step
    else short += step
  }
  while (long > step && (long * short > maxPixels || long > short * maxRatio)) long -= step
  return { long, short }
}

function toSide(value: number, { step, minSide, maxSide }: SizeLimits): number {
  return clamp(Math.round(value / step) * step, minSide, maxSide)
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(Math.max(value, min), max)
}
