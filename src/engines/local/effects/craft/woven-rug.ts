/** The picture as a hand-knotted rug: yarn palette, knots in rows, border band, selvedges and fringe. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { labOf, toSrgb, type Lab, type Triple } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { cloudNoise, valueNoise } from '../kit/noise.ts'
import { byteOf } from '../kit/paint.ts'
import { clamp01, sampleAt, smoothstep, type Plane } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'
import { fringeAt } from './rug-fringe.ts'
import { fieldPoint, layOutRug, type RugLayout } from './rug-layout.ts'
import { chooseYarns, yarnFor, type Yarns } from './rug-yarns.ts'

export const wovenRug = createEffect({
  name: 'woven_rug',
  summary:
    'A hand-knotted rug of the picture: rows of wool knots in few yarns, a border band, fringes; transparent around.',
  defaults: { knot: 0.0098, yarns: 16, border: 0.5, fringe: 0.5, wear: 0.4, fit: 'auto' },
  limits: { knot: [0.004, 0.06], yarns: [2, 32] },
  words: { fit: ['auto', 'cover', 'contain'] },
  alpha: 'own',
  draw: (picture, values, context) => {
    const lab = labOf(onWhite(picture))
    const yarns = chooseYarns(lab, Math.round(values.yarns), context.seed)
    const layout = layOutRug(picture, { ...values, isFlat: yarns.isFlat })
    context.onProgress(0.3)
    const knots = tieKnots(lab, layout, { yarns, seed: context.seed })
    context.onProgress(0.5)
    return weave(layout, { knots, yarns, wear: values.wear, seed: context.seed })
  },
})

/** Wool has no holes: what was transparent becomes field. */
function onWhite(picture: Raster): Raster {
  const data = Uint8Array.from(picture.data, (value, at) => {
    const alpha = picture.data[at - (at % 4) + 3] ?? 255
    return at % 4 === 3 ? 255 : 255 + ((value - 255) * alpha) / 255
  })
  return { ...picture, data }
}

/** Colour of every knot, row by row; one pixel per knot. */
function tieKnots(lab: Lab, layout: RugLayout, options: { yarns: Yarns; seed: number }): Lab {
  const { columns, rows } = layout
  const { yarns, seed } = options
  const make = (): Float32Array => new Float32Array(columns * rows)
  const knots = { width: columns, height: rows, l: make(), a: make(), b: make() }
  const sigma = (layout.knot / layout.scale) * 0.4
  const soft = [lab.l, lab.a, lab.b].map((data): Plane =>
    blur({ width: lab.width, height: lab.height, data }, sigma),
  )
  const own = new Float32Array(3)
  for (let at = 0; at < columns * rows; at += 1) {
    const column = at % columns
    const row = (at - column) / columns
    const point = fieldPoint(layout, column, row)
    for (const [c, plane] of soft.entries()) own[c] = sampleAt(plane, point.x, point.y)
    // Between two yarns the weaver alternates a little instead of drawing a contour.
    own[0] = (own[0] ?? 0) + (hashAt(column, row, seed) - 0.5) * (yarns.isFlat ? 0.01 : 0.045)
    const yarn = point.zone === 'field' ? yarnFor(yarns, own) : yarns[point.zone]
    // Abrash: wool of one colour from different dye baths, changing from row to row.
    const bath = (valueNoise(row / 9, 3.5, seed + 5) - 0.5) * 0.035 + (hashAt(row, 1, seed + 6) - 0.5) * 0.014
    knots.l[at] = (yarn[0] ?? 0) + bath + (hashAt(column, row, seed + 7) - 0.5) * 0.045
    knots.a[at] = (yarn[1] ?? 0) + (hashAt(column, row, seed + 8) - 0.5) * 0.008
    knots.b[at] = (yarn[2] ?? 0) + (hashAt(column, row, seed + 9) - 0.5) * 0.01
  }
  return knots
}

type Weaving = { knots: Lab; yarns: Yarns; wear: number; seed: number }

