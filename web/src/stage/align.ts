/** Where the original lies on its result: what was cut off sticks out of it, what was added lies around it. Pure. */
import type { Job } from '../../../src/sdk/index.ts'
import type { Rect } from './paint.ts'
import type { Size } from './view.ts'
import { containIn } from './view.ts'

type Geometry = NonNullable<Job['geometry']>
type Step = Geometry['steps'][number]
/** The canvas after some steps, and where the original lies on it. */
type Placed = { canvas: Size; original: Rect }

/**
 * The place of the original in pixels of the result. Pixels that were turned or mirrored, or moved by an engine that
 * does not say how, have no such place: the original is then shown whole and centred.
 * @param output size of the result as it is shown, which may differ from the size that the geometry names
 */
export function placeOfOriginal(geometry: Geometry | null, input: Size, output: Size): Rect {
  // Another picture than the one that the steps tell of, such as a style.
  const isOther = geometry !== null && !isAlike(geometry.source, input)
  const placed = geometry === null || isOther ? null : follow(geometry)
  if (placed === null) return containIn(output, input)
  const { canvas, original } = placed
  return scaled(original, { x: output.width / canvas.width, y: output.height / canvas.height })
}

/** The same shape, but for rounding. */
function isAlike(one: Size, other: Size): boolean {
  const [across, down] = [one.width * other.height, one.height * other.width]
  return Math.abs(across - down) <= 0.02 * Math.max(across, down)
}

function follow({ source, steps }: Geometry): Placed | null {
  let placed: Placed | null = { canvas: source, original: { left: 0, top: 0, ...sizeOf(source) } }
  for (const step of steps) placed = placed === null ? null : after(placed, step)
  return placed
}

function after({ canvas, original }: Placed, step: Step): Placed | null {
  const [width, height] = [Number(step['width']), Number(step['height'])]
  const [left, top] = [Number(step['left'] ?? 0), Number(step['top'] ?? 0)]
  if (!(width > 0 && height > 0 && Number.isFinite(left) && Number.isFinite(top))) return null
  const next = { width, height }
  const moved = (x: number, y: number): Placed => ({
    canvas: next,
    original: { ...original, left: original.left + x, top: original.top + y },
  })
  if (step.kind === 'crop') return moved(-left, -top)
  if (step.kind === 'extend') return moved(left, top)
  // The engine may have kept the shape by bands or changed it; nobody knows more than that it is the same picture.
  if (step.kind === 'generate') {
    const within = containIn(next, canvas)
    const by = within.width / canvas.width
    const { left: x, top: y, ...size } = scaled(original, { x: by, y: by })
    return { canvas: next, original: { left: within.left + x, top: within.top + y, ...size } }
  }
  if (step.kind !== 'resize') return null
  return { canvas: next, original: scaled(original, { x: width / canvas.width, y: height / canvas.height }) }
}

function scaled({ left, top, width, height }: Rect, by: { x: number; y: number }): Rect {
  return { left: left * by.x, top: top * by.y, width: width * by.x, height: height * by.y }
}

function sizeOf({ width, height }: Size): Size {
  return { width, height }
}
