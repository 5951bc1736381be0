/**
 * Cuts a picture into cells: superpixels that follow colour (SLIC, Achanta et al. 2012), or square tiles that turn
 * with the form (centroidal Voronoi regions in the maximum norm, Hausner 2001).
 */
import type { Lab, Triple } from './colour.ts'
import type { Flow } from './flow.ts'
import { createRandom } from './random.ts'

export type CellOptions = {
  /** Pixels between neighbouring centres. */
  spacing: number
  /** Weight of colour against distance: 0 keeps cells regular, 8 lets them follow every edge. */
  colourWeight: number
  /** Where given, cells are squares turned to it. */
  flow?: Flow
  seed: number
}

export type Cell = { x: number; y: number; cos: number; sin: number; colour: Triple; pixels: number }

export type Cells = {
  /** Index of the cell of each pixel. */
  labels: Int32Array
  cells: readonly Cell[]
  /** Pixels to the border of the cell, by distances only; exact when `colourWeight` is 0. */
  inset: Float32Array
}

const ROUNDS = 5

/** Every pixel belongs to exactly one cell. */
export function cellsOf(lab: Lab, options: CellOptions): Cells {
  let cells = seedCells(lab, options)
  let assignment = assign(lab, cells, options)
  for (let round = 1; round < ROUNDS; round += 1) {
    cells = recentre(lab, assignment.labels, cells)
    if (options.flow !== undefined) turnCells(cells, options.flow)
    assignment = assign(lab, cells, options)
  }
  return { ...assignment, cells: recentre(lab, assignment.labels, cells) }
}

function seedCells(lab: Lab, { spacing, seed, flow }: CellOptions): Cell[] {
  const random = createRandom(seed)
  const columns = Math.max(1, Math.round(lab.width / spacing))
  const rows = Math.max(1, Math.round(lab.height / spacing))
  const cells = Array.from({ length: columns * rows }, (_, index) => {
    const row = Math.floor(index / columns)
    const jitter = (): number => (random() - 0.5) * 0.6
    const x = ((index % columns) + 0.5 + jitter()) * (lab.width / columns)
    const y = (row + 0.5 + jitter()) * (lab.height / rows)
    return { x, y, cos: 1, sin: 0, colour: colourAt(lab, x, y), pixels: 0 }
  })
  if (flow !== undefined) turnCells(cells, flow)
  return cells
}

function pixelAt({ width, height }: { width: number; height: number }, x: number, y: number): number {
  const px = Math.min(width - 1, Math.max(0, Math.round(x - 0.5)))
  return Math.min(height - 1, Math.max(0, Math.round(y - 0.5))) * width + px
}

function colourAt(lab: Lab, x: number, y: number): Triple {
  const at = pixelAt(lab, x, y)
  return Float32Array.of(lab.l[at] ?? 0, lab.a[at] ?? 0, lab.b[at] ?? 0)
}

function turnCells(cells: readonly Cell[], flow: Flow): void {
  for (const cell of cells) {
    const at = pixelAt(flow, cell.x, cell.y)
    cell.cos = flow.x[at] ?? 1
    cell.sin = flow.y[at] ?? 0
  }
}

type Assignment = { labels: Int32Array; inset: Float32Array }

function assign(lab: Lab, cells: readonly Cell[], options: CellOptions): Assignment {
  const { width, height } = lab
  const labels = new Int32Array(width * height).fill(-1)
  const least = new Float32Array(width * height).fill(Infinity)
  const nearest = new Float32Array(width * height).fill(1e6)
  const second = new Float32Array(width * height).fill(1e6)
  const reach = options.spacing * 1.3
  const isSquare = options.flow !== undefined
  const colourScale = options.colourWeight * options.spacing
  for (const [label, { x, y, cos, sin, colour }] of cells.entries()) {
    const [l = 0, a = 0, b = 0] = colour
    const bottom = Math.min(height - 1, Math.ceil(y + reach))
    const right = Math.min(width - 1, Math.ceil(x + reach))
    for (let py = Math.max(0, Math.floor(y - reach)); py <= bottom; py += 1) {
      for (let px = Math.max(0, Math.floor(x - reach)); px <= right; px += 1) {
        const at = py * width + px
        const dx = px + 0.5 - x
        const dy = py + 0.5 - y
        const distance = isSquare
          ? Math.max(Math.abs(dx * cos + dy * sin), Math.abs(dy * cos - dx * sin))
          : Math.sqrt(dx * dx + dy * dy)
        const dl = (lab.l[at] ?? 0) - l
        const da = (lab.a[at] ?? 0) - a
        const db = (lab.b[at] ?? 0) - b
        const cost = distance + colourScale * Math.sqrt(dl * dl + da * da + db * db)
        if (distance < (nearest[at] ?? 0)) {
          second[at] = nearest[at] ?? 0
          nearest[at] = distance
        } else if (distance < (second[at] ?? 0)) second[at] = distance
        if (cost >= (least[at] ?? 0)) continue
        least[at] = cost
        labels[at] = label
      }
    }
  }
  return { labels: fillGaps(labels, width), inset: second.map((far, at) => (far - (nearest[at] ?? 0)) / 2) }
}

/** Pixels that no cell reached take the label before them. */
function fillGaps(labels: Int32Array, width: number): Int32Array {
  let last = 0
  for (let at = 0; at < labels.length; at += 1) {
    const label = labels[at] ?? -1
    if (label >= 0) last = label
    else labels[at] = at >= width ? (labels[at - width] ?? last) : last
  }
  return labels
}

/** Centres and mean colours from the pixels; a cell that lost all of them keeps its place. */
function recentre(lab: Lab, labels: Int32Array, cells: readonly Cell[]): Cell[] {
  const sums = new Float64Array(cells.length * 6)
  const add = (to: number, value: number): void => {
    sums[to] = (sums[to] ?? 0) + value
  }
  for (let at = 0; at < labels.length; at += 1) {
    const to = (labels[at] ?? 0) * 6
    add(to, (at % lab.width) + 0.5)
    add(to + 1, Math.floor(at / lab.width) + 0.5)
    add(to + 2, lab.l[at] ?? 0)
    add(to + 3, lab.a[at] ?? 0)
    add(to + 4, lab.b[at] ?? 0)
    add(to + 5, 1)
  }
  return cells.map((cell, index) => {
    const pixels = sums[index * 6 + 5] ?? 0
    if (pixels === 0) return { ...cell, pixels }
    const mean = (c: number): number => (sums[index * 6 + c] ?? 0) / pixels
    return { ...cell, x: mean(0), y: mean(1), colour: Float32Array.of(mean(2), mean(3), mean(4)), pixels }
  })
}
