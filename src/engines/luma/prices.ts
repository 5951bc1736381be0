/**
 * Luma's list prices in US dollars, as of 2026-11-22. Source of UNI-1: docs.agents.lumalabs.ai/guides/pricing; of UNI-1
 * Max: derived from Krea's compute units. Answers say nothing of money.
 */
import type { Cost, GenerateInput } from '../../core/job.ts'
import { toCost } from '../../net/upstream/cost.ts'

/** Of one image from words alone, by upstream id. */
export const LUMA_PRICES = { 'uni-1': 0.0404, 'uni-1-max': 0.1 } as const
/** For each picture that is sent, the one to edit among them. */
export const LUMA_PICTURE_PRICE = 0.003

export type LumaUpstream = keyof typeof LUMA_PRICES

const MICRO_USD = 1e6

/** Krea's `mode` is a model of its own at Luma. */
export function upstreamOf({ fields }: GenerateInput): LumaUpstream {
  return fields['mode'] === 'max' ? 'uni-1-max' : 'uni-1'
}

export function priceOfLuma(input: GenerateInput): Cost {
  const pictures = input.images.filter(({ role }) => role !== 'mask').length
  return toCost((LUMA_PRICES[upstreamOf(input)] + LUMA_PICTURE_PRICE * pictures) * MICRO_USD, 'list_price')
}
