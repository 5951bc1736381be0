/** A picture divided into equal rectangular blocks, as close to square as whole counts allow. */
import type { Size } from '../../../../imaging/geometry.ts'
import type { Lab } from '../kit/colour.ts'

export type BlockGrid = {
  columns: number
  rows: number
  /** Size of a block in pixels, not whole. */
  pitchX: number
  pitchY: number
  /** Index of the block of a pixel, row by row. */
  blockAt: (at: number) => number
}

/** @param pitch wished size of a block in pixels */
export function blockGrid(size: Size, pitch: number, aspect = 1): BlockGrid {
  const columns = Math.max(1, Math.round(size.width / pitch))
  const rows = Math.max(1, Math.round(size.height / (pitch * aspect)))
  const column = Int32Array.from({ length: size.width }, (_, x) =>
    Math.floor(((x + 0.5) * columns) / size.width),
  )
  const row = Int32Array.from({ length: size.height }, (_, y) => Math.floor(((y + 0.5) * rows) / size.height))
  return {
    columns,
    rows,
    pitchX: size.width / columns,
    pitchY: size.height / rows,
    blockAt: (at) => {
      const x = at % size.width
      return (row[(at - x) / size.width] ?? 0) * columns + (column[x] ?? 0)
    },
  }
}

/** A picture with one pixel per block: the mean of what the block covers. */
export function blockMeans(lab: Lab, grid: BlockGrid): Lab {
  const count = grid.columns * grid.rows
  const sums = [lab.l, lab.a, lab.b].map(() => new Float32Array(count))
  const pixels = new Float32Array(count)
  const [l = pixels, a = pixels, b = pixels] = sums
  for (let at = 0; at < lab.l.length; at += 1) {
    const block = grid.blockAt(at)
    l[block] = (l[block] ?? 0) + (lab.l[at] ?? 0)
    a[block] = (a[block] ?? 0) + (lab.a[at] ?? 0)
    b[block] = (b[block] ?? 0) + (lab.b[at] ?? 0)
    pixels[block] = (pixels[block] ?? 0) + 1
  }
  const mean = (sum: Float32Array): Float32Array =>
    sum.map((value, block) => value / Math.max(1, pixels[block] ?? 1))
  return { width: grid.columns, height: grid.rows, l: mean(l), a: mean(a), b: mean(b) }
}
