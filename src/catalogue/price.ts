/** What a request costs by the published list prices. */
import type { Cost, GenerateInput } from '../core/job.ts'
import type { Model, PricePoint } from './model.ts'

/**
 * Dollars for one of Krea's compute units: the median of the vendors' own list prices over Krea's units on twelve
 * models, read in November 2026.
 */
export const COMPUTE_UNIT_USD = 0.001746

type Priced = Pick<Model, 'prices' | 'fields' | 'isOwn'>

/**
 * Cost of the whole request (`count` results), rounded to a micro-dollar. The first point that applies counts; an
 * unpublished price is unknown, never 0. Our own models run on the operator's machine and cost nothing.
 */
export function listPrice(model: Priced, input: GenerateInput): Cost {
  if (model.isOwn) return { microUsd: 0, basis: 'local', computeUnits: 0 }
  const point = model.prices.find(({ when }) =>
    Object.entries(when).every(([dimension, value]) => dimensionOf(model, input, dimension) === value),
  )
  const usd = point === undefined ? null : usdOf(point)
  if (point === undefined || usd === null) return { microUsd: null, basis: 'unknown', computeUnits: null }
  return {
    microUsd: Math.round(usd * 1e6) * input.count,
    basis: 'list_price',
    computeUnits: roundUnits((point.computeUnits ?? usd / COMPUTE_UNIT_USD) * input.count),
  }
}

/** Dollars of a point: its price, else its compute units at the general rate, else unknown. */
export function usdOf({ usd, computeUnits }: PricePoint): number | null {
  if (usd !== null) return usd
  return computeUnits === null ? null : computeUnits * COMPUTE_UNIT_USD
}

function roundUnits(units: number): number {
  return Math.round(units * 10) / 10
}

function dimensionOf(model: Priced, input: GenerateInput, dimension: string): unknown {
  if (dimension === 'references') return input.images.filter(({ role }) => role !== 'mask').length
  if (dimension === 'character') return input.images.some(({ role }) => role === 'character')
  if (Object.hasOwn(input.fields, dimension)) return input.fields[dimension]
  const field = model.fields.find(({ name }) => name === dimension)
  return field !== undefined && 'default' in field ? field.default : undefined
}
