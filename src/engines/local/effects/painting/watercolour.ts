/**
 * Watercolour after Bousseau et al. 2006 ("Interactive watercolor rendering with temporal coherence and
 * abstraction"): flat washes, and a pigment density that paper, turbulence and drying edges change.
 */
import { blur } from '../kit/blur.ts'
import type { Lab } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { cloudNoise, paperTexture } from '../kit/noise.ts'
import { paintLab } from '../kit/paint.ts'
import {
  clamp01,
  fillPlane,
  mapPlane,
  pixelsOf,
  quantile,
  sampleAt,
  smoothstep,
  type Plane,
} from '../kit/plane.ts'
import { paintDabs } from './brushwork.ts'

const PAPER_LIGHTNESS = 0.985

export const watercolour = createEffect({
  name: 'watercolour',
  summary: 'Watercolour: transparent washes with dried edges and granulation, lights left as white paper.',
  defaults: { wash: 0.011, edges: 0.6, granulation: 0.55, border: 0.5 },
  limits: { wash: [0.004, 0.05] },
  draw: (picture, values, context) => {
    const dabs = paintDabs(picture, {
      size: values.wash,
      onProgress: (done) => context.onProgress(done * 0.5),
    })
    const wet = wobble(dabs.lab, context.seed)
    const tone: Plane = { width: wet.width, height: wet.height, data: wet.l }
    const density = pigmentDensity(tone, values, context.seed)
    context.onProgress(0.85)
    const reserve = paintedArea(tone, values.border, context.seed)
    const white = Math.max(0.7, quantile(tone, 0.96))
    return paintLab(wet, (out, at) => {
      const l = out[0] ?? 0
      const a = out[1] ?? 0
      const b = out[2] ?? 0
      const amount = (density.data[at] ?? 1) * (reserve.data[at] ?? 1)
      // Washes are light: what is left of the tone, as transmission of the paper's white.
      const transmission = clamp01(0.34 + 0.66 * (l / white)) ** (1.05 * amount)
      const chroma = Math.min(1.35, 0.25 + amount) * (reserve.data[at] ?? 1)
      out[0] = PAPER_LIGHTNESS * transmission
      out[1] = a * 1.2 * chroma
      out[2] = b * 1.2 * chroma + 0.004
    })
  },
})

/** Wet borders are never straight: every wash is moved by slow noise. */
function wobble(lab: Lab, seed: number): Lab {
  const reach = pixelsOf(lab, 0.0036, 0.4)
  const slow = { scale: pixelsOf(lab, 0.03, 3), octaves: 2 }
  const dx = cloudNoise(lab, { ...slow, seed: seed + 11 })
  const dy = cloudNoise(lab, { ...slow, seed: seed + 12 })
  const moved = (data: Float32Array): Float32Array => {
    const plane = { width: lab.width, height: lab.height, data }
    return fillPlane(lab, (x, y) => {
      const at = y * lab.width + x
      return sampleAt(
        plane,
        x + ((dx.data[at] ?? 0.5) - 0.5) * 4 * reach,
        y + ((dy.data[at] ?? 0.5) - 0.5) * 4 * reach,
      )
    }).data
  }
  return { width: lab.width, height: lab.height, l: moved(lab.l), a: moved(lab.a), b: moved(lab.b) }
}

/** 1 is an even wash; more where pigment collects. */
function pigmentDensity(tone: Plane, values: { edges: number; granulation: number }, seed: number): Plane {
  const narrow = blur(tone, pixelsOf(tone, 0.0032))
  const wide = blur(tone, pixelsOf(tone, 0.013))
  const paper = paperTexture(tone, pixelsOf(tone, 0.0042, 2), seed)
  const turbulence = cloudNoise(tone, { scale: pixelsOf(tone, 0.16, 6), octaves: 4, seed: seed + 1 })
  return mapPlane(tone, (value, at) => {
    // Water carries pigment to the border of a wash: the dark side of an edge gets darker.
    const fine = Math.max(0, (narrow.data[at] ?? 0) - value)
    const broad = Math.max(0, (wide.data[at] ?? 0) - value)
    const dried = Math.min(0.9, fine * 7 + broad * 2.2) * values.edges
    const pools = ((turbulence.data[at] ?? 0.5) - 0.5) * 1.5
    const grains = (0.5 - (paper.data[at] ?? 0.5)) * values.granulation
    return Math.max(0.05, 1 + dried + pools * 0.75 + grains * (0.55 + 0.35 * (1 - value)))
  })
}

/** 1 where a brush has been: highlights and an irregular margin stay paper. */
function paintedArea(tone: Plane, border: number, seed: number): Plane {
  const { width, height } = tone
  const margin = pixelsOf(tone, 0.05 * border, 0)
  const ragged = cloudNoise(tone, { scale: pixelsOf(tone, 0.11, 5), octaves: 5, seed: seed + 21 })
  return mapPlane(tone, (value, at) => {
    const x = at % width
    const y = (at - x) / width
    const inside = Math.min(x + 1, y + 1, width - x, height - y)
    const shore = margin * (0.55 + (ragged.data[at] ?? 0.5) * 1.3 - 0.2)
    const painted =
      margin < 1 ? 1 : smoothstep(shore - margin * 0.07 - 0.8, shore + margin * 0.07 + 0.8, inside)
    return painted * smoothstep(0.985, 0.86, value)
  })
}
