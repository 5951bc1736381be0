/** The fringe: warp ends knotted into tassels. */
import type { Triple } from '../kit/colour.ts'
import { valueNoise } from '../kit/noise.ts'
import { clamp01, smoothstep } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'
import type { RugLayout } from './rug-layout.ts'
import type { Yarns } from './rug-yarns.ts'

export type FringePlace = { layout: RugLayout; along: number; across: number; yarns: Yarns; seed: number }

/** Knots per tassel. */
const TASSEL = 2.6

/** Writes OKLab into `out` and answers how much of the pixel is yarn, 0 to 1. */
export function fringeAt(out: Triple, place: FringePlace): number {
  const { layout, across, seed } = place
  const { body, knot, fringe } = layout
  if (fringe < 2 || across < body.across.from - knot || across > body.across.to + knot) return 0
  const outside = Math.max(body.along.from - place.along, place.along - body.along.to)
  const end = place.along < body.along.from ? 0 : 1
  const way = outside / fringe
  if (outside < -knot * 0.6) return 0
  const pitch = knot * TASSEL
  // Tassels lean and curl further out.
  const lean = (valueNoise(across / pitch / 2.5, end * 9.5, seed + 40) - 0.5) * way * way * pitch * 1.5
  const curl = Math.sin(way * 5 + hashAt(Math.floor(across / pitch), end, seed + 41) * 6) * way * pitch * 0.06
  const u = (across + lean + curl - body.across.from) / pitch
  const tassel = Math.floor(u)
  const reach = 0.72 + hashAt(tassel, end, seed + 42) * 0.24
  const spread = tasselWidth(way)
  const offset = (u - tassel - 0.5) / spread
  if (Math.abs(offset) > 0.5 || way > reach + 0.04) return 0
  const strand = offset * 5
  const round = Math.abs(strand - Math.round(strand)) * 2
  const length = reach - hashAt(tassel * 7 + Math.round(strand), end, seed + 43) * 0.14
  const tip = smoothstep(length + 0.03, length - 0.03, way)
  const gap = smoothstep(0.99, 0.7, round * (0.55 + way * 0.5))
  const side = clamp01((0.5 - Math.abs(offset)) * spread * pitch + 0.4)
  const knotted = smoothstep(0.07, 0.12, way) * smoothstep(0.25, 0.19, way)
  const twist = Math.sin(((way * fringe) / knot) * 4 + strand * 2) * 0.025
  const shade =
    (0.74 + 0.26 * (1 - round * round)) * (1 - 0.1 * knotted) * (0.78 + 0.22 * smoothstep(0, 0.09, way))
  out[0] = ((place.yarns.end[0] ?? 0.9) + twist - 0.02 * offset * 4) * shade
  out[1] = place.yarns.end[1] ?? 0
  out[2] = place.yarns.end[2] ?? 0
  return tip * side * (0.5 + 0.5 * gap)
}

/** Share of the pitch: gathered at the knot, open below it. */
function tasselWidth(way: number): number {
  const knotAt = Math.exp(-(((way - 0.16) / 0.07) ** 2))
  return Math.min(1, 0.9 - 0.42 * smoothstep(0, 0.14, way) + 0.24 * smoothstep(0.2, 0.9, way) + 0.1 * knotAt)
}
