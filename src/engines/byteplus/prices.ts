/**
 * BytePlus' list prices in US dollars, as of 2026-11-22. Sources: the ModelArk list of June 2026 as quoted by
 * docs.gogogotoken.ai and docs.apiyi.com, and vercel.com for Seedream 4.0. Those of Seedream 5.0 Pro and SeedEdit could
 * not be confirmed, so they are unknown.
 */
import type { Cost } from '../../core/job.ts'
import { toCost } from '../../net/upstream/cost.ts'

/** For one image, whatever its size, by upstream id. */
export const ARK_PRICES: Readonly<Record<string, number>> = {
  'seedream-4-0-250828': 0.03,
  'seedream-4-5-251128': 0.04,
  'seedream-5-0-260128': 0.035,
}

const MICRO_USD = 1e6

/** The vendor bills for the images that were made, and only for them. */
export function priceOfImages(upstream: string, count: number): Cost {
  const price = ARK_PRICES[upstream]
  return toCost(price === undefined ? null : price * count * MICRO_USD, 'list_price')
}
