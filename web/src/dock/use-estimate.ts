/** What the request on the page would cost, asked of the server when it has stood still for a moment. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { Estimate } from '../../../src/sdk/index.ts'
import { useComposed } from '../request/use-composed.ts'
import { krea } from '../server/client.ts'
import { dollars, priceText } from '../server/models.ts'
import type { ModelDetail } from '../server/models.ts'

const STILL_MS = 600

export function useEstimate(): Estimate | null {
  const composed = useComposed()
  const isSendable = composed !== null && composed.missing.length === 0
  const request = isSendable ? JSON.stringify([composed.path, composed.body]) : null
  const still = useStill(request)
  const estimate = useQuery({
    queryKey: ['estimate', still],
    enabled: still !== null && still === request,
    retry: false,
    staleTime: 60_000,
    queryFn: ({ signal }) => {
      const [path, body] = JSON.parse(still ?? '[]') as [string, Record<string, unknown>]
      return krea.estimate(path, body, { signal })
    },
  })
  return still === request ? (estimate.data ?? null) : null
}

/** The value, once it has not changed for a while. */
function useStill(value: string | null): string | null {
  const [still, setStill] = useState<string | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setStill(value), STILL_MS)
    return () => clearTimeout(timer)
  }, [value])
  return still
}

/** An unknown price is said to be unknown; without an estimate the model's list price stands there. */
export function costText(estimate: Estimate | null, model: ModelDetail | undefined): string {
  // In the same words before and after the estimate: a price that changes its words looks like another price.
  if (model?.is_draft === true) return 'draft: free'
  if (estimate !== null) {
    const { amount_usd: amount, basis } = estimate.cost
    if (amount === null) return 'price unknown'
    return basis === 'local' ? 'free' : `about ${dollars(amount)}`
  }
  return model === undefined ? '' : priceText(model)
}
