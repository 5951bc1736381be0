/** A mask as the strokes that made it: undo is leaving the last one out. Pure, but for the canvas it draws on. */
import type { Point, Size } from '../view.ts'

/** Lengths in pixels of the picture. `invert` turns everything before it around. */
export type Stroke = { kind: 'paint' | 'erase'; size: number; points: readonly Point[] } | { kind: 'invert' }

/** Seen on the stage through half of its strength; no photograph has much of it. Only the alpha counts. */
const TINT = '#2f6bff'

/** Opaque where the picture may change, on a transparent ground. */
export function drawStrokes(context: CanvasRenderingContext2D, strokes: readonly Stroke[], size: Size): void {
  const { width, height } = context.canvas
  context.clearRect(0, 0, width, height)
  const scale = width / size.width
  for (const stroke of strokes) drawStroke(context, stroke, scale)
}

/** One more stroke on what is drawn already. */
export function drawStroke(context: CanvasRenderingContext2D, stroke: Stroke, scale: number): void {
  if (stroke.kind === 'invert') return invert(context)
  context.save()
  context.globalCompositeOperation = stroke.kind === 'paint' ? 'source-over' : 'destination-out'
  context.fillStyle = TINT
  context.strokeStyle = TINT
  context.lineCap = 'round'
  context.lineJoin = 'round'
  context.lineWidth = stroke.size * scale
  const [first, ...rest] = stroke.points
  if (first !== undefined) {
    context.beginPath()
    context.arc(first.x * scale, first.y * scale, (stroke.size * scale) / 2, 0, 2 * Math.PI)
    context.fill()
    context.beginPath()
    context.moveTo(first.x * scale, first.y * scale)
    for (const point of rest) context.lineTo(point.x * scale, point.y * scale)
    if (rest.length > 0) context.stroke()
  }
  context.restore()
}

function invert(context: CanvasRenderingContext2D): void {
  const { width, height } = context.canvas
  context.save()
  context.globalCompositeOperation = 'xor'
  context.fillStyle = TINT
  context.fillRect(0, 0, width, height)
  context.restore()
}

/** Nothing painted counts as no mask; an inverted nothing is a mask of everything. */
export function isEmptyMask(strokes: readonly Stroke[]): boolean {
  return !strokes.some(({ kind }) => kind !== 'erase')
}
