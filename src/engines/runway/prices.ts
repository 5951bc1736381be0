/**
 * Runway's list prices as of 2026-11-22. Sources: docs.dev.runwayml.com (a credit is $0.01), inference.sh's price page of
 * 2026-08-04 (5 credits for 720p, 8 for 1080p); the 2 credits of Turbo could not be confirmed. What a task really costs is in its answer.
 */
import type { Cost } from '../../core/job.ts'
import type { Size } from '../../imaging/geometry.ts'
import { toCost } from '../../net/upstream/cost.ts'
import type { RunwayModel } from './models.ts'

const MICRO_USD_PER_CREDIT = 10_000
const CREDITS = { small: 5, large: 8 }
const SMALL_SIDE = 720

export function costOfCredits(credits: number, basis: Cost['basis']): Cost {
  return toCost(credits * MICRO_USD_PER_CREDIT, basis)
}

/** Sizes between the two published classes count as the larger one: a cost that is too low would break a budget. */
export function estimateRunway({ width, height }: Size, { credits }: Pick<RunwayModel, 'credits'>): Cost {
  if (credits !== null) return costOfCredits(credits, 'list_price')
  const isSmall = Math.min(width, height) <= SMALL_SIDE
  return costOfCredits(isSmall ? CREDITS.small : CREDITS.large, 'list_price')
}
