/** What engines on the operator's own machines share: an address instead of a key, no price, and no harm in a repeat. */
import type { Cost, GenerateInput } from '../core/job.ts'
import type { Size } from '../imaging/geometry.ts'
import type { UpstreamEngineOptions } from '../net/upstream/engine-options.ts'
import type { SizeLimits } from '../net/upstream/fit-size.ts'
import { fitSize } from '../net/upstream/fit-size.ts'

export type HomeEngineOptions = Omit<UpstreamEngineOptions, 'secret' | 'origin'> & {
  /** Address with its path; may be private, because the operator configured it. */
  origin: string
  /** For a server behind a gate; null and absent both mean that it is open. */
  secret?: () => string | null
}

/** The operator's own electricity is not counted. */
export const HOME_COST: Cost = { microUsd: 0, basis: 'local', computeUnits: 0 }

/** Without a secret the engine is ready all the same. */
export function toHomeOptions(options: HomeEngineOptions): UpstreamEngineOptions {
  return { ...options, secret: () => options.secret?.() ?? '' }
}

/** `Authorization: Bearer …` where there is a secret. */
export function bearer(secret: string): Record<string, string> {
  return secret === '' ? {} : { authorization: `Bearer ${secret}` }
}

/** The size of the source within what the engine can make; a square without one. */
export function followSource({ images }: GenerateInput, limits: SizeLimits): Size {
  const source = images.find(({ role }) => role !== 'mask')?.info
  return fitSize(source ?? { width: 1024, height: 1024 }, limits)
}
