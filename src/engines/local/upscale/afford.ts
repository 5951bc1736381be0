/** Keeps time and memory of the networks bounded, whatever the source. */
import type { Warning } from '../../../core/job.ts'
import { NETWORKS, type NetworkId } from './networks.ts'
import type { Size } from './plan.ts'

/** What one pass may give: 8192 x 8192, about 80 s (`gans`) or 210 s (`psnr-small`) on two cores. */
const MAX_NETWORK_PIXELS = 67_108_864

/** `creativity` null: no network at all. */
export type Affordable = { creativity: number | null; warnings: readonly Warning[] }

/** A network multiplies the source, not the target: a large source is left to the smaller network or to Lanczos. */
export function affordNetworks(source: Size, creativity: number): Affordable {
  const isWithin = (network: NetworkId): boolean =>
    source.width * source.height * NETWORKS[network].scale ** 2 <= MAX_NETWORK_PIXELS
  if (creativity > 0 && isWithin('gans')) return { creativity, warnings: [] }
  if (isWithin('psnr-small'))
    return {
      creativity: 0,
      warnings: creativity > 0 ? [degraded('the generative network was left out')] : [],
    }
  return { creativity: null, warnings: [degraded('it was enlarged with a Lanczos kernel')] }
}

function degraded(what: string): Warning {
  return {
    code: 'engine_degraded',
    path: 'image_url',
    message: `The source is too large for the neural networks on this engine, so ${what}.`,
  }
}
