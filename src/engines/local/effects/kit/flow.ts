/** Which way the forms run: the smoothed structure tensor (Brox et al. 2006; Kyprianidis and Kang 2011). */
import type { Size } from '../../../../imaging/geometry.ts'
import { blur } from './blur.ts'
import { sampleAt, type Plane } from './plane.ts'

/** Unit tangent of each pixel (along edges, never across them). */
export type Flow = Size & {
  x: Float32Array
  y: Float32Array
  /** 0: no direction is better than another; 1: a clean edge. */
  anisotropy: Float32Array
}

/** @param sigma pixels over which directions are averaged; more is calmer */
export function flowOf(grey: Plane, sigma: number): Flow {
  const { xx, xy, yy } = tensorOf(grey)
  const [sxx, sxy, syy] = [blur(xx, sigma).data, blur(xy, sigma).data, blur(yy, sigma).data]
  const { width, height } = grey
  const count = width * height
  const flow = {
    width,
    height,
    x: new Float32Array(count),
    y: new Float32Array(count),
    anisotropy: new Float32Array(count),
  }
  for (let at = 0; at < count; at += 1) {
    const e = sxx[at] ?? 0
    const f = sxy[at] ?? 0
    const g = syy[at] ?? 0
    const root = Math.sqrt((e - g) ** 2 + 4 * f * f)
    // Half the angle of the double-angle vector is the gradient's; the tangent is a quarter turn from it.
    const angle = 0.5 * Math.atan2(2 * f, e - g) + Math.PI / 2
    flow.x[at] = Math.cos(angle)
    flow.y[at] = Math.sin(angle)
    flow.anisotropy[at] = e + g > 1e-7 ? root / (e + g) : 0
  }
  return flow
}

function tensorOf(grey: Plane): { xx: Plane; xy: Plane; yy: Plane } {
  const { width, height } = grey
  const make = (): Plane => ({ width, height, data: new Float32Array(width * height) })
  const [xx, xy, yy] = [make(), make(), make()]
  forEachGradient(grey, (at, gx, gy) => {
    xx.data[at] = gx * gx
    xy.data[at] = gx * gy
    yy.data[at] = gy * gy
  })
  return { xx, xy, yy }
}

/** Scharr derivatives per pixel of distance: the most even ones over all directions for 3 x 3. */
export function forEachGradient(grey: Plane, use: (at: number, gx: number, gy: number) => void): void {
  const { width, height, data } = grey
  for (let y = 0; y < height; y += 1) {
    const row = y * width
    const up = y > 0 ? row - width : row
    const down = y < height - 1 ? row + width : row
    for (let x = 0; x < width; x += 1) {
      const left = x > 0 ? x - 1 : x
      const right = x < width - 1 ? x + 1 : x
      const a = (data[down + right] ?? 0) - (data[up + left] ?? 0)
      const b = (data[up + right] ?? 0) - (data[down + left] ?? 0)
      const across = (data[row + right] ?? 0) - (data[row + left] ?? 0)
      const along = (data[down + x] ?? 0) - (data[up + x] ?? 0)
      use(row + x, ((a + b) * 3 + across * 10) / 32, ((a - b) * 3 + along * 10) / 32)
    }
  }
}

/** Length of the gradient. */
export function edgesOf(grey: Plane): Plane {
  const result = { width: grey.width, height: grey.height, data: new Float32Array(grey.data.length) }
  forEachGradient(grey, (at, gx, gy) => {
    result.data[at] = Math.hypot(gx, gy)
  })
  return result
}

/**
 * Weighted mean along the stream line through each pixel: line integral convolution (Cabral and Leedom 1993).
 * Of noise it makes brush hairs, of edges it makes long clean lines.
 */
export function smoothAlong(plane: Plane, flow: Flow, walk: { steps: number; stepPx: number }): Plane {
  const { width, height } = plane
  const data = new Float32Array(plane.data.length)
  const weights = Float32Array.from({ length: walk.steps + 1 }, (_, step) =>
    Math.exp(-2 * (step / walk.steps) ** 2),
  )
  const total = weights.reduce((sum, weight) => sum + weight * 2, -1)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      let sum = plane.data[at] ?? 0
      for (let side = -1; side <= 1; side += 2) {
        let px = x
        let py = y
        let tx = (flow.x[at] ?? 0) * side
        let ty = (flow.y[at] ?? 0) * side
        for (let step = 1; step <= walk.steps; step += 1) {
          px += tx * walk.stepPx
          py += ty * walk.stepPx
          sum += sampleAt(plane, px, py) * (weights[step] ?? 0)
          const cx = px <= 0 ? 0 : px >= width - 1 ? width - 1 : (px + 0.5) | 0
          const cy = py <= 0 ? 0 : py >= height - 1 ? height - 1 : (py + 0.5) | 0
          const here = cy * width + cx
          const nx = flow.x[here] ?? 0
          const ny = flow.y[here] ?? 0
          // A tangent has no sign; the one that goes on is taken.
          const sign = nx * tx + ny * ty < 0 ? -1 : 1
          tx = nx * sign
          ty = ny * sign
        }
      }
      data[at] = sum / total
    }
  }
  return { width, height, data }
}
