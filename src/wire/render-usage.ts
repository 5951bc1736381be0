/** Usage as JSON and as CSV. */
import type { Usage } from '../core/money.ts'
import { toUsd } from './render-key.ts'

export type WireUsage = {
  day: string
  model: string
  key_id: string | null
  jobs: number
  charge_usd: number
  spend_usd: number
  unknown_cost_calls: number
  draft_jobs: number
}

/** New ones come last: programs read them by their place. */
const COLUMNS = [
  'day',
  'model',
  'key_id',
  'jobs',
  'charge_usd',
  'spend_usd',
  'unknown_cost_calls',
  'draft_jobs',
] as const

export function renderUsage(usage: Usage): WireUsage {
  return {
    day: new Date(usage.day).toISOString().slice(0, 10),
    model: usage.model,
    key_id: usage.keyId,
    jobs: usage.jobs,
    charge_usd: toUsd(usage.chargeMicroUsd),
    spend_usd: toUsd(usage.spendMicroUsd),
    unknown_cost_calls: usage.unknown,
    draft_jobs: usage.drafts,
  }
}

/** RFC 4180. No value can hold a comma, a quote or the sign of a formula: they are dates, ids and numbers. */
export function toCsv(items: readonly WireUsage[]): string {
  const lines = items.map((item) => COLUMNS.map((column) => toText(item[column])).join(','))
  return [COLUMNS.join(','), ...lines, ''].join('\r\n')
}

/** Small amounts without an exponent, which spreadsheets misread. */
function toText(value: string | number | null): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value ?? '')
  return value.toFixed(6).replace(/0+$/u, '')
}
