/** A model as the caller sees it. */
import type { Operation } from '../core/job.ts'
import type { CatalogueModel } from '../core/ports.ts'
import type { Field } from './field.ts'

export type Category = 'image' | 'enhance'

/** An older name of a field, which is accepted without an end date (not in strict mode). */
export type FieldAlias = { from: string; to: string }

/**
 * A list price for one result. `when` holds the values it applies to: wire fields (`resolution: '4K'`), or
 * `references` (number of input images) and `character` (whether there are character references).
 */
export type PricePoint = {
  usd: number | null
  computeUnits: number | null
  when: Readonly<Record<string, string | number | boolean>>
}

/** A model that its vendor has withdrawn: its path answers 410 with these members. */
export type Retirement = {
  /** YYYY-MM-DD */
  sunsetDate: string
  /** Id of the model to use instead. */
  replacement: string | null
  migrationUrl: string | null
}

/** Which operation a request is, by whether it brings a source image. */
export type Operations = { withImage: Operation; withoutImage: Operation | null }

export type Model = CatalogueModel & {
  /** `google/nano-banana-pro`; unique over all categories. */
  id: string
  category: Category
  /** `/generate/image/google/nano-banana-pro` */
  path: string
  provider: string
  title: string
  /** One sentence, own words. */
  summary: string
  operations: Operations
  fields: readonly Field[]
  aliases: readonly FieldAlias[]
  /** Empty when nobody published a price. */
  prices: readonly PricePoint[]
  /** Cheapest and dearest published price in USD, where the points between are not published. */
  priceRange: readonly [min: number, max: number] | null
  /** Published average run time in seconds. */
  latencySeconds: number | null
  /** Runs on the operator's machine and costs nothing: no draft of another vendor's model. */
  isOwn: boolean
  retirement: Retirement | null
}
