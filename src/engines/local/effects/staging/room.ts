/** The empty room, pixel by pixel: plaster, skirting board, boards of wood, the light of a window. */
import type { Size } from '../../../../imaging/geometry.ts'
import type { Triple } from '../kit/colour.ts'
import { valueNoise } from '../kit/noise.ts'
import { clamp01, pixelsOf, smoothstep } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'
import type { Camera } from './camera.ts'
import type { Backdrop } from './compose.ts'

export const WALLS: Readonly<Record<string, string>> = {
  chalk: '#e9e4da',
  sage: '#b9c2b0',
  clay: '#d3b29c',
  mist: '#c3ccd3',
}
export const WOODS: Readonly<Record<string, string>> = { oak: '#b98d5e', ash: '#cdb08a', walnut: '#7d5638' }

export type RoomOptions = {
  camera: Camera
  /** Canvas row where the wall meets the floor. */
  skirting: number
  wall: Triple
  wood: Triple
  light: number
  seed: number
}

/** Width of a board in camera heights: about 14 cm for a camera at 1.5 m. */
const BOARD = 0.095
const BOARD_LENGTH = 1.15

/** The room without anything in it. */
export function buildRoom(canvas: Size, options: RoomOptions): Backdrop {
  const { skirting } = options
  const board = pixelsOf(canvas, 0.034)
  const top = skirting - board
  return (out, x, y) => {
    if (y + 0.5 >= skirting) shadeFloor(out, { canvas, options, x: x + 0.5, y: y + 0.5 })
    else shadeWall(out, { canvas, options, x: x + 0.5, y: y + 0.5 })
    if (y + 0.5 < skirting && y + 0.5 >= top) shadeSkirting(out, (y + 0.5 - top) / board, options.light)
    else if (y + 0.5 < top) {
      const gap = (top - y - 0.5) / board
      for (let c = 0; c < 3; c += 1) out[c] = (out[c] ?? 0) * (1 - 0.05 * Math.exp(-gap * 5))
    }
  }
}

type Spot = { canvas: Size; options: RoomOptions; x: number; y: number }

function shadeWall(out: Triple, { canvas, options, x, y }: Spot): void {
  const u = x / canvas.width
  const v = y / canvas.height
  const unit = pixelsOf(canvas, 0.01)
  const plaster = (valueNoise(x / unit / 6, y / unit / 6, options.seed) - 0.5) * 0.012
  const tooth = (valueNoise(x / unit, y / unit, options.seed + 1) - 0.5) * 0.01
  const falloff = 0.955 - 0.11 * u - 0.05 * (v - 0.3) ** 2
  const sun = windowLight(u, v * (canvas.height / options.skirting)) * options.light
  const tone = falloff + plaster + tooth
  out[0] = (options.wall[0] ?? 0) * (tone + sun * 0.1)
  out[1] = (options.wall[1] ?? 0) * (tone + sun * 0.085)
  out[2] = (options.wall[2] ?? 0) * (tone + sun * 0.05)
}

/** A sash window's light falling aslant: four panes with soft edges. */
function windowLight(u: number, v: number): number {
  const s = u - 0.3 * (v - 0.45)
  const across = (s - 0.6) / 0.3
  const down = (v - 0.13 - (s - 0.6) * 0.18) / 0.62
  const soft = 0.035
  const pane = (t: number): number =>
    smoothstep(0, soft, t) * smoothstep(1, 1 - soft, t) * (1 - smoothstep(0.055, 0.02, Math.abs(t - 0.5)))
  return pane(across) * pane(down)
}

function shadeSkirting(out: Triple, t: number, light: number): void {
  const profile = t < 0.12 ? 0.97 : t < 0.2 ? 0.86 : 0.93 - 0.05 * t
  const tone = profile * (0.96 + 0.04 * light)
  out[0] = tone * 0.965
  out[1] = tone * 0.955
  out[2] = tone * 0.93
}

function shadeFloor(out: Triple, { canvas, options, x, y }: Spot): void {
  const { camera, seed, wood } = options
  const z = camera.focal / Math.max(1, y - camera.horizon)
  const across = ((x - camera.centre) * z) / camera.focal / BOARD
  // One pixel in boards: joints get fainter with distance instead of flickering.
  const pixel = z / camera.focal / BOARD
  const lane = Math.floor(across)
  const along = z / BOARD_LENGTH + hashAt(lane, 3, seed)
  const plank = Math.floor(along)
  const tint = hashAt(lane, plank, seed) - 0.5
  const joint = jointAt(across - lane, pixel) + jointAt((along - plank) * (BOARD_LENGTH / BOARD), pixel * 3)
  const grain = woodGrain(across, along, hashAt(lane, plank, seed + 1) * 40)
  const fade = clamp01(1 - pixel * 3)
  const depth = (y - options.skirting) / Math.max(1, canvas.height - options.skirting)
  const contact = 1 - 0.3 * Math.exp(-depth * 26)
  const gloss = options.light * 0.16 * Math.exp(-(((x / canvas.width - 0.58) / 0.34) ** 2)) * (1 - depth) ** 2
  const tone =
    (0.9 + 0.13 * tint + grain * 0.11 * fade + 0.06 * (1 - depth)) * (1 - 0.34 * Math.min(1, joint)) * contact
  const side = 1.03 - 0.12 * (x / canvas.width)
  for (let c = 0; c < 3; c += 1) {
    const warm = c === 0 ? 1 + tint * 0.03 : c === 2 ? 1 - tint * 0.08 : 1
    out[c] = (wood[c] ?? 0) * tone * warm * side + gloss * (c === 2 ? 0.88 : 1)
  }
}

/** Dark line at whole numbers, never thinner than a pixel but paler instead. */
function jointAt(t: number, pixel: number): number {
  const distance = Math.min(t, Math.abs(1 - t))
  const width = Math.max(0.016, pixel * 0.6)
  return smoothstep(width, width * 0.3, distance) * Math.min(1, 0.016 / width + 0.25)
}

/** Growth rings cut lengthwise: long, wavy, of uneven strength; about -1 to 1. */
function woodGrain(across: number, along: number, offset: number): number {
  const wave = valueNoise(along * 2.2, offset, 5) * 2.4 + valueNoise(along * 0.7, offset + 9, 6) * 3
  const rings = Math.sin((across * 5 + wave + offset) * 3.2)
  const fine = valueNoise(across * 46 + offset, along * 9, 7) - 0.5
  return rings * 0.4 + fine * 1.3
}
