/** What is put around a picture, and corners that are taken off. */
import type { Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { clamp01, pixelsOf } from '../../effects/kit/plane.ts'
import { pasteOnto, plainCanvas } from '../kit/paste.ts'

type Margins = { side: number; top: number; bottom: number }

function framed(picture: Raster, { side, top, bottom }: Margins, colour: string): Raster {
  const size = { width: picture.width + 2 * side, height: picture.height + top + bottom }
  const canvas = plainCanvas(size, colour)
  pasteOnto(canvas, picture, { left: side, top })
  return canvas
}

export const border = createEffect({
  name: 'border',
  summary: 'A border of one colour on all sides.',
  defaults: { width: 0.05, widthPx: 0, colour: '#ffffff' },
  limits: { width: [0.001, 1], widthPx: [0, 2000] },
  alpha: 'own',
  draw: (picture, { width, widthPx, colour }) => {
    const side = Math.round(widthPx > 0 ? widthPx : pixelsOf(picture, width))
    return framed(picture, { side, top: side, bottom: side }, colour)
  },
})

export const instantFrame = createEffect({
  name: 'instant_frame',
  summary: 'The white card of an instant photograph, wide below.',
  defaults: { colour: '#f7f5ef' },
  alpha: 'own',
  draw: (picture, { colour }) => {
    const side = Math.round(pixelsOf(picture, 0.065))
    return framed(picture, { side, top: side, bottom: Math.round(side * 3.4) }, colour)
  },
})

export const letterbox = createEffect({
  name: 'letterbox',
  summary: 'Black bars over top and bottom, as in the cinema; the size stays.',
  defaults: { aspect: 2.39, colour: '#000000' },
  limits: { aspect: [1, 4] },
  draw: (picture, { aspect, colour }) => {
    const open = Math.min(picture.height, Math.round(picture.width / aspect))
    const bar = Math.floor((picture.height - open) / 2)
    if (bar < 1) return picture
    const canvas = plainCanvas(picture, colour)
    const row = picture.width * 4
    canvas.data.set(picture.data.subarray(bar * row, (bar + open) * row), bar * row)
    return canvas
  },
})

export const roundedCorners = createEffect({
  name: 'rounded_corners',
  summary: 'Transparent corners outside a radius; 0.5 of a square is a circle.',
  defaults: { radius: 0.08 },
  limits: { radius: [0, 0.5] },
  alpha: 'own',
  draw: (picture, { radius }) => {
    const { width, height } = picture
    const data = Uint8Array.from(picture.data)
    const reach = pixelsOf(picture, radius, 0)
    for (let y = 0, at = 3; y < height; y += 1) {
      const dy = Math.max(0, reach - (y + 0.5), y + 0.5 - (height - reach))
      for (let x = 0; x < width; x += 1, at += 4) {
        const dx = Math.max(0, reach - (x + 0.5), x + 0.5 - (width - reach))
        if (dx === 0 || dy === 0) continue
        data[at] = Math.round((data[at] ?? 0) * clamp01(reach - Math.hypot(dx, dy) + 0.5))
      }
    }
    return { width, height, data }
  },
})
