/** What an API key may do. */
import { AfterimageError } from './errors.ts'
import type { OnUnsupported } from './job.ts'

/**
 * Each one includes those before it. `read`: look at what the account has; `generate`: also change and spend;
 * `admin`: also keys and the usage of every account: the operator.
 */
export const SCOPES = ['read', 'generate', 'admin'] as const
export type Scope = (typeof SCOPES)[number]

/** Null is no limit. */
export type KeyLimits = {
  /** Ids of models, or `provider/*`. */
  models: readonly string[] | null
  /** Jobs of this key that run at once; further ones wait as `backlogged`. */
  concurrency: number | null
  requestsPerMinute: number | null
  /** What the upstream calls of this key may cost in a calendar month (UTC), in micro-dollars. */
  monthlyBudgetMicroUsd: number | null
  /** What one request may cost at most, in micro-dollars; also what a request of unknown price sets aside. */
  maxCostMicroUsd: number | null
  /** Whether results and inputs are kept; see `RequestOptions.isStored`. */
  isStored: boolean
  /** What becomes of fields that an engine lacks, where the request does not say. */
  onUnsupported: OnUnsupported
}

export const NO_LIMITS: KeyLimits = {
  models: null,
  concurrency: null,
  requestsPerMinute: null,
  monthlyBudgetMicroUsd: null,
  maxCostMicroUsd: null,
  isStored: true,
  onUnsupported: 'warn',
}

export type ApiKey = {
  id: string
  accountId: string
  name: string
  /** Lower-case hex SHA-256 of the whole token; the token itself is never stored. */
  hash: string
  createdAt: number
  revokedAt: number | null
  scopes: readonly Scope[]
  limits: KeyLimits
  /** Milliseconds; from then on the key is refused. */
  expiresAt: number | null
  /** Milliseconds, written at most once a minute; null: never used. */
  lastUsedAt: number | null
}

/** Whether one of the scopes is the needed one or includes it. */
export function hasScope(scopes: readonly Scope[], needed: Scope): boolean {
  return scopes.some((scope) => SCOPES.indexOf(scope) >= SCOPES.indexOf(needed))
}

/** @throws AfterimageError `forbidden` that names the model and what the key may use */
export function assertModelAllowed({ models }: Pick<KeyLimits, 'models'>, model: string): void {
  if (models === null || models.some((pattern) => matches(pattern, model))) return
  throw new AfterimageError(
    'forbidden',
    `This API key may not use the model ${model}; allowed: ${models.join(', ')}.`,
  )
}

function matches(pattern: string, model: string): boolean {
  return pattern.endsWith('/*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
}
