/** What all style effects share: checked values, colour under transparent parts, alpha that comes back. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import type { OperationContext, OperationValues, PixelOperation } from '../../operation.ts'
import { fillHiddenColour, isOpaque } from '../../upscale/transparency.ts'

export type EffectDefinition<V extends OperationValues> = {
  name: string
  summary: string
  defaults: V
  /** Range of a number; 0 to 1 where none is given. Values outside are clamped. */
  limits?: { readonly [K in keyof V]?: readonly [least: number, most: number] }
  /** The words a value may be; another word counts as the default. */
  words?: { readonly [K in keyof V]?: readonly string[] }
  /**
   * `keep` (default): `draw` sees an opaque picture and the alpha of the source is put back.
   * `own`: `draw` sees the picture as it is and answers for alpha itself.
   */
  alpha?: 'keep' | 'own'
  draw: (picture: Raster, values: V, context: OperationContext) => Raster
}

/** A pixel operation from its definition. */
export function createEffect<V extends OperationValues>(definition: EffectDefinition<V>): PixelOperation {
  const { name, summary, defaults, alpha } = definition
  return {
    name,
    summary,
    defaults,
    apply: (raster, given, context) => {
      const values = checkValues(definition, given)
      const result =
        alpha === 'own'
          ? definition.draw(raster, values, context)
          : withAlphaOf(raster, definition.draw(fillTransparent(raster), values, context))
      context.onProgress(1)
      return result
    },
  }
}

function checkValues<V extends OperationValues>(definition: EffectDefinition<V>, given: OperationValues): V {
  const entries = Object.entries(definition.defaults).map(([key, standard]) => {
    const value = given[key]
    if (typeof value !== typeof standard) return [key, standard]
    if (typeof value === 'number') return [key, clampNumber(value, standard, definition.limits?.[key])]
    const words = definition.words?.[key]
    return [key, words === undefined || words.includes(String(value)) ? value : standard]
  })
  return Object.fromEntries(entries) as V
}

function clampNumber(
  value: number,
  standard: number | string | boolean,
  range: readonly [number, number] = [0, 1],
): number {
  return Number.isFinite(value) ? Math.min(range[1], Math.max(range[0], value)) : Number(standard)
}

/** Hidden colours take the mean of the visible ones, and near an edge the colour of that edge. */
function fillTransparent(raster: Raster): Raster {
  if (isOpaque(raster)) return raster
  const mean = meanColour(raster)
  const data = Uint8Array.from(raster.data)
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] ?? 0) > 0) continue
    for (let c = 0; c < 3; c += 1) data[at + c] = mean[c] ?? 255
  }
  return fillHiddenColour({ ...raster, data })
}

function meanColour({ data }: Raster): readonly number[] {
  const sums = [0, 0, 0]
  let weight = 0
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3] ?? 0
    weight += alpha
    for (let c = 0; c < 3; c += 1) sums[c] = (sums[c] ?? 0) + (data[at + c] ?? 0) * alpha
  }
  return weight === 0 ? [255, 255, 255] : sums.map((sum) => sum / weight)
}

function withAlphaOf(source: Raster, drawn: Raster): Raster {
  const result = createRaster(drawn.width, drawn.height)
  result.data.set(drawn.data)
  for (let at = 3; at < result.data.length; at += 4) result.data[at] = source.data[at] ?? 255
  return result
}
