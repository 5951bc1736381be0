/**
 * Google's list prices in US dollars per million tokens, as of 2026-11-22.
 * Source: ai.google.dev pricing as quoted publicly on 2026-07-01, BerriAI/litellm discussion 44983.
 * No price of gemini-3.1-flash-lite-image was found: its cost is unknown.
 */
import type { Cost } from '../../core/job.ts'
import { costOfTokens, toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'

export type GooglePrice = {
  input: number
  textOut: number
  imageOut: number
  /** US dollars of one image, by `imageSize`. */
  image: Readonly<Record<string, number>>
}

/** By upstream id. */
export const GOOGLE_PRICES: Readonly<Record<string, GooglePrice>> = {
  'gemini-3-pro-image': {
    input: 2,
    textOut: 12,
    imageOut: 120,
    image: { '1K': 0.134, '2K': 0.134, '4K': 0.24 },
  },
  // One image of 1K has 1120 tokens; what larger ones have is not published.
  'gemini-nano-banana-2.1': { input: 1.5, textOut: 7.5, imageOut: 30, image: { '1K': 0.0336 } },
}

export type GoogleUsage = { input: number; textOut: number; imageOut: number }

/** Image and text input have one price; thinking counts as text output. */
export function costOfUsage(upstream: string, usage: GoogleUsage): Cost {
  const price = GOOGLE_PRICES[upstream]
  if (price === undefined) return UNKNOWN_COST
  return costOfTokens([
    { tokens: usage.input, usdPerMillion: price.input },
    { tokens: usage.textOut, usdPerMillion: price.textOut },
    { tokens: usage.imageOut, usdPerMillion: price.imageOut },
  ])
}

/** The list price of one image; 1K where the caller leaves the size open. */
export function estimateImage(upstream: string, imageSize: string | null): Cost {
  const usd = GOOGLE_PRICES[upstream]?.image[imageSize ?? '1K']
  return usd === undefined ? UNKNOWN_COST : toCost(usd * 1_000_000, 'list_price')
}
