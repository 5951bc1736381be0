/** What Replicate asks for one image, as of 2026-11-22, where its own page is quoted publicly; unknown elsewhere. */
import type { Cost, GenerateInput } from '../../core/job.ts'
import { toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'

const MICRO_USD_PER_IMAGE: Readonly<Record<string, number>> = { 'bytedance/seedream-4': 30_000 }

export function estimateReplicate({ model, count }: GenerateInput): Cost {
  const price = Object.hasOwn(MICRO_USD_PER_IMAGE, model) ? MICRO_USD_PER_IMAGE[model] : undefined
  return price === undefined ? UNKNOWN_COST : toCost(price * count, 'list_price')
}
