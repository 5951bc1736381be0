/** Puts a picture into a scene as an object: perspective, alpha, shadows. */
import type { Box, Size } from '../../../../imaging/geometry.ts'
import type { Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { fillPlane, sampleAt, type Plane } from '../kit/plane.ts'

/** The place in the cut-out, 0 to 1 in both directions, that a canvas point shows; null outside. */
export type Projection = (x: number, y: number) => { u: number; v: number } | null

/** Premultiplied sRGB and alpha, 0 to 1, on the canvas. */
export type Placed = Size & { red: Plane; green: Plane; blue: Plane; alpha: Plane }

/** The box of what is visible; the whole picture when nothing is. */
export function visibleBox({ width, height, data }: Raster): Box {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let at = 0; at < width * height; at += 1) {
    if ((data[at * 4 + 3] ?? 0) < 8) continue
    const x = at % width
    const y = (at - x) / width
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  if (right < 0) return { left: 0, top: 0, width, height }
  return { left, top, width: right - left + 1, height: bottom - top + 1 }
}

export type PlaceOptions = {
  box: Box
  project: Projection
  /** Samples per pixel in each direction: the far edge of a floor is reduced, and a weave would shimmer. */
  samples: number
}

/** The picture as seen through the projection. */
export function placeObject(picture: Raster, canvas: Size, options: PlaceOptions): Placed {
  const source = premultiply(picture)
  const make = (): Plane => ({ ...canvas, data: new Float32Array(canvas.width * canvas.height) })
  const placed = { ...canvas, red: make(), green: make(), blue: make(), alpha: make() }
  const { box, project, samples } = options
  const weight = 1 / (samples * samples)
  for (let at = 0; at < canvas.width * canvas.height; at += 1) {
    const x = at % canvas.width
    const y = (at - x) / canvas.width
    for (let sample = 0; sample < samples * samples; sample += 1) {
      const dx = ((sample % samples) + 0.5) / samples
      const dy = (Math.floor(sample / samples) + 0.5) / samples
      const seen = project(x + dx, y + dy)
      if (seen === null) {
        // Nothing of the object near this pixel; its other samples are not worth asking.
        if (sample === 0 && project(x + 1, y + 1) === null && project(x + 0.5, y) === null) break
        continue
      }
      const px = box.left + seen.u * box.width - 0.5
      const py = box.top + seen.v * box.height - 0.5
      add(placed.red, at, sampleAt(source.red, px, py) * weight)
      add(placed.green, at, sampleAt(source.green, px, py) * weight)
      add(placed.blue, at, sampleAt(source.blue, px, py) * weight)
      add(placed.alpha, at, sampleAt(source.alpha, px, py) * weight)
    }
  }
  return placed
}

function add(plane: Plane, at: number, value: number): void {
  plane.data[at] = (plane.data[at] ?? 0) + value
}

function premultiply({ width, height, data }: Raster): Placed {
  const make = (): Plane => ({ width, height, data: new Float32Array(width * height) })
  const planes = { width, height, red: make(), green: make(), blue: make(), alpha: make() }
  for (let at = 0; at < width * height; at += 1) {
    const alpha = (data[at * 4 + 3] ?? 0) / 255
    planes.red.data[at] = ((data[at * 4] ?? 0) / 255) * alpha
    planes.green.data[at] = ((data[at * 4 + 1] ?? 0) / 255) * alpha
    planes.blue.data[at] = ((data[at * 4 + 2] ?? 0) / 255) * alpha
    planes.alpha.data[at] = alpha
  }
  return planes
}

export type ShadowOptions = {
  /** Pixels. */
  dx: number
  dy: number
  /** Softness in pixels (σ). */
  sigma: number
}

/** The object's silhouette, moved and blurred: how much light it takes, 0 to 1. */
export function castShadow(alpha: Plane, { dx, dy, sigma }: ShadowOptions): Plane {
  return blur(
    fillPlane(alpha, (x, y) => {
      const px = x - dx
      const py = y - dy
      // Outside the canvas is no object; the repeated edge would become a bar of shadow.
      return px < 0 || py < 0 || px > alpha.width - 1 || py > alpha.height - 1 ? 0 : sampleAt(alpha, px, py)
    }),
    sigma,
  )
}
