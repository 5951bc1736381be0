/** A low walnut sideboard with a vase before the wall: enough furniture to read a room and its scale. */
import type { Size } from '../../../../imaging/geometry.ts'
import { hexColour, type Triple } from '../kit/colour.ts'
import { valueNoise } from '../kit/noise.ts'
import { clamp01, pixelsOf, smoothstep } from '../kit/plane.ts'
import type { Backdrop } from './compose.ts'

export type SideboardOptions = {
  /** Canvas row where the wall meets the floor. */
  skirting: number
  /** Shares of the canvas width. */
  centre: number
  width: number
  /** Columns of the canvas that a hung picture takes: the vase must not stand behind it. */
  taken: { from: number; to: number } | null
}

const WALNUT = hexColour('#84593b')
const DARK = hexColour('#3a2a20')
const CERAMIC = hexColour('#d9d2c4')
const DOORS = 3
/** In hundredths of the shorter side. */
const VASE_RADIUS = 3.8

/** Lengths in pixels; `unit` is a hundredth of the canvas' shorter side. */
type Sideboard = { unit: number; left: number; right: number; top: number; bottom: number; foot: number }

/** The room with the sideboard in it. */
export function placeSideboard(room: Backdrop, canvas: Size, options: SideboardOptions): Backdrop {
  const unit = pixelsOf(canvas, 0.01, 0.2)
  const foot = options.skirting + unit * 1.8
  const half = (options.width * canvas.width) / 2
  const middle = options.centre * canvas.width
  const board = {
    unit,
    left: middle - half,
    right: middle + half,
    top: foot - unit * 19,
    bottom: foot - unit * 5,
    foot,
  }
  const hasVase = options.taken === null || vaseMiddle(board) - unit * VASE_RADIUS > options.taken.to
  return (out, x, y) => {
    room(out, x, y)
    const px = x + 0.5
    const py = y + 0.5
    shadow(out, board, { x: px, y: py })
    legs(out, board, { x: px, y: py })
    body(out, board, { x: px, y: py })
    if (hasVase) vase(out, board, { x: px, y: py })
  }
}

type Point = { x: number; y: number }

/** Cover of a rectangle with rounded corners, antialiased over a pixel. */
function boxCover(
  box: { left: number; right: number; top: number; bottom: number },
  { x, y }: Point,
  radius: number,
): number {
  const dx = Math.max(box.left + radius - x, x - box.right + radius)
  const dy = Math.max(box.top + radius - y, y - box.bottom + radius)
  const outside = Math.hypot(Math.max(0, dx), Math.max(0, dy)) + Math.min(0, Math.max(dx, dy))
  return clamp01(radius - outside + 0.5)
}

function lay(out: Triple, colour: Triple, options: { tone: number; cover: number }): void {
  const { tone, cover } = options
  for (let c = 0; c < 3; c += 1) out[c] = (out[c] ?? 0) * (1 - cover) + (colour[c] ?? 0) * tone * cover
}

function dim(out: Triple, amount: number): void {
  for (let c = 0; c < 3; c += 1) out[c] = (out[c] ?? 0) * (1 - amount)
}

/** On the wall to the right of it, and on the floor below it. */
function shadow(out: Triple, { unit, left, right, top, bottom, foot }: Sideboard, { x, y }: Point): void {
  const soft = unit * 3.4
  const across =
    smoothstep(left - soft * 0.4, left + soft, x) * smoothstep(right + soft * 1.5, right - soft * 0.2, x)
  const wall = across * smoothstep(top - soft * 0.1, top + soft * 1.4, y) * smoothstep(foot, bottom, y)
  const floor = across * Math.exp(-(((y - foot + unit * 0.6) / (unit * 2.2)) ** 2))
  dim(out, 0.2 * wall)
  dim(out, 0.5 * floor)
}

function legs(out: Triple, { unit, left, right, bottom, foot }: Sideboard, point: Point): void {
  for (const share of [0.06, 0.94]) {
    const middle = left + (right - left) * share
    const taper = unit * (0.95 - 0.4 * clamp01((point.y - bottom) / (foot - bottom)))
    const leg = { left: middle - taper, right: middle + taper, top: bottom - unit, bottom: foot }
    lay(out, DARK, { tone: 1.1 - ((point.x - middle) / taper) * 0.25, cover: boxCover(leg, point, 0) })
  }
}

function body(out: Triple, { unit, left, right, top, bottom }: Sideboard, point: Point): void {
  const cover = boxCover({ left, right, top, bottom }, point, unit * 0.6)
  if (cover <= 0) return
  const { x, y } = point
  const along = (x - left) / (right - left)
  const rings = Math.sin(valueNoise(x / unit / 16, y / unit / 2.2, 11) * 16) * 0.035
  const fibre = (valueNoise(x / unit / 3, (y / unit) * 3.5, 12) - 0.5) * 0.07
  const fall = 1.06 - 0.16 * along - 0.1 * ((y - top) / (bottom - top))
  lay(out, WALNUT, { tone: fall + rings + fibre, cover })
  // The top board catches the light; a shadow gap runs below it and between the doors.
  if (y < top + unit * 1.1) lay(out, WALNUT, { tone: 1.28 - 0.12 * along, cover: cover * 0.85 })
  const gap = Math.exp(-(((y - top - unit * 1.35) / (unit * 0.28)) ** 2))
  const door = along * DOORS
  const seam = Math.abs(door - Math.round(door)) * ((right - left) / DOORS)
  const isInner = Math.round(door) > 0 && Math.round(door) < DOORS && y > top + unit * 1.4
  dim(out, cover * Math.max(gap * 0.5, isInner ? 0.5 * smoothstep(unit * 0.32, unit * 0.12, seam) : 0))
}

function vaseMiddle({ left, right }: Sideboard): number {
  return left + (right - left) * 0.9
}

/** A round vase near the right end, its silhouette from a curve of radius over height. */
function vase(out: Triple, board: Sideboard, { x, y }: Point): void {
  const { unit, top } = board
  const middle = vaseMiddle(board)
  const height = unit * 10
  const v = (top - y) / height
  if (v < -0.02 || v > 1.02) return
  const belly = Math.sin(Math.PI * Math.min(1, 0.16 + v * 0.86)) ** 0.75
  const radius = unit * (0.9 + (VASE_RADIUS - 0.9) * belly + (v > 0.9 ? (v - 0.9) * 6 : 0))
  const place = (x - middle) / radius
  const cover =
    clamp01((1 - Math.abs(place)) * radius + 0.5) *
    clamp01((1 - v) * height + 0.5) *
    clamp01(v * height + 0.5)
  if (cover <= 0) return
  const round = Math.sqrt(Math.max(0, 1 - place * place))
  const light = 0.62 + 0.42 * clamp01(round * 0.75 - place * 0.5) - 0.12 * smoothstep(0.35, 0, v)
  lay(out, CERAMIC, { tone: light, cover })
}
