import { blur } from '../../effects/kit/blur.ts'
import { mapPlane, type Plane } from '../../effects/kit/plane.ts'

/**
 * Guided filter (He, Sun and Tang 2010) with Gaussian windows: smooths `input` where `guide` is calm and follows
 * its edges, so that what is built on it has no halos.
 * @param options.sigma pixels
 * @param options.edge steps of the guide well above this survive; same unit as the guide
 */
export function guidedFilter(guide: Plane, input: Plane, options: { sigma: number; edge: number }): Plane {
  const { sigma, edge } = options
  const meanGuide = blur(guide, sigma).data
  const meanInput = input === guide ? meanGuide : blur(input, sigma).data
  const square = blur(
    mapPlane(guide, (value) => value * value),
    sigma,
  ).data
  const product =
    input === guide
      ? square
      : blur(
          mapPlane(guide, (value, at) => value * (input.data[at] ?? 0)),
          sigma,
        ).data
  const slope = mapPlane(guide, (_, at) => {
    const mean = meanGuide[at] ?? 0
    const variance = Math.max(0, (square[at] ?? 0) - mean * mean)
    return ((product[at] ?? 0) - mean * (meanInput[at] ?? 0)) / (variance + edge * edge)
  })
  const offset = mapPlane(slope, (a, at) => (meanInput[at] ?? 0) - a * (meanGuide[at] ?? 0))
  const [a, b] = [blur(slope, sigma).data, blur(offset, sigma).data]
  return mapPlane(guide, (value, at) => (a[at] ?? 0) * value + (b[at] ?? 0))
}
