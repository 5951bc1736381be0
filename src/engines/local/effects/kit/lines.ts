/** Lines as an artist draws them: the flow-based extended difference of Gaussians (Winnemöller et al. 2012). */
import { smoothAlong, type Flow } from './flow.ts'
import { sampleAt, type Plane } from './plane.ts'

export type LineOptions = {
  /** Pixels: about half the thickness of a line. */
  sigma: number
  /** How strongly edges win over tone (p in the paper): 20 is bold, 100 draws edges only. */
  sharpness: number
  /** Tone below which ink flows, 0 to 1 (ε). */
  threshold: number
  /** Hardness of the ink's edge (φ): 2 is charcoal, 12 is ink. */
  hardness: number
  /** How far lines are drawn out along the form, in units of σ. */
  steps: number
}

/** Ratio of the two Gaussians: 1.6 is the classic approximation of the Laplacian (Marr and Hildreth 1980). */
const RATIO = 1.6

/** 0 is ink, 1 is paper. */
export function drawLines(grey: Plane, flow: Flow, options: LineOptions): Plane {
  const sharpened = sharpenAcross(grey, flow, options)
  // Strides of a line's thickness: it is as smooth as with every pixel, for two thirds of the time.
  const stride = 1.5
  const walk = {
    steps: Math.max(1, Math.round(options.steps / stride)),
    stepPx: Math.max(1, options.sigma) * stride,
  }
  const result = smoothAlong(sharpened, flow, walk)
  const { threshold, hardness } = options
  for (let at = 0; at < result.data.length; at += 1) {
    const over = (result.data[at] ?? 0) - threshold
    result.data[at] = over >= 0 ? 1 : 1 + Math.tanh(hardness * over)
  }
  return result
}

/** (1 + p) narrow - p wide, both Gaussians taken in one dimension across the form. */
function sharpenAcross(grey: Plane, flow: Flow, options: LineOptions): Plane {
  const { sigma, sharpness } = options
  const { width, height } = grey
  const stepPx = Math.max(0.75, sigma / 1.5)
  const reach = Math.max(1, Math.ceil((2 * sigma * RATIO) / stepPx))
  const weights = acrossWeights({ sigma, sharpness, stepPx, reach })
  const data = new Float32Array(grey.data.length)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const dx = -(flow.y[at] ?? 0) * stepPx
      const dy = (flow.x[at] ?? 0) * stepPx
      let sum = (grey.data[at] ?? 0) * (weights[0] ?? 0)
      for (let tap = 1; tap <= reach; tap += 1) {
        const pair = sampleAt(grey, x + dx * tap, y + dy * tap) + sampleAt(grey, x - dx * tap, y - dy * tap)
        sum += pair * (weights[tap] ?? 0)
      }
      data[at] = sum
    }
  }
  return { width, height, data }
}

function acrossWeights(options: {
  sigma: number
  sharpness: number
  stepPx: number
  reach: number
}): Float32Array {
  const { sigma, sharpness, stepPx, reach } = options
  const gauss = (s: number): number[] => {
    const raw = Array.from({ length: reach + 1 }, (_, tap) => Math.exp(-((tap * stepPx) ** 2) / (2 * s * s)))
    const sum = raw.reduce((total, weight, tap) => total + weight * (tap === 0 ? 1 : 2), 0)
    return raw.map((weight) => weight / sum)
  }
  const wide = gauss(sigma * RATIO)
  return Float32Array.from(
    gauss(sigma),
    (narrow, tap) => (1 + sharpness) * narrow - sharpness * (wide[tap] ?? 0),
  )
}
