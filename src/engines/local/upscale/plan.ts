/** Decides which networks run and how they are mixed; pure, so that cost and progress are known before the first pixel. */
import { NETWORKS, type NetworkId } from './networks.ts'

export type Size = { width: number; height: number }

/** Past this growth the generative network takes part unless the caller says otherwise. */
const FAITHFUL_GROWTH = 2
/** Enough invented detail to look sharp, enough of the faithful network to calm what it invents. */
const GENERATIVE_DEFAULT = 0.7

/**
 * Each network runs at most once; what is left to the target is resized. A second pass of `psnr-small` was
 * tried at x2.5 to x6: 0.1 to 0.6 dB worse than one pass and a centred Lanczos kernel, with halos, and five
 * times the price. See docs/decisions/2026-11-24-one-network-pass.md.
 */
export type UpscalePlan = {
  /** Networks with their share of the result; shares sum to 1. Empty: resize only. */
  passes: readonly { network: NetworkId; share: number }[]
  /** Where the results of the passes are mixed: the target, or what the larger network gives if that is smaller. */
  mixAt: Size
}

/** @param creativity 0 to 1: the share of the generative network */
export function planUpscale(source: Size, target: Size, creativity: number): UpscalePlan {
  const factor = growth(source, target)
  if (factor <= 1) return { passes: [], mixAt: target }
  const passes = [
    { network: 'psnr-small' as const, share: 1 - creativity },
    { network: 'gans' as const, share: creativity },
  ].filter((pass) => pass.share > 0)
  const reach = Math.max(...passes.map((pass) => NETWORKS[pass.network].scale))
  const mixAt = factor > reach ? { width: source.width * reach, height: source.height * reach } : target
  return { passes, mixAt }
}

/** How much the longest grown side grows; 1 or less means that no side needs new pixels. */
export function growth(source: Size, target: Size): number {
  return Math.max(target.width / source.width, target.height / source.height)
}

/** The creativity used when a request names none: faithful up to x2, mostly generative above. */
export function defaultCreativity(source: Size, target: Size): number {
  return growth(source, target) <= FAITHFUL_GROWTH ? 0 : GENERATIVE_DEFAULT
}

/** Relative cost of one pass over a source of this size: what progress is counted in. */
export function costOf(network: NetworkId, source: Size): number {
  const { scale, secondsPerMegapixel } = NETWORKS[network]
  return (source.width * source.height * scale * scale * secondsPerMegapixel) / 1e6
}
