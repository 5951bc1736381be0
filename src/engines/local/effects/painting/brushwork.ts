/** Shared by the painted effects: flat dabs of colour and the relief of the brush. */
import type { Raster } from '../../../../imaging/raster.ts'
import { blur } from '../kit/blur.ts'
import { labOf, type Lab } from '../kit/colour.ts'
import { flowOf, smoothAlong, type Flow } from '../kit/flow.ts'
import { kuwahara } from '../kit/kuwahara.ts'
import { grainNoise } from '../kit/noise.ts'
import { greyOf, mapPlane, pixelsOf, quantile, type Plane } from '../kit/plane.ts'

export type Dabs = { lab: Lab; flow: Flow; grey: Plane }

export type DabOptions = {
  /** Half the width of a dab as a fraction of the shorter side. */
  size: number
  onProgress?: (fraction: number) => void
}

/** The picture as dabs along the form. */
export function paintDabs(picture: Raster, { size, onProgress }: DabOptions): Dabs {
  const grey = greyOf(picture)
  const flow = flowOf(grey, pixelsOf(picture, Math.max(0.003, size * 0.4)))
  const progress = onProgress === undefined ? {} : { onProgress }
  return {
    lab: kuwahara(labOf(picture), flow, { radius: pixelsOf(picture, size, 1.5), ...progress }),
    flow,
    grey,
  }
}

/**
 * Light and shade of bristle tracks, about -1 to 1: noise combed along the form and lit from the upper left
 * (Hertzmann 2002, "Fast paint texture").
 * @param width fraction of the shorter side: distance between tracks
 */
export function brushRelief(grey: Plane, width: number, seed: number): Plane {
  // A much calmer direction than that of the dabs: in even areas the noise of a photograph has a direction too.
  const flow = flowOf(grey, pixelsOf(grey, 0.016))
  const pitch = pixelsOf(flow, width, 0.8)
  const noise = blur(grainNoise(flow, seed), pitch * 0.5)
  const combed = smoothAlong(noise, flow, { steps: 12, stepPx: Math.max(1, pitch * 0.9) })
  const reach = Math.max(1, Math.round(pitch * 0.6))
  const { width: columns, height: rows, data } = combed
  const relief = mapPlane(combed, (_, at) => {
    const x = at % columns
    const y = (at - x) / columns
    const left = Math.max(0, x - reach)
    const right = Math.min(columns - 1, x + reach)
    const up = Math.max(0, y - reach)
    const down = Math.min(rows - 1, y + reach)
    return (data[down * columns + right] ?? 0) - (data[up * columns + left] ?? 0)
  })
  const scale = Math.max(1e-4, quantile(mapPlane(relief, Math.abs), 0.9))
  return mapPlane(relief, (value) => Math.max(-1.5, Math.min(1.5, value / scale)))
}

/** How busy the surroundings are, 0 to 1: thick paint belongs where something happens. */
export function localContrast(grey: Plane, reach: number): Plane {
  const sigma = pixelsOf(grey, reach)
  const mean = blur(grey, sigma)
  const square = blur(
    mapPlane(grey, (value) => value * value),
    sigma,
  )
  return mapPlane(mean, (value, at) =>
    Math.min(1, Math.sqrt(Math.max(0, (square.data[at] ?? 0) - value * value)) * 7),
  )
}
