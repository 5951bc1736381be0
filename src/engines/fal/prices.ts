/**
 * What fal asks, as of 2026-11-22. Only this one price is published in a place that could be read (public code that
 * quotes $0.005 for a megapixel); all others are unknown until the account's bill.
 */
import type { Cost, GenerateInput } from '../../core/job.ts'
import { toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'
import { wantedSize } from '../../net/upstream/shape.ts'

const MICRO_USD_PER_MEGAPIXEL: Readonly<Record<string, number>> = { 'z-image/z-image': 5000 }
/** An elaborated prompt costs this once for each request. */
const PROMPT_EXPANSION_MICRO_USD = 2500
const MEGAPIXEL = 1024 * 1024

/** Without a size, a megapixel for each image. */
export function estimateFal(input: GenerateInput): Cost {
  const price = Object.hasOwn(MICRO_USD_PER_MEGAPIXEL, input.model)
    ? MICRO_USD_PER_MEGAPIXEL[input.model]
    : undefined
  if (price === undefined) return UNKNOWN_COST
  const size = wantedSize(input)
  const megapixels = size === null ? 1 : (size.width * size.height) / MEGAPIXEL
  const expansion = input.fields.skip_prompt_expansion === false ? PROMPT_EXPANSION_MICRO_USD : 0
  return toCost(price * megapixels * input.count + expansion, 'list_price')
}
