/** Alpha takes its own way past the networks, which know three channels only. */
import type { Raster } from '../../../imaging/raster.ts'

/** Rounds of growing; further than any tile overlap a hidden colour cannot influence a visible pixel. */
const REACH = 16

export function isOpaque({ data }: Raster): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return false
  return true
}

/**
 * The same picture with colour under its transparent parts, grown from the visible ones. What an editor left
 * there is arbitrary (mostly black), and a network would draw it as a fringe along every edge. Alpha is kept.
 */
export function fillHiddenColour(raster: Raster): Raster {
  const { width, height } = raster
  const data = Uint8Array.from(raster.data)
  const isKnown = new Uint8Array(width * height)
  for (let pixel = 0; pixel < isKnown.length; pixel += 1)
    isKnown[pixel] = (data[pixel * 4 + 3] ?? 0) > 0 ? 1 : 0
  let frontier = hiddenPixels(isKnown)
  for (let round = 0; round < REACH && frontier.length > 0; round += 1) {
    const filled = frontier.filter((pixel) => growInto(pixel, { width, height, data, isKnown }))
    // Marked after the round, so that colours grow evenly instead of running along the scan order.
    for (const pixel of filled) isKnown[pixel] = 1
    frontier = frontier.filter((pixel) => isKnown[pixel] === 0)
  }
  return { width, height, data }
}

function hiddenPixels(isKnown: Uint8Array): Uint32Array {
  const hidden = new Uint32Array(isKnown.length)
  let count = 0
  for (let pixel = 0; pixel < isKnown.length; pixel += 1) if (isKnown[pixel] === 0) hidden[count++] = pixel
  return hidden.slice(0, count)
}

type Growing = Raster & { isKnown: Uint8Array }

/** Gives one pixel the mean colour of its known neighbours; false when it has none yet. */
function growInto(pixel: number, { width, height, data, isKnown }: Growing): boolean {
  const x = pixel % width
  const y = (pixel - x) / width
  let [count, red, green, blue] = [0, 0, 0, 0]
  for (let ny = Math.max(0, y - 1); ny <= Math.min(height - 1, y + 1); ny += 1) {
    for (let nx = Math.max(0, x - 1); nx <= Math.min(width - 1, x + 1); nx += 1) {
      const near = ny * width + nx
      if (isKnown[near] !== 1) continue
      count += 1
      red += data[near * 4] ?? 0
      green += data[near * 4 + 1] ?? 0
      blue += data[near * 4 + 2] ?? 0
    }
  }
  if (count === 0) return false
  data.set([red / count, green / count, blue / count], pixel * 4)
  return true
}

/** Copies the alpha of one raster into another of the same size; changes `into`. */
export function copyAlpha(from: Raster, into: Raster): void {
  for (let at = 3; at < into.data.length; at += 4) into.data[at] = from.data[at] ?? 255
}

/** The same pixels, all visible. */
export function withoutAlpha(raster: Raster): Raster {
  const data = Uint8Array.from(raster.data)
  for (let at = 3; at < data.length; at += 4) data[at] = 255
  return { width: raster.width, height: raster.height, data }
}
