/** Where one looks: zoom and pan over a frame that both pictures share. Pure. */
export type Size = { width: number; height: number }
export type Point = { x: number; y: number }

/**
 * `zoom` multiplies the scale at which the frame fits the stage; `centre` is the point of the frame in the middle
 * of the stage, 0 to 1 each. Independent of the stage's size, so that panes of different sizes show the same.
 */
export type View = { zoom: number; centre: Point }

export const FIT: View = { zoom: 1, centre: { x: 0.5, y: 0.5 } }
/** Screen pixels for one pixel of the picture, at most: 800 %. */
const MAX_SCALE = 8
/** Room around the picture; above and below more, for the tools. */
const PADDING = { x: 24, y: 64 }

/** Screen pixels per picture pixel when the whole frame is seen. Never enlarges a small picture. */
export function fitScale(frame: Size, stage: Size): number {
  const x = Math.min(PADDING.x, stage.width / 16)
  const y = Math.min(PADDING.y, stage.height / 6)
  return Math.min(
    1,
    Math.max(1, stage.width - 2 * x) / frame.width,
    Math.max(1, stage.height - 2 * y) / frame.height,
  )
}

export function scaleOf(view: View, frame: Size, stage: Size): number {
  return fitScale(frame, stage) * view.zoom
}

/** The frame's place on the stage, in stage pixels. */
export function frameRect(view: View, frame: Size, stage: Size): { left: number; top: number } & Size {
  const scale = scaleOf(view, frame, stage)
  return {
    left: stage.width / 2 - view.centre.x * frame.width * scale,
    top: stage.height / 2 - view.centre.y * frame.height * scale,
    width: frame.width * scale,
    height: frame.height * scale,
  }
}

/** From where to where the frame is seen on the stage, in stage pixels. */
export function seenSpan(view: View, frame: Size, stage: Size): { left: number; width: number } {
  const rect = frameRect(view, frame, stage)
  const left = Math.max(0, rect.left)
  return { left, width: Math.max(1, Math.min(stage.width, rect.left + rect.width) - left) }
}

/** A point of the stage in pixels of the frame. */
export function toFrame(point: Point, view: View, { frame, stage }: { frame: Size; stage: Size }): Point {
  const rect = frameRect(view, frame, stage)
  return {
    x: ((point.x - rect.left) / rect.width) * frame.width,
    y: ((point.y - rect.top) / rect.height) * frame.height,
  }
}

/** Zooms by `factor` and keeps the point of the picture under `at` where it is. */
export function zoomAt(
  view: View,
  factor: number,
  { at, frame, stage }: { at: Point; frame: Size; stage: Size },
): View {
  const fit = fitScale(frame, stage)
  const zoom = Math.min(Math.max(view.zoom * factor, 1), Math.max(1, MAX_SCALE / fit))
  const before = toFrame(at, view, { frame, stage })
  const scale = fit * zoom
  return clamp(
    {
      zoom,
      centre: {
        x: (before.x - (at.x - stage.width / 2) / scale) / frame.width,
        y: (before.y - (at.y - stage.height / 2) / scale) / frame.height,
      },
    },
    frame,
    stage,
  )
}

/** Moves the picture by stage pixels. */
export function pan(view: View, by: Point, { frame, stage }: { frame: Size; stage: Size }): View {
  const scale = scaleOf(view, frame, stage)
  const centre = {
    x: view.centre.x - by.x / (frame.width * scale),
    y: view.centre.y - by.y / (frame.height * scale),
  }
  return clamp({ ...view, centre }, frame, stage)
}

/** The picture cannot be lost: what fits stays centred, what is larger covers the stage. */
function clamp(view: View, frame: Size, stage: Size): View {
  const scale = scaleOf(view, frame, stage)
  const limit = (value: number, length: number, room: number): number => {
    const half = room / 2 / (length * scale)
    return half >= 0.5 ? 0.5 : Math.min(Math.max(value, half), 1 - half)
  }
  return {
    zoom: view.zoom,
    centre: {
      x: limit(view.centre.x, frame.width, stage.width),
      y: limit(view.centre.y, frame.height, stage.height),
    },
  }
}

/** Where a picture of another shape lies in the frame: whole, and centred. */
export function containIn(frame: Size, picture: Size): { left: number; top: number } & Size {
  const scale = Math.min(frame.width / picture.width, frame.height / picture.height)
  const width = picture.width * scale
  const height = picture.height * scale
  return { left: (frame.width - width) / 2, top: (frame.height - height) / 2, width, height }
}
