/** Comic: flat colours, ink lines and a screen of dots in the half tones. */
import { blur } from '../kit/blur.ts'
import { createEffect } from '../kit/effect.ts'
import { drawLines } from '../kit/lines.ts'
import { paintLab } from '../kit/paint.ts'
import { levelTones, mapPlane, pixelsOf, smoothstep, type Plane } from '../kit/plane.ts'
import { createDotScreen } from '../kit/screens.ts'
import { paintDabs } from '../painting/brushwork.ts'

export const comic = createEffect({
  name: 'comic',
  summary: 'A comic panel: flat saturated colours, ink lines along the form, dots in the half tones.',
  defaults: { line: 0.5, steps: 4, dots: 0.5, colour: 0.6 },
  limits: { steps: [2, 12] },
  draw: (picture, values, context) => {
    const dabs = paintDabs(picture, { size: 0.0085, onProgress: (done) => context.onProgress(done * 0.6) })
    const { lab, flow } = dabs
    const grey = levelTones(dabs.grey, 0.55)
    const sigma = pixelsOf(picture, 0.0009 + 0.0012 * values.line, 0.7)
    const lines = drawLines(grey, flow, { sigma, sharpness: 24, threshold: 0.3, hardness: 10, steps: 7 })
    context.onProgress(0.85)
    const flat: Plane = { width: lab.width, height: lab.height, data: lab.l }
    const tone = blur(levelTones(flat, 0.6), pixelsOf(picture, 0.0015, 0.5))
    const shadow = mapPlane(tone, (value) => smoothstep(0.8, 0.4, value) * smoothstep(0.05, 0.3, value) * 0.4)
    const screen = createDotScreen({ pitch: pixelsOf(picture, 0.0095, 3.5), angle: 45 })
    const boost = 1 + values.colour
    return paintLab(lab, (out, at) => {
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const x = at % lab.width
      const level = stepTone(tone.data[at] ?? 0, Math.round(values.steps))
      const dot = screen(x, (at - x) / lab.width, shadow.data[at] ?? 0) * values.dots
      const line = lines.data[at] ?? 1
      out[0] = ((0.28 + 0.7 * level) * (1 - dot * 0.6) - 0.06) * line + 0.06
      out[1] = a * boost * line
      out[2] = b * boost * line
    })
  },
})

/** Flat steps with passages as narrow as an antialiased edge. */
function stepTone(value: number, steps: number): number {
  const scaled = value * (steps - 1) + 0.5
  const step = Math.min(steps - 1, Math.floor(scaled))
  const rest = scaled - step
  return Math.min(1, (step + smoothstep(0.93, 1, rest)) / (steps - 1))
}
