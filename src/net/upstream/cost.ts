/** Money of upstreams in the units of the domain. */
import type { Cost, CostBasis } from '../../core/job.ts'

/** One of Krea's compute units in micro-dollars of upstream list price; derived from 12 published prices. */
const MICRO_USD_PER_COMPUTE_UNIT = 1746

/** US dollars for one million tokens of a kind, which is the same as micro-dollars for one. */
export type TokenCount = { tokens: number; usdPerMillion: number }

/** What nobody published is unknown, never free. */
export const UNKNOWN_COST: Cost = { microUsd: null, basis: 'unknown', computeUnits: null }

/** @param microUsd rounded up to whole micro-dollars; null is an unknown price */
export function toCost(microUsd: number | null, basis: CostBasis): Cost {
  if (microUsd === null || !Number.isFinite(microUsd)) return UNKNOWN_COST
  // Floating point makes 0.1 + 0.2 of what are exact cents; a millionth of that must not round up.
  const rounded = Math.ceil(microUsd - 1e-6)
  return {
    microUsd: rounded,
    basis,
    computeUnits: Math.round((rounded / MICRO_USD_PER_COMPUTE_UNIT) * 10) / 10,
  }
}

export function costOfTokens(counts: readonly TokenCount[]): Cost {
  return toCost(
    counts.reduce((sum, { tokens, usdPerMillion }) => sum + tokens * usdPerMillion, 0),
    'tokens',
  )
}
