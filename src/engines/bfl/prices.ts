/**
 * Black Forest Labs' list prices in US dollars, as of 2026-11-22. Sources: docs.bfl.ai pricing and
 * black-forest-labs/skills@d0793c8; FLUX 1.1 as quoted publicly in August 2026. What a job really costs is in its answer.
 */
import type { Cost, GenerateInput } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'

/** One price for each image, or by megapixels of 1024 x 1024, begun ones counting whole. */
export type BflPrice = { image: number } | { firstOut: number; moreOut: number; input: number }

/** By upstream id. */
export const BFL_PRICES: Readonly<Record<string, BflPrice>> = {
  'flux-2-pro': { firstOut: 0.03, moreOut: 0.015, input: 0.015 },
  'flux-2-max': { firstOut: 0.07, moreOut: 0.03, input: 0.03 },
  'flux-2-flex': { firstOut: 0.05, moreOut: 0.05, input: 0.05 },
  'flux-2-klein-9b': { firstOut: 0.015, moreOut: 0.002, input: 0.002 },
  'flux-2-klein-4b': { firstOut: 0.014, moreOut: 0.001, input: 0.001 },
  'flux-kontext-pro': { image: 0.04 },
  'flux-kontext-max': { image: 0.08 },
  'flux-pro-1.1': { image: 0.04 },
  'flux-pro-1.1-ultra': { image: 0.06 },
}

const MEGAPIXEL = 1024 * 1024
const MICRO_USD = 1e6

/** @param size of the result; null where it is left to the model, which then follows the first image */
export function estimateBfl(upstream: string, input: GenerateInput, size: Size | null): Cost {
  const price = BFL_PRICES[upstream]
  if (price === undefined) return UNKNOWN_COST
  if ('image' in price) return toCost(price.image * MICRO_USD, 'list_price')
  const output = size ?? input.images[0]?.info
  if (output === undefined) return UNKNOWN_COST
  const inputs = input.images.reduce((sum, { info }) => sum + megapixels(info), 0)
  const { firstOut, moreOut, input: each } = price
  return toCost((firstOut + moreOut * (megapixels(output) - 1) + each * inputs) * MICRO_USD, 'list_price')
}

function megapixels({ width, height }: Size): number {
  return Math.ceil((width * height) / MEGAPIXEL)
}
