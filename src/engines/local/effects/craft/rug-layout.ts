/** Where things lie on a rug: body, border bands, field, knots, fringe. Pure geometry in pixels. */
import type { Size } from '../../../../imaging/geometry.ts'
import { pixelsOf } from '../kit/plane.ts'

type Span = { from: number; to: number }

export type RugZone = 'field' | 'band' | 'guard' | 'end'

/** `along` is the direction of the warps, with fringes at both ends; `across` is the direction of a row of knots. */
export type RugLayout = Size & {
  /** True when the fringes are left and right. */
  isWide: boolean
  knot: number
  row: number
  columns: number
  rows: number
  fringe: number
  body: { along: Span; across: Span }
  band: number
  /** Pixels of the rug per pixel of the picture in the field. */
  scale: number
}

export type RugWishes = {
  knot: number
  border: number
  fringe: number
  fit: string
  /** A drawing on one ground: it must not be cropped. */
  isFlat: boolean
}

/** The whole canvas is used: fringes reach its ends, the sides leave room for their waver. */
export function layOutRug(size: Size, wishes: RugWishes): RugLayout {
  const isWide = size.width > size.height
  const [length, breadth] = isWide ? [size.width, size.height] : [size.height, size.width]
  const knot = pixelsOf(size, wishes.knot, 3)
  const fringe = pixelsOf(size, 0.085 * wishes.fringe, 0)
  const side = Math.min(breadth * 0.1, knot * 0.8)
  const body = {
    along: { from: fringe, to: Math.max(fringe + 1, length - fringe) },
    across: { from: side, to: breadth - side },
  }
  const row = knot * 0.86
  const band = pixelsOf(size, 0.13 * wishes.border, 0)
  const field = {
    along: Math.max(1, body.along.to - body.along.from - 2 * band),
    across: Math.max(1, body.across.to - body.across.from - 2 * band),
  }
  const isContained = wishes.fit === 'contain' || (wishes.fit === 'auto' && wishes.isFlat)
  const pick = isContained ? Math.min : Math.max
  return {
    width: size.width,
    height: size.height,
    isWide,
    knot,
    row,
    columns: Math.max(1, Math.ceil((body.across.to - body.across.from) / knot + 0.5)),
    rows: Math.max(1, Math.ceil((body.along.to - body.along.from) / row)),
    fringe,
    body,
    band,
    scale: pick(field.along / length, field.across / breadth),
  }
}

/** Zone of a knot, and the place in the picture that it shows. */
export function fieldPoint(
  layout: RugLayout,
  column: number,
  row: number,
): { zone: RugZone; x: number; y: number } {
  const { body, knot, isWide, width, height, scale } = layout
  const across = body.across.from + (column + (row % 2 === 0 ? 0.5 : 0)) * knot
  const along = body.along.from + (row + 0.5) * layout.row
  const middleAcross = (body.across.from + body.across.to) / 2
  const middleAlong = (body.along.from + body.along.to) / 2
  const [dx, dy] = isWide
    ? [along - middleAlong, across - middleAcross]
    : [across - middleAcross, along - middleAlong]
  return {
    zone: zoneAt(layout, along, across),
    x: width / 2 + dx / scale - 0.5,
    y: height / 2 + dy / scale - 0.5,
  }
}

function zoneAt({ body, band, row, knot, fringe }: RugLayout, along: number, across: number): RugZone {
  const ends = Math.min(along - body.along.from, body.along.to - along)
  const sides = Math.min(across - body.across.from, body.across.to - across)
  if (fringe > 0 && ends < row * 2) return 'end'
  const inside = Math.min(ends, sides)
  if (inside >= band) return 'field'
  // Two thin guard stripes frame the main band.
  const stripe = Math.max(knot * 1.05, band * 0.13)
  const isOuter = inside > stripe * 1.2 && inside < stripe * 2.2
  const isInner = inside > band - stripe * 1.9 && inside < band - stripe * 0.8
  return band > stripe * 4 && (isOuter || isInner) ? 'guard' : 'band'
}
