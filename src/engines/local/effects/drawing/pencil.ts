/** Graphite on white paper: outlines, two layers of hatching, and the tooth of the paper. */
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { blur } from '../kit/blur.ts'
import { flowOf, smoothAlong, type Flow } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { grainNoise, paperTexture, strokeTexture } from '../kit/noise.ts'
import { paintTones } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, mapPlane, pixelsOf, smoothstep, type Plane } from '../kit/plane.ts'

const PAPER = hexColour('#faf8f3')
const GRAPHITE = hexColour('#2b2b30')

export const pencil = createEffect({
  name: 'pencil',
  summary: 'A graphite drawing: outlines along the form, hatching by tone, highlights left as white paper.',
  defaults: { line: 0.8, shading: 0.8, tooth: 0.5 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.6)
    const flow = flowOf(grey, pixelsOf(picture, 0.004))
    context.onProgress(0.25)
    const outlines = pencilLines(grey, flow)
    context.onProgress(0.5)
    const shading = hatchTones(grey, flow, context.seed)
    context.onProgress(0.8)
    const tooth = paperTexture(picture, pixelsOf(picture, 0.0035, 2), context.seed + 5)
    const drawn = mapPlane(grey, (_, at) => {
      const line = (1 - (outlines.data[at] ?? 1)) * values.line
      const hatch = (shading.data[at] ?? 0) * values.shading
      const graphite = 1 - (1 - line) * (1 - hatch)
      // Graphite catches on the hills of the paper; pressed hard it fills the pits too.
      const bite = 1 - values.tooth * (1 - graphite) * (1 - (tooth.data[at] ?? 0.5)) * 1.3
      return 1 - graphite * clamp01(bite)
    })
    return paintTones(drawn, GRAPHITE, PAPER)
  },
})

/** Fine, slightly broken outlines; 1 is paper. */
export function pencilLines(grey: Plane, flow: Flow): Plane {
  const sigma = pixelsOf(grey, 0.0012, 0.7)
  // Lifted, so that dark areas are left to the hatching: filled with ink they would look like scratchboard.
  const lifted = mapPlane(blur(grey, sigma * 0.6), (tone) => 0.42 + 0.58 * tone)
  return drawLines(lifted, flow, { sigma, sharpness: 44, threshold: 0.5, hardness: 3, steps: 6 })
}

/** How much graphite the hatching leaves, 0 to 1. */
function hatchTones(grey: Plane, flow: Flow, seed: number): Plane {
  const soft = blur(grey, pixelsOf(grey, 0.0022))
  const length = pixelsOf(grey, 0.06, 4)
  const width = pixelsOf(grey, 0.0028, 1.3)
  const first = strokeTexture(grey, { angle: -52, length, width, seed })
  const second = strokeTexture(grey, { angle: -20, length, width, seed: seed + 1 })
  // The deepest shadows follow the form, as a hand does when it presses.
  const walk = { steps: 8, stepPx: pixelsOf(grey, 0.0014) }
  const along = smoothAlong(grainNoise(grey, seed + 2), flow, walk)
  return mapPlane(soft, (tone, at) => {
    const light = layer(tone, 0.96, 0.3) * strokeOf(first.data[at] ?? 0, tone, 0.8)
    const middle = layer(tone, 0.6, 0.1) * strokeOf(second.data[at] ?? 0, tone, 0.5)
    const deep = layer(tone, 0.34, 0.02) * clamp01(((along.data[at] ?? 0.5) - 0.5) * 1.6 + 0.7)
    return 1 - (1 - light * 0.62) * (1 - middle * 0.6) * (1 - deep * 0.6)
  })
}

/** 0 in tones above `from`, 1 below `to`. */
function layer(tone: number, from: number, to: number): number {
  return smoothstep(from, to, tone)
}

/** Strokes get wider where it is darker, never quite closing. */
function strokeOf(stroke: number, tone: number, reach: number): number {
  const edge = 0.32 + 0.4 * clamp01(tone / reach)
  return 0.26 + 0.74 * smoothstep(edge - 0.22, edge + 0.22, stroke)
}

/** For coloured pencils: the same strokes for any amount of pigment, 0 to 1. */
export function strokeCoverage(stroke: number, amount: number): number {
  const edge = 1 - amount
  return smoothstep(edge - 0.3, edge + 0.3, stroke)
}
