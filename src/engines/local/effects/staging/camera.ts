/** A camera with a shifted lens, as architects use it: verticals stay vertical, the floor recedes. */
import type { Box, Size } from '../../../../imaging/geometry.ts'
import type { Projection } from './object.ts'

/** Lengths in the world are in heights of the camera above the floor. */
export type Camera = {
  /** Pixels. */
  focal: number
  /** Canvas row of the horizon; may lie above the canvas. */
  horizon: number
  /** Canvas column straight ahead. */
  centre: number
}

export type FloorOptions = {
  /** Width of the object's near edge as a share of the canvas, at most. */
  width: number
  /** Height of the object on the canvas as a share of it, at most. */
  height: number
  /** Row of the near edge as a share of the canvas. */
  near: number
  /** Object width and distance of its near edge in camera heights: together they set how steeply it is seen. */
  size: number
  distance: number
}

export type FloorView = {
  camera: Camera
  project: Projection
  /** Canvas row of the far edge. */ far: number
}

/** A camera that sees an object of this shape lying on the floor where the options want it. */
export function layOnFloor(canvas: Size, box: Box, options: FloorOptions): FloorView {
  const { size, distance } = options
  // A very long object is shown foreshortened rather than tiny.
  const depth = size * Math.min(2.2, Math.max(0.25, box.height / box.width))
  const rise = (1 - distance / (distance + depth)) / size
  const width = Math.min(options.width * canvas.width, (options.height * canvas.height) / rise)
  const focal = (width * distance) / size
  const near = options.near * canvas.height
  const camera = { focal, horizon: near - focal / distance, centre: canvas.width / 2 }
  const project: Projection = (x, y) => {
    if (y <= camera.horizon) return null
    const z = focal / (y - camera.horizon)
    const u = ((x - camera.centre) * z) / focal / size + 0.5
    const v = 1 - (z - distance) / depth
    return u < 0 || u > 1 || v < 0 || v > 1 ? null : { u, v }
  }
  return { camera, project, far: camera.horizon + focal / (distance + depth) }
}

export type UprightOptions = {
  width: number
  height: number
  /** Row of the lower edge, or of the middle, as a share of the canvas. */
  row: number
  anchor: 'foot' | 'middle'
}

/** The object upright and facing the camera, as large as the shares of the canvas allow. */
export function standUpright(
  canvas: Size,
  box: Box,
  options: UprightOptions,
): { project: Projection; frame: Box } {
  const scale = Math.min(
    (options.width * canvas.width) / box.width,
    (options.height * canvas.height) / box.height,
  )
  const width = box.width * scale
  const height = box.height * scale
  const left = (canvas.width - width) / 2
  const top = options.row * canvas.height - (options.anchor === 'foot' ? height : height / 2)
  const project: Projection = (x, y) => {
    const u = (x - left) / width
    const v = (y - top) / height
    return u < 0 || u > 1 || v < 0 || v > 1 ? null : { u, v }
  }
  return { project, frame: { left, top, width, height } }
}
