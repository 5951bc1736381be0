/** A card that says in words what a generative model would have painted. */
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { ASCENT, breakLines, CAPITAL_HEIGHT, drawLine, LINE_HEIGHT, type Ink, type Lines } from './text.ts'

export type CardText = {
  /** Small, above: what this is. */
  label: string
  /** Large, in the middle: the prompt. */
  body: string
  /** Small, below: why. */
  footer: string
}

export type Card = {
  raster: Raster
  /** Characters drawn as hollow boxes. */ substitutes: number
  isCut: boolean
}

type Colour = readonly [red: number, green: number, blue: number]
type Box = { left: number; top: number; width: number; height: number }

const INK: Colour = [245, 244, 240]
/** Pixels per grid unit: below the first nothing is legible, above the second a short prompt shouts. */
const LEAST_SCALE = 1
const MOST_SCALE = 12

/** Deterministic: the same size, text and seed give the same pixels. The seed chooses the colours. */
export function drawCard(size: { width: number; height: number }, text: CardText, seed: number): Card {
  const raster = createRaster(size.width, size.height)
  paintBackground(raster, seed)
  const ink: Ink = { ...size, data: new Uint8Array(size.width * size.height) }
  const margin = Math.round(Math.min(size.width, size.height) * 0.07)
  const inner = {
    left: margin,
    top: margin,
    width: size.width - 2 * margin,
    height: size.height - 2 * margin,
  }
  const small = Math.max(LEAST_SCALE, Math.min(size.width, size.height) / 340)
  const label = fitText(text.label, { ...inner, height: inner.height / 6 }, small * 1.2)
  const footer = fitText(text.footer, { ...inner, height: inner.height / 4 }, small)
  const top = inner.top + label.height
  const body = { ...inner, top, height: Math.max(0, inner.height - label.height - footer.height) }
  const prompt = fitText(text.body, body, MOST_SCALE * (small / 3 + 0.4))
  drawText(ink, label, inner)
  drawText(ink, prompt, { ...body, top: body.top + Math.max(0, (body.height - prompt.height) / 2) })
  drawText(ink, footer, { ...inner, top: inner.top + inner.height - footer.height })
  applyInk(raster, ink)
  return { raster, substitutes: prompt.substitutes, isCut: prompt.isCut }
}

type Fitted = Lines & { scale: number; height: number; isCut: boolean }

/** The text as large as the box allows, at most `scale`; at the smallest size what does not fit is cut. */
function fitText(text: string, box: Box, scale: number): Fitted {
  const { lines, substitutes } = breakLines(text, box.width / scale)
  const height = lines.length * LINE_HEIGHT * scale
  if (height <= box.height) return { lines, substitutes, scale, height, isCut: false }
  if (scale > LEAST_SCALE) return fitText(text, box, Math.max(LEAST_SCALE, scale * 0.92))
  const count = Math.max(0, Math.floor(box.height / (LINE_HEIGHT * scale)))
  return {
    lines: lines.slice(0, count),
    substitutes,
    scale,
    height: count * LINE_HEIGHT * scale,
    isCut: true,
  }
}

function drawText(ink: Ink, { lines, scale }: Fitted, box: { left: number; top: number }): void {
  // Lines stand in the middle of their height, accents and descenders included.
  const inset = (LINE_HEIGHT - CAPITAL_HEIGHT - ASCENT) / 2 + ASCENT / 2
  lines.forEach((line, index) =>
    drawLine(ink, line, { x: box.left, y: box.top + (index * LINE_HEIGHT + inset) * scale, scale }),
  )
}

/** A calm diagonal gradient between two dark neighbours on the colour circle. */
function paintBackground({ width, height, data }: Raster, seed: number): void {
  const hue = ((Math.imul(seed, 2654435761) >>> 0) / 2 ** 32) * 360
  const from = toRgb(hue, 0.38, 0.3)
  const to = toRgb(hue + 40, 0.45, 0.16)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 4) {
      const share = (x / width + y / height) / 2
      for (const channel of [0, 1, 2] as const)
        data[at + channel] = Math.round(from[channel] + (to[channel] - from[channel]) * share)
      data[at + 3] = 255
    }
  }
}

function applyInk({ data }: Raster, ink: Ink): void {
  ink.data.forEach((cover, pixel) => {
    if (cover === 0) return
    for (const channel of [0, 1, 2] as const) {
      const at = pixel * 4 + channel
      const under = data[at] ?? 0
      data[at] = Math.round(under + ((INK[channel] - under) * cover) / 255)
    }
  })
}

/** HSL to 0..255; hue in degrees. */
function toRgb(hue: number, saturation: number, lightness: number): Colour {
  const reach = saturation * Math.min(lightness, 1 - lightness)
  const channel = (offset: number): number => {
    const place = (offset + hue / 30) % 12
    return 255 * (lightness - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1)))
  }
  return [channel(0), channel(8), channel(4)]
}
