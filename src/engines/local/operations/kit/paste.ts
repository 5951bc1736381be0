/** Canvases: plain ones, and pictures laid on them. */
import type { Size } from '../../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { hexColour } from '../../effects/kit/colour.ts'

/** An opaque canvas of one `#rrggbb`. */
export function plainCanvas({ width, height }: Size, colour: string): Raster {
  const canvas = createRaster(width, height)
  const ink = hexColour(colour)
  const row = new Uint8Array(width * 4).fill(255)
  for (let x = 0; x < width; x += 1)
    for (let channel = 0; channel < 3; channel += 1)
      row[x * 4 + channel] = Math.round((ink[channel] ?? 0) * 255)
  for (let y = 0; y < height; y += 1) canvas.data.set(row, y * width * 4)
  return canvas
}

/** Lays `picture` on `canvas`, which is changed; transparent parts let the canvas through. */
export function pasteOnto(canvas: Raster, picture: Raster, place: { left: number; top: number }): void {
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1) {
      const from = (y * picture.width + x) * 4
      const to = ((y + place.top) * canvas.width + x + place.left) * 4
      const alpha = (picture.data[from + 3] ?? 0) / 255
      for (let channel = 0; channel < 3; channel += 1) {
        const under = canvas.data[to + channel] ?? 0
        canvas.data[to + channel] = Math.round(under + ((picture.data[from + channel] ?? 0) - under) * alpha)
      }
      canvas.data[to + 3] = Math.max(canvas.data[to + 3] ?? 0, picture.data[from + 3] ?? 0)
    }
  }
}
