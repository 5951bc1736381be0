/**
 * Plain backgrounds only: what is connected to the border and of the border's colour. Finding a subject in a
 * photograph takes a network; this says nothing about photographs and leaves them as they are.
 */
import type { Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { clamp01 } from '../../effects/kit/plane.ts'
import { pasteOnto, plainCanvas } from '../kit/paste.ts'

/** Share of border pixels that must have one colour. */
const BORDER_SHARE = 0.8
/** Mean difference per channel, 0 to 255, up to which a pixel is background. */
const TOLERANCE = 26

export const transparentBackground = createEffect({
  name: 'transparent_background',
  summary: 'Makes a plain background transparent; a picture without one is left as it is.',
  defaults: { tolerance: 0.1 },
  alpha: 'own',
  draw: (picture, { tolerance }) => withoutBackground(picture, tolerance * 10 * TOLERANCE) ?? picture,
})

export const backgroundColour = createEffect({
  name: 'background_colour',
  summary: 'Fills a plain or transparent background with a colour; a picture without one is left as it is.',
  defaults: { colour: '#ffffff', tolerance: 0.1 },
  alpha: 'own',
  draw: (picture, { colour, tolerance }) => {
    const subject = hasTransparency(picture)
      ? picture
      : withoutBackground(picture, tolerance * 10 * TOLERANCE)
    if (subject === null) return picture
    const canvas = plainCanvas(picture, colour)
    pasteOnto(canvas, subject, { left: 0, top: 0 })
    return canvas
  },
})

function hasTransparency({ data }: Raster): boolean {
  for (let at = 3; at < data.length; at += 4) if ((data[at] ?? 0) < 250) return true
  return false
}

function withoutBackground(picture: Raster, tolerance: number): Raster | null {
  const colour = borderColour(picture)
  if (colour === null) return null
  const isOutside = floodFromBorder(picture, (at) => differenceFrom(picture, at, colour) < tolerance)
  const data = Uint8Array.from(picture.data)
  for (let pixel = 0; pixel < isOutside.length; pixel += 1) {
    if (isOutside[pixel] === 1) data[pixel * 4 + 3] = 0
    else if (touches(isOutside, pixel, picture.width)) uncover(data, pixel * 4, colour)
  }
  return { width: picture.width, height: picture.height, data }
}

type Colour = readonly [number, number, number]

function differenceFrom({ data }: Raster, at: number, [red, green, blue]: Colour): number {
  return (
    (Math.abs((data[at] ?? 0) - red) +
      Math.abs((data[at + 1] ?? 0) - green) +
      Math.abs((data[at + 2] ?? 0) - blue)) /
    3
  )
}

/** The colour of the border, by its median; null when the border has no one colour. */
function borderColour(picture: Raster): Colour | null {
  const { width, height, data } = picture
  const places: number[] = []
  for (let x = 0; x < width; x += 1) places.push(x * 4, ((height - 1) * width + x) * 4)
  for (let y = 1; y < height - 1; y += 1) places.push(y * width * 4, (y * width + width - 1) * 4)
  const median = (channel: number): number =>
    places.map((at) => data[at + channel] ?? 0).toSorted((a, b) => a - b)[places.length >> 1] ?? 0
  const colour: Colour = [median(0), median(1), median(2)]
  const alike = places.filter((at) => differenceFrom(picture, at, colour) < TOLERANCE).length
  return alike >= places.length * BORDER_SHARE ? colour : null
}

/** 1 for each pixel that the background reaches from the border. */
function floodFromBorder({ width, height }: Raster, isBackground: (at: number) => boolean): Uint8Array {
  const seen = new Uint8Array(width * height)
  const stack = new Int32Array(width * height)
  let depth = 0
  const visit = (pixel: number): void => {
    if (seen[pixel] === 1 || !isBackground(pixel * 4)) return
    seen[pixel] = 1
    stack[depth++] = pixel
  }
  for (let x = 0; x < width; x += 1) [x, (height - 1) * width + x].forEach(visit)
  for (let y = 0; y < height; y += 1) [y * width, y * width + width - 1].forEach(visit)
  while (depth > 0) {
    const pixel = stack[--depth] ?? 0
    const x = pixel % width
    if (x > 0) visit(pixel - 1)
    if (x < width - 1) visit(pixel + 1)
    if (pixel >= width) visit(pixel - width)
    if (pixel < width * (height - 1)) visit(pixel + width)
  }
  return seen
}

function touches(isOutside: Uint8Array, pixel: number, width: number): boolean {
  return (
    isOutside[pixel - 1] === 1 ||
    isOutside[pixel + 1] === 1 ||
    isOutside[pixel - width] === 1 ||
    isOutside[pixel + width] === 1
  )
}

/** An edge pixel is part background: its share becomes transparency, and the background's colour leaves it. */
function uncover(data: Uint8Array, at: number, background: Colour): void {
  const difference = background.reduce(
    (most, value, channel) => Math.max(most, Math.abs((data[at + channel] ?? 0) - value)),
    0,
  )
  const alpha = clamp01(difference / 96)
  if (alpha >= 1 || alpha === 0) return
  for (const [channel, under] of background.entries()) {
    const own = ((data[at + channel] ?? 0) - under * (1 - alpha)) / alpha
    data[at + channel] = Math.min(255, Math.max(0, Math.round(own)))
  }
  data[at + 3] = Math.round(alpha * 255)
}
