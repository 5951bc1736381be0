/** Where pixels changed, as a picture. Pure. */
export type HeatRequest = {
  width: number
  height: number
  before: Uint8ClampedArray
  after: Uint8ClampedArray
}
export type HeatAnswer = { pixels: Uint8ClampedArray<ArrayBuffer>; changedShare: number }

/** Below this difference of 255 a change is what a JPEG does by itself. */
const NOISE = 6
/** From here on the map is at its brightest; a full black-to-white change is rare in edits. */
const STRONG = 96

/**
 * The largest difference of the three channels, from transparent over the accent to near white.
 * `changedShare` is the part of the pixels that changed by more than noise, 0 to 1.
 */
export function heatOf({ width, height, before, after }: HeatRequest): HeatAnswer {
  const pixels = new Uint8ClampedArray(width * height * 4)
  let changed = 0
  for (let at = 0; at < pixels.length; at += 4) {
    const difference = Math.max(
      Math.abs((before[at] ?? 0) - (after[at] ?? 0)),
      Math.abs((before[at + 1] ?? 0) - (after[at + 1] ?? 0)),
      Math.abs((before[at + 2] ?? 0) - (after[at + 2] ?? 0)),
    )
    if (difference <= NOISE) continue
    changed += 1
    const heat = Math.min(1, (difference - NOISE) / (STRONG - NOISE))
    pixels[at] = 232 + 23 * heat
    pixels[at + 1] = 80 + 150 * heat
    pixels[at + 2] = 20 + 160 * heat * heat
    pixels[at + 3] = 90 + 165 * Math.sqrt(heat)
  }
  return { pixels, changedShare: changed / Math.max(1, width * height) }
}
