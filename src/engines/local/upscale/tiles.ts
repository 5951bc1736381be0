/** Cuts a picture into tiles that overlap, so that memory is bounded and no seam shows. */

/** Tile edge in source pixels, overlap included. Memory grows with its square; speed is flat from 64 to 256. */
export const TILE_SIZE = 160
/** Source pixels around each core. From 12 on the result equals an untiled run within 2 of 255 levels. */
export const TILE_OVERLAP = 12

export type Rectangle = { x: number; y: number; width: number; height: number }

/** `read` goes into the network, `keep` is what is used of its result; both in source pixels. */
export type Tile = { read: Rectangle; keep: Rectangle }

export type TileOptions = { size: number; overlap: number }

/**
 * Tiles row by row; their `keep` rectangles cover the picture once. `read` ends at the picture's border, where
 * the network's own padding is the same as in an untiled run.
 */
export function planTiles(width: number, height: number, options: TileOptions): Tile[] {
  const columns = splitEvenly(width, options.size - 2 * options.overlap)
  const rows = splitEvenly(height, options.size - 2 * options.overlap)
  return rows.flatMap((row) =>
    columns.map((column) => {
      const keep = { x: column.start, y: row.start, width: column.length, height: row.length }
      return { keep, read: widen(keep, options.overlap, { width, height }) }
    }),
  )
}

/** Even parts instead of full ones and a rest: a thin last tile costs almost as much as a full one. */
function splitEvenly(length: number, most: number): { start: number; length: number }[] {
  const count = Math.ceil(length / most)
  return Array.from({ length: count }, (_, index) => {
    const start = Math.floor((index * length) / count)
    return { start, length: Math.floor(((index + 1) * length) / count) - start }
  })
}

function widen(inner: Rectangle, by: number, bounds: { width: number; height: number }): Rectangle {
  const x = Math.max(0, inner.x - by)
  const y = Math.max(0, inner.y - by)
  const right = Math.min(bounds.width, inner.x + inner.width + by)
  const bottom = Math.min(bounds.height, inner.y + inner.height + by)
  return { x, y, width: right - x, height: bottom - y }
}
