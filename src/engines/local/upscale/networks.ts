/** The two vendored networks, loaded on first use and kept: a pixel process serves many jobs. */
import { loadWeights } from '../onnx/manifest.ts'
import { buildNetwork } from '../onnx/network.ts'
import { loadRuntime, type Session } from '../onnx/runtime.ts'

/** `psnr-small` doubles and stays with the source, `gans` quadruples and invents detail. */
export type NetworkId = 'psnr-small' | 'gans'

export type Network = { id: NetworkId; scale: number; session: Session }

/** Facts that planning needs before anything is loaded. */
export const NETWORKS = {
  'psnr-small': { scale: 2, secondsPerMegapixel: 3.1 },
  gans: { scale: 4, secondsPerMegapixel: 1.23 },
} as const satisfies Record<NetworkId, { scale: number; secondsPerMegapixel: number }>

export type Networks = {
  /** Null when onnxruntime-node is not installed; every caller has a fallback. */
  open: (id: NetworkId) => Promise<Network | null>
}

/** @param weightsDirectory folder with the manifests and shards */
export function createNetworks(weightsDirectory: string): Networks {
  const runtime = once(loadRuntime)
  const load = async (id: NetworkId): Promise<Network | null> => {
    const loaded = await runtime()
    if (loaded === null) return null
    const weights = await loadWeights(weightsDirectory, id)
    return { id, scale: weights.manifest.scale, session: await loaded.open(buildNetwork(weights)) }
  }
  const openers = { 'psnr-small': once(() => load('psnr-small')), gans: once(() => load('gans')) }
  return { open: (id) => openers[id]() }
}

/** Runs `make` at the first call and answers the same promise ever after. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
