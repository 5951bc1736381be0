/**
 * Ideogram's list prices in US dollars, as of 2026-11-22. Source: ideogram.ai/blog/ideogram-api-pricing of 2026-11-16.
 * Answers say nothing of money.
 */
import type { Cost, GenerateInput } from '../../core/job.ts'
import { toCost } from '../../net/upstream/cost.ts'

/** Of one image, whatever its size and task, by `rendering_speed`. */
export const IDEOGRAM_PRICES = { turbo: 0.03, default: 0.06, quality: 0.09 } as const
/** The same with a character reference. */
export const IDEOGRAM_CHARACTER_PRICES = { turbo: 0.1, default: 0.15, quality: 0.2 } as const

export type IdeogramSpeed = keyof typeof IDEOGRAM_PRICES

const MICRO_USD = 1e6

/** What the caller asked for; the vendor's own default where nothing was said. */
export function speedOf({ fields }: GenerateInput): IdeogramSpeed {
  const { rendering_speed: speed } = fields
  return speed === 'turbo' || speed === 'quality' ? speed : 'default'
}

/** @param count images that were made, or are asked for */
export function priceOfIdeogram(input: GenerateInput, count: number): Cost {
  const hasCharacter = input.images.some(({ role }) => role === 'character')
  const prices = hasCharacter ? IDEOGRAM_CHARACTER_PRICES : IDEOGRAM_PRICES
  return toCost(prices[speedOf(input)] * count * MICRO_USD, 'list_price')
}