function weave(layout: RugLayout, weaving: Weaving): Raster {
  const { width, height, isWide } = layout
  const raster = createRaster(width, height)
  const pile = cloudNoise(layout, { scale: layout.knot * 14, octaves: 3, seed: weaving.seed + 20 })
  const out = new Float32Array(3)
  for (let y = 0, at = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, at += 1) {
      const along = (isWide ? x : y) + 0.5
      const across = (isWide ? y : x) + 0.5
      const inside = bodyInset(layout, along, across)
      const cover = clamp01(inside + 0.5)
      let alpha = cover
      if (cover < 1)
        alpha = Math.max(
          cover,
          fringeAt(out, { layout, along, across, yarns: weaving.yarns, seed: weaving.seed }),
        )
      if (cover > 0) shadeKnot(out, { layout, weaving, along, across, inside, lie: pile.data[at] ?? 0.5 })
      if (alpha <= 0) continue
      toSrgb(out)
      for (let c = 0; c < 3; c += 1) raster.data[at * 4 + c] = byteOf(out[c] ?? 0)
      raster.data[at * 4 + 3] = byteOf(alpha)
    }
  }
  return raster
}

/** Pixels from the border of the knotted body, whose sides are never quite straight; negative outside. */
function bodyInset(layout: RugLayout, along: number, across: number): number {
  const { knot, body } = layout
  const sway = (valueNoise(along / knot / 5, 0.5, 3) - 0.5) * knot * 0.5
  const pull = (valueNoise(across / knot / 4, 7.5, 3) - 0.5) * knot * 0.35
  const sides = Math.min(across - body.across.from, body.across.to - across) + sway
  return Math.min(sides, Math.min(along - body.along.from, body.along.to - along) + pull)
}

type Place = {
  layout: RugLayout
  weaving: Weaving
  along: number
  across: number
  inside: number
  lie: number
}

/** OKLab of one pixel of the pile: a round tuft, lit from the upper left, with twisted plies and stray fibres. */
function shadeKnot(out: Triple, place: Place): void {
  const { layout, weaving, along, across } = place
  const { knot, row: rowPitch, body } = layout
  const { seed } = weaving
  const bend = (valueNoise(across / knot / 7, along / knot / 7, seed + 30) - 0.5) * knot * 0.5
  const v = (along - body.along.from + bend) / rowPitch
  const row = Math.min(layout.rows - 1, Math.max(0, Math.floor(v)))
  const shift = row % 2 === 0 ? 0 : 0.5
  const u = (across - body.across.from + bend * 0.4) / knot + shift
  const column = Math.min(layout.columns - 1, Math.max(0, Math.floor(u)))
  const at = row * layout.columns + column
  const du = u - Math.floor(u) - 0.5 + (hashAt(column, row, seed + 31) - 0.5) * 0.12
  const dv = v - Math.floor(v) - 0.5 + (hashAt(column, row, seed + 32) - 0.5) * 0.1
  // Rows part more clearly than the knots of a row: wefts lie between them.
  const dome = (1 - 1.5 * du * du) * (1 - 2.5 * dv * dv)
  const ply = Math.sin((du * 1.1 + dv * 1.7 + hashAt(column, row, seed + 33) * 0.3) * Math.PI * 2) * 0.03
  const fibre = (hashAt(Math.round(along), Math.round(across), seed + 34) - 0.5) * 0.07
  const worn = weaving.wear * ((place.lie - 0.5) * 0.2)
  const lit = (-du - dv) * 0.075
  const edge = smoothstep(0, knot * 1.1, place.inside)
  const shade = (0.6 + 0.4 * clamp01(dome)) * (0.62 + 0.38 * edge)
  out[0] = ((weaving.knots.l[at] ?? 0) + ply + fibre + worn + lit) * shade * 1.09 + 0.02
  out[1] = (weaving.knots.a[at] ?? 0) * (0.55 + 0.45 * shade)
  out[2] = (weaving.knots.b[at] ?? 0) * (0.55 + 0.45 * shade)
}
