import { blur } from '../../effects/kit/blur.ts'
import { mapPlane, type Plane } from '../../effects/kit/plane.ts'

export type GuidedOptions = {
  /** Pixels. */
  sigma: number
  /** Steps of the guide well above this survive; same unit as the guide. */
  edge: number
}

/**
 * Guided filter (He, Sun and Tang 2010) with Gaussian windows: smooths `input` where `guide` is calm and follows
 * its edges, so that what is built on it has no halos.
 */
export function guidedFilter(guide: Plane, input: Plane, options: GuidedOptions): Plane {
  return createGuidedFilter(guide, options)(input)
}

/** For several inputs under one guide: what concerns the guide alone is computed once. */
export function createGuidedFilter(guide: Plane, { sigma, edge }: GuidedOptions): (input: Plane) => Plane {
  const meanGuide = blur(guide, sigma).data
  const square = blur(
    mapPlane(guide, (value) => value * value),
    sigma,
  ).data
  const variance = mapPlane(guide, (_, at) => Math.max(0, (square[at] ?? 0) - (meanGuide[at] ?? 0) ** 2)).data
  return (input) => {
    const meanInput = input === guide ? meanGuide : blur(input, sigma).data
    const product =
      input === guide
        ? square
        : blur(
            mapPlane(guide, (value, at) => value * (input.data[at] ?? 0)),
            sigma,
          ).data
    const slope = mapPlane(guide, (_, at) => {
      const covariance = (product[at] ?? 0) - (meanGuide[at] ?? 0) * (meanInput[at] ?? 0)
      return covariance / ((variance[at] ?? 0) + edge * edge)
    })
    const offset = mapPlane(slope, (a, at) => (meanInput[at] ?? 0) - a * (meanGuide[at] ?? 0))
    const [a, b] = [blur(slope, sigma).data, blur(offset, sigma).data]
    return mapPlane(guide, (value, at) => (a[at] ?? 0) * value + (b[at] ?? 0))
  }
}
