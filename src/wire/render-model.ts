/** Models as JSON: one line of the list, and with the schema of their input. */
import type { Model } from '../catalogue/index.ts'
import { askedOperations, usdOf } from '../catalogue/index.ts'
import { inputSchema } from './schema.ts'
import type { CompatMode, WireModel, WireModelSchema } from './types.ts'

/** One line of `GET /models`. */
export function renderModel(model: Model): WireModel {
  return {
    id: model.id,
    name: model.title,
    category: model.category,
    provider: model.provider,
    path: model.path,
    description: model.summary,
    operations: askedOperations(model),
    price: renderPrice(model),
    latency_seconds: model.latencySeconds,
  }
}

/** A model with the JSON Schema of its input, as the given mode takes it. */
export function renderModelSchema(model: Model, mode: CompatMode = 'aliases'): WireModelSchema {
  return { ...renderModel(model), endpoint_path: model.path, input_schema: inputSchema(model, mode) }
}

/** Null when nobody published one. Our own models cost nothing, which is a price. */
export function renderPrice({ prices, priceRange, isOwn }: Model): WireModel['price'] {
  if (isOwn) return { currency: 'USD', price_points: [{ amount: 0, dimensions: {} }], compute_units: 0 }
  const points = prices.flatMap((point) => {
    const usd = usdOf(point)
    return usd === null ? [] : [{ amount: roundUsd(usd), dimensions: { ...point.when } }]
  })
  const range = (priceRange ?? []).map((amount) => ({ amount, dimensions: {} }))
  const all = points.length > 0 ? points : range
  if (all.length === 0) return null
  return { currency: 'USD', price_points: all, compute_units: prices[0]?.computeUnits ?? null }
}

/** To a hundredth of a cent: more would pretend a precision that compute units do not have. */
function roundUsd(usd: number): number {
  return Math.round(usd * 1e4) / 1e4
}
