/** Edges as glowing tubes in the dark. */
import { blur } from '../kit/blur.ts'
import { labOf } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { flowOf } from '../kit/flow.ts'
import { drawLines } from '../kit/lines.ts'
import { paintLab, paintSrgb } from '../kit/paint.ts'
import { greyOf, levelTones, mapPlane, pixelsOf, type Plane } from '../kit/plane.ts'
import type { Raster } from '../../../../imaging/raster.ts'

export const neonEdges = createEffect({
  name: 'neon_edges',
  summary: 'Neon: contours of the form as glowing coloured tubes over the darkened picture.',
  defaults: { glow: 0.6, line: 0.5, ambient: 0.35 },
  draw: (picture, values, context) => {
    const grey = levelTones(greyOf(picture), 0.5)
    const flow = flowOf(grey, pixelsOf(picture, 0.0045))
    const sigma = pixelsOf(picture, 0.0012 + 0.0014 * values.line, 0.8)
    const lifted = mapPlane(blur(grey, sigma * 0.7), (tone) => 0.4 + 0.6 * tone)
    const lines = drawLines(lifted, flow, { sigma, sharpness: 50, threshold: 0.42, hardness: 4, steps: 8 })
    context.onProgress(0.5)
    const tubes = tubeColours(picture)
    const light = [0, 1, 2].map((c) =>
      mapPlane(lines, (paper, at) => (1 - paper) * ((tubes.data[at * 4 + c] ?? 0) / 255)),
    )
    const halos = light.map((plane) => glowOf(plane, values.glow))
    context.onProgress(0.85)
    const night = 0.2 * values.ambient
    return paintSrgb(picture, (out, at) => {
      const core = 1 - (lines.data[at] ?? 1)
      for (let c = 0; c < 3; c += 1) {
        const room =
          ((picture.data[at * 4 + c] ?? 0) / 255) * night * 2 + (c === 2 ? 0.045 : c === 0 ? 0.02 : 0.012)
        const tube = (light[c]?.data[at] ?? 0) * 0.9 + core * core * 0.3
        // Lights add up, but not past white.
        out[c] = 1 - (1 - room) * (1 - Math.min(1, tube)) * Math.exp(-(halos[c]?.data[at] ?? 0))
      }
    })
  },
})

/** The picture's hues at full light and chroma; where it has none, cyan to magenta from top left to bottom right. */
function tubeColours(picture: Raster): Raster {
  const lab = labOf(picture)
  const sigma = pixelsOf(picture, 0.012)
  const soften = (data: Float32Array): Float32Array =>
    blur({ width: lab.width, height: lab.height, data }, sigma).data
  const soft = { ...lab, a: soften(lab.a), b: soften(lab.b) }
  return paintLab(soft, (out, at) => {
    const a = out[1] ?? 0
    const b = out[2] ?? 0
    const x = (at % lab.width) / lab.width
    const y = Math.floor(at / lab.width) / lab.height
    const sweep = Math.PI * (1.08 + 0.85 * ((x + y) / 2))
    const own = Math.min(1, Math.hypot(a, b) / 0.06)
    const p = Math.cos(sweep) * (1 - own) + (a / (Math.hypot(a, b) + 1e-6)) * own
    const q = Math.sin(sweep) * (1 - own) + (b / (Math.hypot(a, b) + 1e-6)) * own
    const length = Math.hypot(p, q) + 1e-6
    out[0] = 0.74
    out[1] = (p / length) * 0.22
    out[2] = (q / length) * 0.22
  })
}

/** Halos of three widths: the near one bright, the far one wide. */
function glowOf(light: Plane, amount: number): Plane {
  const [near, middle, far] = [0.005, 0.014, 0.04].map((width) => blur(light, pixelsOf(light, width)).data)
  return mapPlane(
    light,
    (_, at) => ((near?.[at] ?? 0) * 0.9 + (middle?.[at] ?? 0) * 0.9 + (far?.[at] ?? 0) * 0.8) * amount * 2,
  )
}
