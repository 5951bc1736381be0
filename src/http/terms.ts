/** On what terms a request submits: the limits of its key, and what its header allows. */
import type { FastifyRequest } from 'fastify'
import { NO_LIMITS } from '../core/api-key.ts'
import { fieldError } from '../core/errors.ts'
import type { SubmitTerms } from '../core/money.ts'
import { parseUsd } from '../wire/usd.ts'

/** @throws AfterimageError `invalid_request` that names X-Max-Cost */
export function readTerms({ headers, apiKey, keyId }: FastifyRequest): SubmitTerms {
  const limits = apiKey?.limits ?? NO_LIMITS
  const ofHeader = readMaxCost(headers['x-max-cost'])
  const ofKey = limits.maxCostMicroUsd
  const isOfKey = ofHeader === null || (ofKey !== null && ofKey < ofHeader)
  const microUsd = isOfKey ? ofKey : ofHeader
  const { concurrency, monthlyBudgetMicroUsd } = limits
  const maxCost = microUsd === null ? null : { microUsd, isOfKey }
  return { keyId, concurrency, monthlyBudgetMicroUsd, maxCost }
}

function readMaxCost(header: string | string[] | undefined): number | null {
  if (header === undefined) return null
  const microUsd = parseUsd(String(header))
  if (microUsd !== null) return microUsd
  throw fieldError('invalid_request', {
    path: 'X-Max-Cost',
    message: `found "${String(header).slice(0, 40)}"; expected US dollars like 0.05, with at most six decimals`,
  })
}
