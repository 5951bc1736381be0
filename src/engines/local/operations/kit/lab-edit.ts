/** Edits that treat each pixel alike, in OKLab: lightness, chroma and hue move without dragging each other along. */
import type { Raster } from '../../../../imaging/raster.ts'
import { createRaster } from '../../../../imaging/raster.ts'
import { hexColour, labOf, labOfSrgb, type Triple } from '../../effects/kit/colour.ts'
import { paintLab, type Shade } from '../../effects/kit/paint.ts'
import { clamp01 } from '../../effects/kit/plane.ts'

/** A new picture whose pixels `shade` changed in OKLab. */
export function editLab(picture: Raster, shade: Shade): Raster {
  return paintLab(labOf(picture), shade)
}

/** OKLab of one `#rrggbb`. */
export function labOfHex(hex: string): Triple {
  const [red = 0, green = 0, blue = 0] = hexColour(hex)
  return labOfSrgb(red, green, blue)
}

/** Distance from grey, 0 to about 0.3. */
export function chromaOf(colour: Triple): number {
  const a = colour[1] ?? 0
  const b = colour[2] ?? 0
  // Several times faster than Math.hypot, and these numbers cannot overflow.
  return Math.sqrt(a * a + b * b)
}

/** Hue in radians. */
export function hueOf(colour: Triple): number {
  return Math.atan2(colour[2] ?? 0, colour[1] ?? 0)
}

/** The smaller angle between two hues, 0 to π. */
export function hueDistance(first: number, second: number): number {
  const turn = Math.abs(first - second) % (2 * Math.PI)
  return turn > Math.PI ? 2 * Math.PI - turn : turn
}

/** One curve for red, green and blue, on encoded values 0 to 1, through a table of the 256 values there are. */
export function mapTones(picture: Raster, curve: (value: number) => number): Raster {
  const table = tableOf(curve)
  return mapChannels(picture, [table, table, table])
}

/** The curve at each byte. */
export function tableOf(curve: (value: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, value) => Math.round(clamp01(curve(value / 255)) * 255))
}

/** A table for each channel; alpha is kept. */
export function mapChannels(
  picture: Raster,
  [red, green, blue]: readonly [Uint8Array, Uint8Array, Uint8Array],
): Raster {
  const { data } = picture
  const result = createRaster(picture.width, picture.height)
  for (let at = 0; at < data.length; at += 4) {
    result.data[at] = red[data[at] ?? 0] ?? 0
    result.data[at + 1] = green[data[at + 1] ?? 0] ?? 0
    result.data[at + 2] = blue[data[at + 2] ?? 0] ?? 0
    result.data[at + 3] = data[at + 3] ?? 255
  }
  return result
}
