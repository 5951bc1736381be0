/** Colours along a line of tones, mixed in OKLab. */
import type { Triple } from '../../effects/kit/colour.ts'
import { clamp01 } from '../../effects/kit/plane.ts'
import { labOfHex } from './lab-edit.ts'

const STEPS = 512

/** The OKLab colour of a tone 0 to 1 between evenly spaced `#rrggbb` stops, from dark to light. */
export function rampOf(stops: readonly string[]): (tone: number) => Triple {
  const colours = stops.map(labOfHex)
  const table = Array.from({ length: STEPS + 1 }, (_, step) => colourAt(colours, step / STEPS))
  return (tone) => table[Math.round(clamp01(tone) * STEPS)] ?? new Float32Array(3)
}

function colourAt(colours: readonly Triple[], tone: number): Triple {
  const place = tone * (colours.length - 1)
  const index = Math.min(colours.length - 2, Math.floor(place))
  const result = Float32Array.from(colours[index] ?? [0, 0, 0])
  mixLab(result, colours[index + 1] ?? result, place - index)
  return result
}

/** Moves `colour` towards `target` where it stands. */
export function mixLab(colour: Triple, target: Triple, share: number): void {
  for (let part = 0; part < 3; part += 1)
    colour[part] = (colour[part] ?? 0) + ((target[part] ?? 0) - (colour[part] ?? 0)) * share
}
