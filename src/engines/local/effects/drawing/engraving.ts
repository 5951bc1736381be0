/** Banknote engraving: lines that swell with tone and bend over the form. */
import { blur } from '../kit/blur.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { paintTones } from '../kit/paint.ts'
import { clamp01, greyOf, levelTones, mapPlane, pixelsOf, smoothstep, type Plane } from '../kit/plane.ts'

const INK = hexColour('#1b2426')
const PAPER = hexColour('#f5efe0')

export const engraving = createEffect({
  name: 'engraving',
  summary: 'A copperplate engraving: fine parallel lines that swell with tone and bend over the form.',
  defaults: { pitch: 0.0078, relief: 0.6, crossing: 0.6 },
  limits: { pitch: [0.003, 0.05] },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.58)
    const pitch = pixelsOf(picture, values.pitch, 3.4)
    const tone = sharpen(grey, pitch * 0.6)
    // Tone taken as height: where it is lighter the lines are pushed up, as if they lay on the form.
    const height = blur(grey, pitch * 1.6)
    const form = blur(grey, pitch * 5)
    context.onProgress(0.5)
    const contours = contourLines(grey)
    const lift = pitch * 3.2 * values.relief
    const drawn = mapPlane(tone, (value, at) => {
      const x = at % picture.width
      const y = Math.floor(at / picture.width)
      const bend = ((height.data[at] ?? 0) * 0.25 + (form.data[at] ?? 0)) * lift
      const main = line((y * 0.966 + x * 0.259 + bend) / pitch, swell(value, 1), pitch)
      const darkness = smoothstep(0.45, 0.08, value) * values.crossing
      const cross = line((y * 0.5 - x * 0.866 + bend * 0.6) / pitch, darkness * 0.5, pitch)
      return (1 - main) * (1 - cross) * (contours.data[at] ?? 1)
    })
    return paintTones(drawn, INK, PAPER)
  },
})

/** Thin outlines, without which eyes and mouths dissolve between the lines. */
function contourLines(grey: Plane): Plane {
  const sigma = pixelsOf(grey, 0.001, 0.65)
  const lifted = mapPlane(grey, (tone) => 0.6 + 0.4 * tone)
  const flow = flowOf(grey, pixelsOf(grey, 0.003))
  return drawLines(lifted, flow, { sigma, sharpness: 30, threshold: 0.52, hardness: 6, steps: 5 })
}

function sharpen(grey: Plane, sigma: number): Plane {
  const soft = blur(grey, sigma)
  return mapPlane(grey, (value, at) => clamp01(value + (value - (soft.data[at] ?? 0)) * 0.8))
}

/** Share of the pitch that is ink: none in the highlights, never quite all in the shadows. */
function swell(tone: number, strength: number): number {
  return clamp01(0.9 * (1 - tone) ** 0.95 * strength) * smoothstep(0.985, 0.9, tone)
}

/** Ink of a line `share` of the pitch wide, antialiased over a pixel. */
function line(phase: number, share: number, pitch: number): number {
  const distance = Math.abs(phase - Math.round(phase))
  const soft = 0.55 / pitch
  return share <= 0.01 ? 0 : 1 - smoothstep(share / 2 - soft, share / 2 + soft, distance)
}
