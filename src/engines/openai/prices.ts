/**
 * OpenAI's list prices in US dollars per million tokens, as of 2026-11-22.
 * Source: the vendor's price page as quoted publicly on 2026-10-02 and 2026-10-07; the token formula is from
 * community.openai.com/t/1382699.
 */
import type { Cost } from '../../core/job.ts'
import { costOfTokens, UNKNOWN_COST } from '../../net/upstream/cost.ts'

export type OpenAiPrice = { textIn: number; imageIn: number; imageOut: number }

const GPT_IMAGE_2: OpenAiPrice = { textIn: 5, imageIn: 8, imageOut: 30 }

/** By upstream id. */
export const OPENAI_PRICES: Readonly<Record<string, OpenAiPrice>> = {
  'gpt-image-2': GPT_IMAGE_2,
  'gpt-image-2.5-flare': GPT_IMAGE_2,
  'gpt-image-2.5-sunburst': GPT_IMAGE_2,
}

export type OpenAiUsage = { textIn: number; imageIn: number; out: number }

/** Text that a model writes beside the image counts like image tokens: an upper bound where no price is published. */
export function costOfUsage(upstream: string, usage: OpenAiUsage): Cost {
  const price = OPENAI_PRICES[upstream]
  if (price === undefined) return UNKNOWN_COST
  return costOfTokens([
    { tokens: usage.textIn, usdPerMillion: price.textIn },
    { tokens: usage.imageIn, usdPerMillion: price.imageIn },
    { tokens: usage.out, usdPerMillion: price.imageOut },
  ])
}

/** Patches along the longer side, by quality. */
const PATCHES: Readonly<Record<string, number>> = { low: 16, medium: 48, high: 96 }

/** Output tokens of one gpt-image-2 image: 196, 1756 and 7024 for a square of 1024. Null for `auto` quality. */
export function outputTokens(size: Size, quality: string): number | null {
  const patches = PATCHES[quality]
  if (patches === undefined) return null
  const short = Math.min(size.width, size.height)
  const long = Math.max(size.width, size.height)
  return Math.ceil((patches * Math.round((patches * short) / long) * (2e6 + size.width * size.height)) / 4e6)
}

type Size = { width: number; height: number }
/** Null where it is left to the model. */
export type OutputToPrice = {
  upstream: string
  size: Size | null
  quality: string | null
  count: number
  /** Previews of the one image; none when absent. */
  partials?: number
}

/** Output tokens of one preview. Source: the vendor's guide to image generation. */
const PARTIAL_TOKENS = 100

/**
 * The output alone, so slightly too low: how many tokens input images take is not published. Unknown where the
 * size or the quality is left to the model, and for the newer models, which count in another way.
 */
export function estimateOutput({ upstream, size, quality, count, partials = 0 }: OutputToPrice): Cost {
  const price = OPENAI_PRICES[upstream]
  if (upstream !== 'gpt-image-2' || size === null || quality === null || price === undefined)
    return UNKNOWN_COST
  const tokens = outputTokens(size, quality)
  return tokens === null
    ? UNKNOWN_COST
    : costOfTokens([{ tokens: tokens * count + PARTIAL_TOKENS * partials, usdPerMillion: price.imageOut }])
}
