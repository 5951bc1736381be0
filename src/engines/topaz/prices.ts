/**
 * Topaz Labs' prices in credits, as of 2026-11-22. Source: developer.topazlabs.com (Gigapixel Standard 2: credits by
 * megapixels of the result). What a credit costs depends on the plan; $0.08 is what resellers ask for one.
 */
import type { Cost } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { toCost, UNKNOWN_COST } from '../../net/upstream/cost.ts'

export const DEFAULT_USD_PER_CREDIT = 0.08

/** Of the faithful models; the generative ones say their price only in the status of a job. */
const STEPS: readonly { megapixels: number; credits: number }[] = [
  { megapixels: 24, credits: 1 },
  { megapixels: 40, credits: 2 },
  { megapixels: 64, credits: 3 },
  { megapixels: 100, credits: 5 },
]
const MEGAPIXEL = 1e6
const MICRO_USD = 1e6

export function costOfCredits(credits: number, usdPerCredit: number): Cost {
  return toCost(credits * usdPerCredit * MICRO_USD, 'list_price')
}

/** Unknown beyond the published steps. */
export function estimateFaithful({ width, height }: Size, usdPerCredit: number): Cost {
  const step = STEPS.find(({ megapixels }) => width * height <= megapixels * MEGAPIXEL)
  return step === undefined ? UNKNOWN_COST : costOfCredits(step.credits, usdPerCredit)
}
