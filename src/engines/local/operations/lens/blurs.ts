/** Out of focus and in motion, all in linear light so that highlights keep their strength. */
import type { Raster } from '../../../../imaging/raster.ts'
import { blur as blurPlane } from '../../effects/kit/blur.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { pixelsOf, smoothstep } from '../../effects/kit/plane.ts'
import { fromLight, mapLight, toLight, type Light } from '../kit/light-planes.ts'

/** Directional blurs sample at most this often; more could not be seen. */
const MAX_SAMPLES = 28

function gaussian(light: Light, sigma: number): Light {
  return mapLight(light, (plane) => blurPlane(plane, sigma))
}

export const blur = createEffect({
  name: 'blur',
  summary: 'Gaussian blur.',
  defaults: { radius: 0.012, radiusPx: 0 },
  limits: { radius: [0, 0.25], radiusPx: [0, 500] },
  draw: (picture, values) => {
    const sigma = values.radiusPx > 0 ? values.radiusPx : pixelsOf(picture, values.radius, 0.3)
    return fromLight(gaussian(toLight(picture), sigma))
  },
})

export const motionBlur = createEffect({
  name: 'motion_blur',
  summary: 'Everything drawn along one direction, as if the camera had moved.',
  defaults: { length: 0.05, degrees: 0 },
  limits: { length: [0, 0.5], degrees: [-360, 360] },
  draw: (picture, { length, degrees }, { onProgress }) => {
    const reach = pixelsOf(picture, length)
    const [dx, dy] = [
      Math.cos((degrees * Math.PI) / 180) * reach,
      Math.sin((degrees * Math.PI) / 180) * reach,
    ]
    return alongPaths(picture, { lengthPx: reach, pathAt: (_x, _y, out) => setPath(out, dx, dy), onProgress })
  },
})

export const zoomBlur = createEffect({
  name: 'zoom_blur',
  summary: 'Everything drawn away from the centre, as if the lens had zoomed.',
  defaults: { length: 0.12 },
  limits: { length: [0, 1] },
  draw: (picture, { length }, { onProgress }) => {
    const { width, height } = picture
    const lengthPx = (Math.max(width, height) / 2) * length
    const pathAt = (x: number, y: number, out: Float32Array): void =>
      setPath(out, (x - width / 2) * length, (y - height / 2) * length)
    return alongPaths(picture, { lengthPx, pathAt, onProgress })
  },
})

export const spinBlur = createEffect({
  name: 'spin_blur',
  summary: 'Everything drawn around the centre, as if the camera had turned.',
  defaults: { degrees: 8 },
  limits: { degrees: [0, 90] },
  draw: (picture, { degrees }, { onProgress }) => {
    const { width, height } = picture
    const turn = (degrees * Math.PI) / 180
    const lengthPx = (Math.hypot(width, height) / 2) * turn
    const pathAt = (x: number, y: number, out: Float32Array): void =>
      setPath(out, (height / 2 - y) * turn, (x - width / 2) * turn)
    return alongPaths(picture, { lengthPx, pathAt, onProgress })
  },
})

function setPath(out: Float32Array, dx: number, dy: number): void {
  out[0] = dx
  out[1] = dy
}

type Paths = {
  /** The longest path, in pixels; sets the number of samples. */
  lengthPx: number
  /** Writes the vector over which this pixel is averaged, centred on it. */
  pathAt: (x: number, y: number, out: Float32Array) => void
  onProgress: (fraction: number) => void
}

function alongPaths(picture: Raster, { lengthPx, pathAt, onProgress }: Paths): Raster {
  const light = toLight(picture)
  const { width, height } = picture
  const samples = Math.max(2, Math.min(MAX_SAMPLES, Math.ceil(lengthPx)))
  const result = mapLight(light, (plane) => ({ ...plane, data: new Float32Array(plane.data.length) }))
  const gather = createGatherer(light, samples)
  const path = new Float32Array(2)
  for (let y = 0, at = 0; y < height; y += 1) {
    if (y % 64 === 0) onProgress(y / height)
    for (let x = 0; x < width; x += 1, at += 1) {
      pathAt(x, y, path)
      const sums = gather(x, y, path)
      result[0].data[at] = (sums[0] ?? 0) / samples
      result[1].data[at] = (sums[1] ?? 0) / samples
      result[2].data[at] = (sums[2] ?? 0) / samples
    }
  }
  return fromLight(result)
}

/** Sums light along a path; nearest pixels, for their errors of half a pixel vanish in the mean of many. */
function createGatherer(
  [red, green, blue]: Light,
  samples: number,
): (x: number, y: number, path: Float32Array) => Float32Array {
  const { width, height } = red
  const [lastX, lastY] = [width - 1, height - 1]
  const sums = new Float32Array(3)
  return (x, y, path) => {
    const stepX = (path[0] ?? 0) / samples
    const stepY = (path[1] ?? 0) / samples
    let px = x + 0.5 - stepX * (samples / 2 - 0.5)
    let py = y + 0.5 - stepY * (samples / 2 - 0.5)
    sums.fill(0)
    for (let sample = 0; sample < samples; sample += 1, px += stepX, py += stepY) {
      const column = px <= 0 ? 0 : px >= lastX ? lastX : px | 0
      const row = py <= 0 ? 0 : py >= lastY ? lastY : py | 0
      const at = row * width + column
      sums[0] = (sums[0] ?? 0) + (red.data[at] ?? 0)
      sums[1] = (sums[1] ?? 0) + (green.data[at] ?? 0)
      sums[2] = (sums[2] ?? 0) + (blue.data[at] ?? 0)
    }
    return sums
  }
}

export const tiltShift = createEffect({
  name: 'tilt_shift',
  summary: 'A sharp band with blur above and below and stronger colours, so that things look like models.',
  defaults: { centre: 0.55, band: 0.14, radius: 0.018 },
  limits: { band: [0, 1], radius: [0, 0.1] },
  draw: (picture, { centre, band, radius }) => {
    const sharp = toLight(picture)
    const sigma = pixelsOf(picture, radius)
    const [near, far] = [gaussian(sharp, sigma * 0.4), gaussian(sharp, sigma)]
    const { width, height } = picture
    return fromLight(
      mapLight(sharp, (plane, channel) => {
        const result = new Float32Array(plane.data.length)
        for (let at = 0; at < result.length; at += 1) {
          const distance = Math.abs(Math.floor(at / width) / height - centre)
          const focus = smoothstep(band / 2, band / 2 + 0.32, distance)
          const [a, b, c] = [plane.data[at] ?? 0, near[channel].data[at] ?? 0, far[channel].data[at] ?? 0]
          result[at] = focus < 0.5 ? a + (b - a) * focus * 2 : b + (c - b) * (focus * 2 - 1)
        }
        return { ...plane, data: result }
      }),
    )
  },
})
