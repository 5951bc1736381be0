/** Models as the page uses them: what `GET /models` answers, typed. */
import type { Model } from '../../../src/sdk/index.ts'

export type JsonSchema = {
  /** A list where null is allowed as well. */
  type?: string | readonly string[]
  title?: string
  description?: string
  default?: unknown
  enum?: readonly (string | number | null)[]
  minimum?: number
  maximum?: number
  minLength?: number
  maxItems?: number
  deprecated?: boolean
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
  items?: JsonSchema
  anyOf?: readonly JsonSchema[]
}

/** The type besides null, also of a schema that offers a choice; null where there is none of a single kind. */
export function typeOf({ type, anyOf }: JsonSchema): string | null {
  const types = [type ?? anyOf?.map((option) => option.type ?? []) ?? []]
    .flat(2)
    .filter((name) => name !== 'null')
  return types[0] ?? null
}

/** What may be chosen; leaving a field out is what null would say. */
export function choicesOf({ enum: choices }: JsonSchema): (string | number)[] {
  return (choices ?? []).filter((choice) => choice !== null)
}

export type PricePoint = { amount: number; dimensions: Readonly<Record<string, string | number | boolean>> }

export type ModelCard = Model & {
  provider: string
  path: string
  description: string
  operations: readonly string[]
  price: { price_points: readonly PricePoint[]; compute_units: number | null } | null
  latency_seconds: number | null
  /** Null when a job would fail for want of an engine. */
  engine: string | null
  is_draft: boolean
  readiness: Readiness
  /** Whether that engine shows unfinished pictures. */
  previews: boolean
  /** Why no engine of its own would run it; null when one would. */
  reason: string | null
  engines: readonly { id: string; fault: { message: string } | null }[]
  set_to_enable: readonly string[]
}

export type ModelDetail = ModelCard & { input_schema: JsonSchema }

/** `ready` on a real engine, `draft` on the stand-in, `missing` when a key has to be set first. */
export type Readiness = 'ready' | 'draft' | 'missing'

export function readinessOf({ readiness }: ModelCard): Readiness {
  return readiness
}

/** `$0.04`, `from $0.15`, `free`, or `price unknown`: never a zero for what nobody published. */
export function priceText({ price }: Pick<ModelCard, 'price'>): string {
  const amounts = price?.price_points.map(({ amount }) => amount) ?? []
  if (amounts.length === 0) return 'price unknown'
  const least = Math.min(...amounts)
  if (least === 0) return 'free'
  return least === Math.max(...amounts) ? dollars(least) : `from ${dollars(least)}`
}

export function dollars(amount: number): string {
  return amount < 0.1 ? `$${Number(amount.toFixed(4))}` : `$${amount.toFixed(2)}`
}
