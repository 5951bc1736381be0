/** Draws the two pictures, as the mode has it. Only what is seen is touched. */
import type { CompareMode } from '../store/studio.ts'
import type { Picture } from './picture.ts'
import { levelFor } from './picture.ts'
import { frameRect, seenSpan } from './view.ts'
import type { Size, View } from './view.ts'

export type Rect = { left: number; top: number; width: number; height: number }

export type Scene = {
  input: Picture | null
  output: Picture | null
  heat: Picture | null
  frame: Size
  /** Where the original lies, in pixels of the frame; it may stick out. */
  original: Rect
  view: View
  mode: CompareMode
  /** Place of the slider, 0 to 1 of what is seen of the frame. */
  split: number
  /** Shows the input alone: Tab is held, the pointer rests on it, or it is its turn to blink. */
  isOriginalShown: boolean
}

/** @param stage size in CSS pixels; the context is already scaled to the device's */
export function paint(context: CanvasRenderingContext2D, scene: Scene, stage: Size): void {
  context.clearRect(0, 0, stage.width, stage.height)
  const { input, output, heat, mode } = scene
  const whole: Rect = { left: 0, top: 0, ...stage }
  if (input === null || output === null)
    return paintOne(context, scene, { picture: output ?? input, area: whole })
  if (scene.isOriginalShown)
    return paintOne(context, scene, { picture: input, place: scene.original, area: whole })
  if (mode === 'side') return paintSides(context, scene, { input, output, stage })
  if (mode === 'slider') return paintSlider(context, scene, { input, output, stage })
  paintOne(context, scene, { picture: output, area: whole })
  if (mode === 'heat' && heat !== null) paintHeat(context, scene, { heat, area: whole })
}

type Pair = { input: Picture; output: Picture; stage: Size }

/** Two halves that look at the same place. */
function paintSides(context: CanvasRenderingContext2D, scene: Scene, { input, output, stage }: Pair): void {
  const [first, second] = sidesOf(stage)
  paintOne(context, scene, { picture: input, place: scene.original, area: first })
  paintOne(context, scene, { picture: output, area: second })
}

/** Left and right; above each other where the stage is narrow and tall. */
export function sidesOf({ width, height }: Size): [Rect, Rect] {
  const gap = 2
  if (width >= height) {
    const half = (width - gap) / 2
    return [
      { left: 0, top: 0, width: half, height },
      { left: half + gap, top: 0, width: half, height },
    ]
  }
  const half = (height - gap) / 2
  return [
    { left: 0, top: 0, width, height: half },
    { left: 0, top: half + gap, width, height: half },
  ]
}

/** What of the original lies outside of the result has nothing to be compared with. */
function paintSlider(context: CanvasRenderingContext2D, scene: Scene, { input, output, stage }: Pair): void {
  const whole: Rect = { left: 0, top: 0, ...stage }
  const frame = frameRect(scene.view, scene.frame, stage)
  const span = seenSpan(scene.view, scene.frame, stage)
  const edge = Math.round(span.left + span.width * scene.split)
  paintOne(context, scene, {
    picture: input,
    place: scene.original,
    area: whole,
    clip: { left: span.left, top: frame.top, width: edge - span.left, height: frame.height },
  })
  paintOne(context, scene, {
    picture: output,
    area: whole,
    clip: { left: edge, top: 0, width: stage.width - edge, height: stage.height },
  })
}

function paintHeat(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { heat, area }: { heat: Picture; area: Rect },
): void {
  // The result in grey below, so that the colours of the map mean one thing only.
  context.save()
  context.globalCompositeOperation = 'saturation'
  context.fillStyle = '#808080'
  const rect = frameRect(scene.view, scene.frame, area)
  context.fillRect(rect.left, rect.top, rect.width, rect.height)
  context.restore()
  paintOne(context, scene, { picture: heat, area })
}

/** `place` is where the picture lies in pixels of the frame; all of it when absent. */
type Placed = { picture: Picture | null; place?: Rect; area: Rect; clip?: Rect }

function paintOne(
  context: CanvasRenderingContext2D,
  { frame, view }: Scene,
  { picture, place = { left: 0, top: 0, ...frame }, area, clip }: Placed,
): void {
  if (picture === null) return
  context.save()
  const cut = clip ?? area
  context.beginPath()
  context.rect(cut.left, cut.top, cut.width, cut.height)
  context.clip()
  drawPicture(context, picture, { place: onStage(place, { frame, view, area }), area: cut })
  context.restore()
}

/** From pixels of the frame to the stage, mostly outside of it when zoomed. */
function onStage(place: Rect, { frame, view, area }: { frame: Size; view: View; area: Rect }): Rect {
  const rect = frameRect(view, frame, area)
  const scale = rect.width / frame.width
  return {
    left: area.left + rect.left + place.left * scale,
    top: area.top + rect.top + place.top * scale,
    width: place.width * scale,
    height: place.height * scale,
  }
}

/** Draws the part of the picture that lies in the area, from the level that fits the zoom. */
function drawPicture(
  context: CanvasRenderingContext2D,
  picture: Picture,
  { place, area }: { place: Rect; area: Rect },
): void {
  const left = Math.max(place.left, area.left)
  const top = Math.max(place.top, area.top)
  const right = Math.min(place.left + place.width, area.left + area.width)
  const bottom = Math.min(place.top + place.height, area.top + area.height)
  if (right <= left || bottom <= top) return
  const level = levelFor(picture, place.width * devicePixelRatio)
  const scale = level.width / place.width
  // Single pixels stay squares when one looks for single pixels.
  context.imageSmoothingEnabled = place.width / picture.width < 2
  context.drawImage(
    level,
    (left - place.left) * scale,
    (top - place.top) * (level.height / place.height),
    (right - left) * scale,
    (bottom - top) * (level.height / place.height),
    left,
    top,
    right - left,
    bottom - top,
  )
}
