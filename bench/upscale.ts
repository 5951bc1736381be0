import sharp from 'sharp'
import type { Benchmark } from './run.ts'
import { WEIGHTS_DIRECTORY } from '../src/engines/local/onnx/manifest.ts'
import { enlargeWithNetwork } from '../src/engines/local/upscale/enlarge.ts'
import type { Network, NetworkId } from '../src/engines/local/upscale/networks.ts'
import { createNetworks } from '../src/engines/local/upscale/networks.ts'
import { decodeImage } from '../src/imaging/decode.ts'
import type { Raster } from '../src/imaging/raster.ts'
import { resizeRaster } from '../src/imaging/resize.ts'
import { medianRatio, quantile } from './lib/rounds.ts'
import { renderTable } from './lib/table.ts'
import type { UpscalerPeer } from './lib/upscaler-peer.ts'
import { startUpscalerPeer } from './lib/upscaler-peer.ts'

const ROUNDS = 3
const PHOTO = new URL('../test/support/photos/raccoon.jpg', import.meta.url).pathname

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

type Row = { name: string; seconds: number; ratio: number }

async function compare(raster: Raster, network: Network, peer: UpscalerPeer): Promise<Row[]> {
  const size = { width: raster.width * network.scale, height: raster.height * network.scale }
  const megapixels = (size.width * size.height) / 1e6
  const raw = { width: raster.width, height: raster.height, channels: 4 as const }
  const contenders: readonly [name: string, run: () => Promise<number>][] = [
    ['ours', () => timed(() => enlargeWithNetwork(raster, network))],
    ['UpscalerJS, same weights', () => peer.enlarge(network.id, raster)],
    ['our centred Lanczos', () => timed(() => resizeRaster(raster, size.width, size.height))],
    [
      'sharp resize (shifted, no new detail)',
      () => timed(() => sharp(raster.data, { raw }).resize(size.width, size.height).raw().toBuffer()),
    ],
  ]
  const samples = contenders.map(() => [] as number[])
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [index, [, run]] of contenders.entries()) {
      const ms = await run()
      if (round > 0) samples[index]?.push(ms / megapixels / 1000)
    }
  return contenders.map(([name], index) => {
    const own = samples[index] ?? []
    return {
      name: `${network.id} x${network.scale}: ${name}`,
      seconds: quantile(own, 0.5),
      ratio: medianRatio(own, samples[0] ?? []),
    }
  })
}

/** Seconds per output megapixel. */
export const benchmark: Benchmark = {
  title:
    'Enlarging a photograph of 192 x 144 pixels: seconds per megapixel of output, in interleaved rounds, against UpscalerJS ' +
    'with the same weights on tfjs-wasm, and against plain resizing.',
  run: async () => {
    const { raster: photo } = await decodeImage(PHOTO)
    const raster = await resizeRaster(photo, 192, 144)
    const networks = createNetworks(WEIGHTS_DIRECTORY)
    const peer = await startUpscalerPeer()
    try {
      const rows: Row[] = []
      for (const id of ['psnr-small', 'gans'] satisfies NetworkId[]) {
        const network = await networks.open(id)
        if (network === null) throw new Error('onnxruntime-node is not installed')
        rows.push(...(await compare(raster, network, peer)))
      }
      return renderTable(
        ['what', 's/MP', 'time relative to ours'],
        rows.map(({ name, seconds, ratio }) => [name, seconds, ratio]),
      )
    } finally {
      peer.stop()
    }
  },
}
