/** One pass of a network over a whole picture, tile by tile. */
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import type { RgbImage } from '../onnx/runtime.ts'
import type { Network } from './networks.ts'
import { planTiles, TILE_OVERLAP, TILE_SIZE, type Rectangle, type Tile, type TileOptions } from './tiles.ts'

export type EnlargeOptions = {
  tiles?: TileOptions
  /** After each tile: how many of how many are done. */
  onTile?: (done: number, total: number) => void
}

/** The picture enlarged by the network's scale. Alpha is ignored and comes out opaque. */
export async function enlargeWithNetwork(
  raster: Raster,
  network: Network,
  options: EnlargeOptions = {},
): Promise<Raster> {
  const { scale } = network
  const tiles = planTiles(
    raster.width,
    raster.height,
    options.tiles ?? { size: TILE_SIZE, overlap: TILE_OVERLAP },
  )
  const result = createRaster(raster.width * scale, raster.height * scale)
  for (const [index, tile] of tiles.entries()) {
    const enlarged = await network.session.run(cutRgb(raster, tile.read))
    pasteCore(result, enlarged, { tile, scale })
    options.onTile?.(index + 1, tiles.length)
  }
  return result
}

function cutRgb(raster: Raster, area: Rectangle): RgbImage {
  const data = new Uint8Array(area.width * area.height * 3)
  let to = 0
  for (let y = area.y; y < area.y + area.height; y += 1) {
    let from = (y * raster.width + area.x) * 4
    for (let x = 0; x < area.width; x += 1, from += 4, to += 3) {
      data[to] = raster.data[from] ?? 0
      data[to + 1] = raster.data[from + 1] ?? 0
      data[to + 2] = raster.data[from + 2] ?? 0
    }
  }
  return { width: area.width, height: area.height, data }
}

function pasteCore(result: Raster, enlarged: RgbImage, place: { tile: Tile; scale: number }): void {
  const { scale } = place
  const { keep, read } = place.tile
  const width = keep.width * scale
  for (let row = 0; row < keep.height * scale; row += 1) {
    let from = (((keep.y - read.y) * scale + row) * enlarged.width + (keep.x - read.x) * scale) * 3
    let to = ((keep.y * scale + row) * result.width + keep.x * scale) * 4
    for (let x = 0; x < width; x += 1, from += 3, to += 4) {
      result.data[to] = enlarged.data[from] ?? 0
      result.data[to + 1] = enlarged.data[from + 1] ?? 0
      result.data[to + 2] = enlarged.data[from + 2] ?? 0
      result.data[to + 3] = 255
    }
  }
}
