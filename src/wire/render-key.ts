/** API keys as JSON; never the token, never its hash. */
import type { ApiKey } from '../core/api-key.ts'

export function renderApiKey(key: ApiKey): Record<string, unknown> {
  const { limits } = key
  return {
    id: key.id,
    account: key.accountId,
    name: key.name,
    scopes: [...key.scopes],
    created_at: toIso(key.createdAt),
    expires_at: toIso(key.expiresAt),
    revoked_at: toIso(key.revokedAt),
    last_used_at: toIso(key.lastUsedAt),
    models: limits.models === null ? null : [...limits.models],
    concurrency: limits.concurrency,
    requests_per_minute: limits.requestsPerMinute,
    monthly_budget_usd: toUsd(limits.monthlyBudgetMicroUsd),
    max_cost_usd: toUsd(limits.maxCostMicroUsd),
    no_store: !limits.isStored,
    on_unsupported: limits.onUnsupported,
  }
}

/** Micro-dollars as dollars. */
export function toUsd(microUsd: number): number
export function toUsd(microUsd: number | null): number | null
export function toUsd(microUsd: number | null): number | null {
  return microUsd === null ? null : microUsd / 1e6
}

function toIso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString()
}
