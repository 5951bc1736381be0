/** A look as data: one grade of tone and colour, then what lies over the picture. */
import type { Raster } from '../../../../imaging/raster.ts'
import type { Triple } from '../../effects/kit/colour.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { clamp01, smoothstep } from '../../effects/kit/plane.ts'
import type { PixelOperation } from '../../operation.ts'
import { addGlow, addGrain, addVignette } from './finish.ts'
import { chromaOf, editLab, hueDistance, hueOf, labOfHex } from './lab-edit.ts'
import { mixLab } from './ramp.ts'

/** Colours around one hue, moved together. */
export type Band = {
  /** `#rrggbb`; only its hue counts. */
  colour: string
  /** Degrees to each side. */
  width: number
  /** Where the hue goes, `#rrggbb`; unset keeps it. */
  towards?: string
  /** Factors on chroma and lightness. */
  chroma?: number
  lightness?: number
}

export type Look = {
  name: string
  summary: string
  /** Stops. */
  exposure?: number
  /** -1 to 1, an S-curve on lightness. */
  contrast?: number
  /** -1 to 1. */
  warmth?: number
  /** -1 green to 1 magenta. */
  tint?: number
  /** Factor on chroma; 0 is monochrome. */
  chroma?: number
  bands?: readonly Band[]
  /** Lightness of black and of white afterwards. */
  black?: number
  white?: number
  shadowTint?: string
  lightTint?: string
  /** 0 to 1, both tints. */
  tintStrength?: number
  vignette?: number
  grain?: number
  glow?: number
  /** Red light around highlights, as film without a good backing has it. */
  halation?: number
  finish?: (picture: Raster, seed: number) => Raster
}

/** `amount` mixes the graded picture with the source; the others can be turned off one by one. */
export function createLook(look: Look): PixelOperation {
  const { name, summary, vignette = 0, grain = 0, glow = 0, halation = 0 } = look
  return createEffect({
    name,
    summary,
    defaults: { amount: 1, vignette, grain, glow, halation },
    draw: (picture, values, { seed, onProgress }) => {
      const grade = createGrade(look)
      const graded = editLab(picture, (out) => {
        const [l = 0, a = 0, b = 0] = out
        grade(out)
        if (values.amount < 1)
          for (const [part, value] of [l, a, b].entries())
            out[part] = value + ((out[part] ?? 0) - value) * values.amount
      })
      onProgress(0.4)
      const glowing = addGlow(graded, {
        amount: values.glow,
        radius: 0.03,
        threshold: 0.55,
        colour: [1, 0.95, 0.85],
      })
      const haloed = addGlow(glowing, {
        amount: values.halation,
        radius: 0.008,
        threshold: 0.72,
        colour: [1, 0.22, 0.05],
      })
      onProgress(0.7)
      const finished = look.finish === undefined ? haloed : look.finish(haloed, seed)
      const shaded = addVignette(finished, { amount: values.vignette, radius: 0.8 })
      return addGrain(shaded, { amount: values.grain, size: 0.0014, isColoured: look.chroma !== 0 }, seed)
    },
  })
}

/** One function from OKLab to OKLab that does the whole grade in place. */
function createGrade(look: Look): (out: Triple) => void {
  // OKLab is homogeneous: k times the light is the cube root of k times all three numbers.
  const gain = Math.cbrt(2 ** (look.exposure ?? 0))
  const curve = lightnessCurve(look.contrast ?? 0)
  const bands = (look.bands ?? []).map(createBand)
  const split = createSplit(look)
  const chroma = look.chroma ?? 1
  const { warmth = 0, tint = 0, black = 0, white = 1 } = look
  return (out) => {
    for (const band of bands) band(out)
    const exposed = Math.max(0, out[0] ?? 0) * gain
    const lightness = curve(exposed > 0.85 ? 0.85 + 0.15 * Math.tanh((exposed - 0.85) / 0.15) : exposed)
    const follow = gain * (exposed > 0.02 ? Math.min(1.6, lightness / exposed) : 1)
    out[0] = black + lightness * (white - black)
    out[1] = ((out[1] ?? 0) * follow + (warmth * 0.025 + tint * 0.045) * lightness) * chroma
    out[2] = ((out[2] ?? 0) * follow + (warmth * 0.075 - tint * 0.02) * lightness) * chroma
    split(out, lightness)
  }
}

const CURVE_STEPS = 4096

/** Through a table: powers are too slow to compute for every pixel. */
function lightnessCurve(contrast: number): (lightness: number) => number {
  const curve = curveOf(contrast)
  const table = Float32Array.from({ length: CURVE_STEPS + 1 }, (_, step) => curve(step / CURVE_STEPS))
  return (lightness) => table[Math.round(clamp01(lightness) * CURVE_STEPS)] ?? lightness
}

function curveOf(contrast: number): (lightness: number) => number {
  const pivot = 0.56
  if (contrast <= 0) return (value) => pivot + (value - pivot) * (1 + contrast * 0.8)
  const power = 1 + contrast * 1.4
  return (value) =>
    value < pivot ? pivot * (value / pivot) ** power : 1 - (1 - pivot) * ((1 - value) / (1 - pivot)) ** power
}

function createBand(band: Band): (out: Triple) => void {
  const hue = hueOf(labOfHex(band.colour))
  const target = band.towards === undefined ? null : hueOf(labOfHex(band.towards))
  const reach = (band.width * Math.PI) / 180
  const { chroma = 1, lightness = 1 } = band
  return (out) => {
    const strength = chromaOf(out)
    if (strength < 0.01) return
    const own = hueOf(out)
    const share =
      (1 - smoothstep(reach * 0.5, reach * 1.2, hueDistance(own, hue))) * smoothstep(0.01, 0.05, strength)
    if (share === 0) return
    const moved = strength * (1 + (chroma - 1) * share)
    const turn = target === null ? own : own + shortestTurn(own, target) * share
    out[0] = (out[0] ?? 0) * (1 + (lightness - 1) * share)
    out[1] = moved * Math.cos(turn)
    out[2] = moved * Math.sin(turn)
  }
}

function shortestTurn(from: number, to: number): number {
  const turn = (to - from) % (2 * Math.PI)
  return turn > Math.PI ? turn - 2 * Math.PI : turn < -Math.PI ? turn + 2 * Math.PI : turn
}

/** Split toning: one colour in the shadows, one in the lights. */
function createSplit(look: Look): (out: Triple, lightness: number) => void {
  const dark = look.shadowTint === undefined ? null : labOfHex(look.shadowTint)
  const light = look.lightTint === undefined ? null : labOfHex(look.lightTint)
  const strength = look.tintStrength ?? 0.35
  return (out, lightness) => {
    const share = clamp01(lightness)
    const own = out[0] ?? 0
    if (dark !== null) mixLab(out, dark, strength * (1 - smoothstep(0.1, 0.75, share)) * (0.4 + 0.6 * share))
    if (light !== null) mixLab(out, light, strength * smoothstep(0.35, 0.95, share) * (1.1 - 0.5 * share))
    // Only the colour is tinted; the tone stays what the curve made it.
    out[0] = own
  }
}
