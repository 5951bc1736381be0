/** Technical and photographic blue prints. */
import type { Size } from '../../../../imaging/geometry.ts'
import { blur } from '../kit/blur.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { cloudNoise, paperTexture, strokeTexture } from '../kit/noise.ts'
import { paintTones } from '../kit/paint.ts'
import { createLineScreen } from '../kit/screens.ts'
import {
  clamp01,
  fillPlane,
  greyOf,
  levelTones,
  mapPlane,
  pixelsOf,
  smoothstep,
  type Plane,
} from '../kit/plane.ts'

const BLUE = hexColour('#123f86')
const CHALK = hexColour('#eaf3ff')

export const blueprint = createEffect({
  name: 'blueprint',
  summary:
    'A blueprint: white drawn lines and light hatching on a blue sheet with a measuring grid and a frame.',
  defaults: { line: 0.6, grid: 0.5, shading: 0.35 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.55)
    const flow = flowOf(grey, pixelsOf(picture, 0.0035))
    const sigma = pixelsOf(picture, 0.0008 + 0.0008 * values.line, 0.65)
    const lifted = mapPlane(grey, (tone) => 0.55 + 0.45 * tone)
    const lines = drawLines(lifted, flow, { sigma, sharpness: 48, threshold: 0.5, hardness: 4, steps: 6 })
    context.onProgress(0.5)
    const soft = blur(grey, pixelsOf(picture, 0.004))
    const hatch = createLineScreen({ pitch: pixelsOf(picture, 0.0085, 3), angle: -45 })
    const sheet = cloudNoise(picture, {
      scale: pixelsOf(picture, 0.25, 8),
      octaves: 5,
      seed: context.seed + 1,
    })
    const grid = gridLines(picture)
    const drawn = mapPlane(soft, (tone, at) => {
      const line = 1 - (lines.data[at] ?? 1)
      const x = at % picture.width
      // A draughtsman hatches the lit faces of a body and leaves open sheet where nothing is.
      const stroke = hatch(
        x,
        (at - x) / picture.width,
        smoothstep(0.3, 0.75, tone) * smoothstep(1, 0.82, tone) * 0.42,
      )
      const chalk = line * 0.95 + (1 - line) * (stroke * 0.55 + tone * 0.12) * values.shading * 1.4
      const ground = (grid.data[at] ?? 0) * values.grid * 0.42
      return clamp01(ground + chalk * (1 - ground)) + ((sheet.data[at] ?? 0.5) - 0.5) * 0.16
    })
    return paintTones(drawn, BLUE, CHALK)
  },
})

/** Fine squares, every fifth line stronger, and a double frame near the border. */
function gridLines(size: Size): Plane {
  const cell = Math.max(4, Math.round(pixelsOf(size, 0.025)))
  const frame = Math.round(pixelsOf(size, 0.022, 0))
  const thick = Math.max(1, Math.round(pixelsOf(size, 0.0022)))
  return fillPlane(size, (x, y) => {
    const inset = Math.min(x, y, size.width - 1 - x, size.height - 1 - y)
    if (frame > 3 && inset >= frame && inset < frame + thick) return 2.6
    if (frame > 3 && inset < frame) return 0
    const isFine = x % cell === 0 || y % cell === 0
    const isStrong = x % (cell * 5) === 0 || y % (cell * 5) === 0
    return isStrong ? 1 : isFine ? 0.5 : 0
  })
}

const PRUSSIAN = hexColour('#0c2340')
const COTTON = hexColour('#f2f1e8')

export const cyanotype = createEffect({
  name: 'cyanotype',
  summary: 'A cyanotype: Prussian blue on cotton paper, brushed borders, soft highlights.',
  defaults: { contrast: 0.5, border: 0.6, texture: 0.5 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.5)
    const paper = paperTexture(picture, pixelsOf(picture, 0.004, 2), context.seed)
    const wash = cloudNoise(picture, { scale: pixelsOf(picture, 0.2, 8), octaves: 4, seed: context.seed + 1 })
    context.onProgress(0.5)
    const coated = brushedArea(picture, values.border, context.seed)
    const bite = 4 + values.contrast * 5
    const drawn = mapPlane(grey, (tone, at) => {
      const curve = 1 / (1 + Math.exp(-bite * (tone - 0.47)))
      const uneven = ((wash.data[at] ?? 0.5) - 0.5) * 0.22 + ((paper.data[at] ?? 0.5) - 0.5) * 0.16
      const printed = clamp01(curve + uneven * values.texture * (1 - curve * 0.6))
      const area = coated.data[at] ?? 1
      return printed * area + (1 - area) * (1 + uneven * 0.12)
    })
    return paintBlue(drawn)
  },
})

/** Three stops: the middle of the scale is a bright blue, which no mix of the two ends would give. */
function paintBlue(tones: Plane): ReturnType<typeof paintTones> {
  const bent = paintTones(tones, PRUSSIAN, COTTON)
  const middle = hexColour('#2b6ca3')
  for (let at = 0; at < tones.data.length; at += 1) {
    const tone = clamp01(tones.data[at] ?? 0)
    const share = 4 * tone * (1 - tone) * 0.62
    for (let c = 0; c < 3; c += 1) {
      const to = at * 4 + c
      bent.data[to] = (bent.data[to] ?? 0) * (1 - share) + (middle[c] ?? 0) * 255 * share
    }
  }
  return bent
}

/** 1 where the sensitiser was brushed on; the border shows the bristles. */
function brushedArea(size: Size, border: number, seed: number): Plane {
  const margin = pixelsOf(size, 0.055 * border, 0)
  if (margin < 2) return fillPlane(size, () => 1)
  const bristle = { length: pixelsOf(size, 0.35, 6), width: pixelsOf(size, 0.008, 1.5), seed: seed + 31 }
  const across = strokeTexture(size, { ...bristle, angle: 0 })
  const down = strokeTexture(size, { ...bristle, angle: 90 })
  const slow = cloudNoise(size, { scale: pixelsOf(size, 0.2, 6), octaves: 3, seed: seed + 32 })
  return mapPlane(slow, (value, at) => {
    const x = at % size.width
    const y = (at - x) / size.width
    const sides = Math.min(x, size.width - 1 - x) - ((across.data[at] ?? 0.5) - 0.4) * margin * 0.55
    const ends = Math.min(y, size.height - 1 - y) - ((down.data[at] ?? 0.5) - 0.4) * margin * 0.55
    const inside = Math.min(sides, ends) - margin * (value * 1.7 - 0.2)
    return smoothstep(-margin * 0.06, margin * 0.06, inside)
  })
}
