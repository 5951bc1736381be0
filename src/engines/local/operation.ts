/** The shape every pixel operation of the built-in engine has, so that the recipe can be run and reported alike. */
import type { Raster } from '../../imaging/raster.ts'

/** Values of one step, as they are reported in the job's recipe: numbers, words or booleans only. */
export type OperationValues = Readonly<Record<string, number | string | boolean>>

export type OperationContext = {
  /** Unsigned 32-bit; the same seed, input and values give the same pixels on one machine type. */
  seed: number
  /** 0 to 1 within this operation; call it a few times a second at most. */
  onProgress: (fraction: number) => void
}

/**
 * One real operation on pixels. `apply` is pure: it never changes its input raster and may return it unchanged.
 * Sizes in values are fractions of the shorter side unless the name ends in `Px`.
 */
export type PixelOperation = {
  /** Snake case, stable: it is in recipes (`pencil`, `black_and_white`). */
  name: string
  /** One sentence for docs and contact sheets: what it really does. */
  summary: string
  /** Every value it understands, with the default that is used when the instruction gives none. */
  defaults: OperationValues
  apply: (raster: Raster, values: OperationValues, context: OperationContext) => Raster
}
