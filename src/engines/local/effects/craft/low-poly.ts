/** Low poly: a triangulation with its corners where the picture has edges. */
import type { Size } from '../../../../imaging/geometry.ts'
import type { Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { labOf, type Lab } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { edgesOf } from '../kit/flow.ts'
import { paintLab } from '../kit/paint.ts'
import { greyOf, pixelsOf, quantile, type Plane } from '../kit/plane.ts'
import { createRandom, hashAt } from '../kit/random.ts'
import { triangulate, type Point, type Triangle } from '../kit/triangles.ts'

export const lowPoly = createEffect({
  name: 'low_poly',
  summary:
    'Low poly: flat triangles, small at edges and large in calm areas, each with the mean colour it covers.',
  defaults: { points: 2600, shade: 0.4, colour: 0.3 },
  limits: { points: [20, 6000] },
  draw: (picture, values, context) => {
    const lab = labOf(picture)
    // A triangle smaller than a few pixels is no facet.
    const most = Math.max(20, (picture.width * picture.height) / 40)
    const points = placePoints(picture, Math.round(Math.min(most, values.points)), context.seed)
    context.onProgress(0.3)
    const triangles = triangulate(points)
    context.onProgress(0.5)
    const labels = fillTriangles(picture, points, triangles)
    const colours = meanColours(lab, labels, triangles.length)
    const boost = 1 + values.colour * 0.6
    return paintLab(lab, (out, at) => {
      const label = labels[at] ?? -1
      if (label < 0) return
      // Facets catch the light differently.
      const facet = (hashAt(label, 0, context.seed) - 0.5) * 0.07 * values.shade
      out[0] = (colours[label * 3] ?? 0) + facet
      out[1] = (colours[label * 3 + 1] ?? 0) * boost
      out[2] = (colours[label * 3 + 2] ?? 0) * boost
    })
  },
})

/** Corners, borders and places drawn by edge strength, no two too close to each other. */
function placePoints(picture: Raster, count: number, seed: number): Point[] {
  const { width, height } = picture
  const edges = blur(edgesOf(greyOf(picture)), pixelsOf(picture, 0.0025, 0.6))
  const busy = Math.max(1e-3, quantile(edges, 0.92))
  const random = createRandom(seed)
  const apart = Math.sqrt((width * height) / count) * 0.32
  const taken = new Set<number>()
  const columns = Math.ceil(width / apart) + 2
  const points = borderPoints(picture, apart * 5, random)
  for (let tries = 0; points.length < count && tries < count * 40; tries += 1) {
    const { x, y } = climb(edges, { x: random() * width, y: random() * height })
    const strength = Math.min(1, edgeAt(edges, x, y) / busy)
    if (random() > 0.035 + 0.965 * strength ** 1.5) continue
    const slot = Math.floor(y / apart) * columns + Math.floor(x / apart)
    if (taken.has(slot)) continue
    taken.add(slot)
    points.push({ x, y })
  }
  return points
}

/** Up to the ridge of the nearest edge, so that triangles end where shapes end. */
function climb(edges: Plane, from: Point): Point {
  let best = from
  for (let step = 0; step < 5; step += 1) {
    const around = NEIGHBOURS.map(([dx, dy]) => ({ x: best.x + dx, y: best.y + dy }))
    const next = around.find(
      (point) => edgeAt(edges, point.x, point.y) > edgeAt(edges, best.x, best.y) * 1.02,
    )
    if (next === undefined) return best
    best = next
  }
  return best
}

const NEIGHBOURS: readonly (readonly [number, number])[] = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
]

function edgeAt(edges: Plane, x: number, y: number): number {
  if (x < 0 || y < 0 || x >= edges.width || y >= edges.height) return 0
  return edges.data[Math.floor(y) * edges.width + Math.floor(x)] ?? 0
}

/** Slightly outside, so that the triangles cover every pixel. */
function borderPoints({ width, height }: Size, spacing: number, random: () => number): Point[] {
  const across = Math.max(1, Math.min(200, Math.round(width / spacing)))
  const down = Math.max(1, Math.min(200, Math.round(height / spacing)))
  const along = (index: number, count: number, length: number): number =>
    index === 0 ? -2 : index === count ? length + 2 : ((index + (random() - 0.5) * 0.6) / count) * length
  const sides = Array.from({ length: across + 1 }, (_, index) => [
    { x: along(index, across, width), y: -2 - random() * 0.01 },
    { x: along(index, across, width), y: height + 2 + random() * 0.01 },
  ])
  const ends = Array.from({ length: Math.max(0, down - 1) }, (_, index) => [
    { x: -2 - random() * 0.01, y: along(index + 1, down, height) },
    { x: width + 2 + random() * 0.01, y: along(index + 1, down, height) },
  ])
  return [...sides, ...ends].flat()
}

/** Index of the triangle of each pixel centre. */
function fillTriangles(size: Size, points: readonly Point[], triangles: readonly Triangle[]): Int32Array {
  const labels = new Int32Array(size.width * size.height).fill(-1)
  for (const [label, corners] of triangles.entries()) {
    const [a, b, c] = corners.map((corner) => points[corner] ?? { x: 0, y: 0 })
    if (a === undefined || b === undefined || c === undefined) continue
    const top = Math.max(0, Math.floor(Math.min(a.y, b.y, c.y)))
    const bottom = Math.min(size.height - 1, Math.ceil(Math.max(a.y, b.y, c.y)))
    for (let y = top; y <= bottom; y += 1) {
      const [from, to] = spanAt([a, b, c], y + 0.5)
      const end = Math.min(size.width - 1, Math.ceil(to - 0.5))
      for (let x = Math.max(0, Math.floor(from - 0.5)); x <= end; x += 1) labels[y * size.width + x] = label
    }
  }
  return labels
}

function spanAt(corners: readonly Point[], y: number): readonly [number, number] {
  let [from, to] = [Infinity, -Infinity]
  for (const [index, p] of corners.entries()) {
    const q = corners[(index + 1) % 3] ?? p
    if (p.y === q.y || y < Math.min(p.y, q.y) || y > Math.max(p.y, q.y)) continue
    const x = p.x + ((y - p.y) / (q.y - p.y)) * (q.x - p.x)
    from = Math.min(from, x)
    to = Math.max(to, x)
  }
  return [from, to]
}

function meanColours(lab: Lab, labels: Int32Array, count: number): Float32Array {
  const sums = new Float32Array(count * 3)
  const pixels = new Uint32Array(count)
  for (let at = 0; at < labels.length; at += 1) {
    const label = labels[at] ?? -1
    if (label < 0) continue
    pixels[label] = (pixels[label] ?? 0) + 1
    sums[label * 3] = (sums[label * 3] ?? 0) + (lab.l[at] ?? 0)
    sums[label * 3 + 1] = (sums[label * 3 + 1] ?? 0) + (lab.a[at] ?? 0)
    sums[label * 3 + 2] = (sums[label * 3 + 2] ?? 0) + (lab.b[at] ?? 0)
  }
  return sums.map((sum, index) => sum / Math.max(1, pixels[Math.floor(index / 3)] ?? 1))
}
