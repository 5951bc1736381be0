/** Pointillism: dots of pure colour that the eye mixes (Seurat's divisionism). */
import type { Size } from '../../../../imaging/geometry.ts'
import { blur } from '../kit/blur.ts'
import { labOf, type Lab, type Triple } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { edgesOf } from '../kit/flow.ts'
import { paintLab } from '../kit/paint.ts'
import { greyOf, pixelsOf, quantile, type Plane } from '../kit/plane.ts'
import { createRandom } from '../kit/random.ts'

export const pointillism = createEffect({
  name: 'pointillism',
  summary: 'Pointillism: dots of pure, divided colour, large in calm areas and small at the edges.',
  defaults: { dot: 0.0105, division: 0.7, colour: 0.6 },
  limits: { dot: [0.003, 0.05] },
  draw: (picture, values, context) => {
    const lab = labOf(picture)
    const canvas = underpaint(lab)
    const edges = blur(edgesOf(greyOf(picture)), pixelsOf(picture, 0.004))
    const busy = Math.max(0.01, quantile(edges, 0.85))
    const random = createRandom(context.seed)
    const layers = [
      { size: 1.45, least: 0 },
      { size: 1, least: 0.12 },
      { size: 0.62, least: 0.6 },
    ]
    for (const [index, { size, least }] of layers.entries()) {
      const radius = pixelsOf(picture, values.dot * size * 0.5, 1.1)
      const dots = scatterDots(picture, radius * 1.62, random)
      for (const dot of dots) {
        if (valueAt(edges, dot) / busy < least) continue
        stamp(canvas, {
          ...dot,
          radius: radius * (0.8 + random() * 0.4),
          colour: divide(lab, dot, { random, ...values }),
        })
      }
      context.onProgress((index + 1) / layers.length)
    }
    return paintLab(canvas)
  },
})

type Dot = { x: number; y: number }

/** The ground: the picture's wide tones, pale, as a primed canvas with a first wash. */
function underpaint(lab: Lab): Lab {
  const wide = (data: Float32Array): Float32Array =>
    blur({ width: lab.width, height: lab.height, data }, pixelsOf(lab, 0.012)).data
  return {
    width: lab.width,
    height: lab.height,
    l: wide(lab.l).map((value) => 0.22 + value * 0.72),
    a: wide(lab.a).map((value) => value * 0.7),
    b: wide(lab.b).map((value) => value * 0.7 + 0.015),
  }
}

/** One dot near each point of a grid, in random order. */
function scatterDots({ width, height }: Size, spacing: number, random: () => number): Dot[] {
  const dots: Dot[] = []
  for (let y = spacing / 2; y < height + spacing / 2; y += spacing * 0.87) {
    for (let x = spacing / 2; x < width + spacing / 2; x += spacing) {
      dots.push({ x: x + (random() - 0.5) * spacing * 0.9, y: y + (random() - 0.5) * spacing * 0.9 })
    }
  }
  for (let index = dots.length - 1; index > 0; index -= 1) {
    const other = Math.floor(random() * (index + 1))
    const [first, second] = [dots[index], dots[other]]
    if (first !== undefined && second !== undefined) [dots[index], dots[other]] = [second, first]
  }
  return dots
}

function indexOf({ width, height }: Size, { x, y }: Dot): number {
  const px = Math.min(width - 1, Math.max(0, Math.round(x)))
  return Math.min(height - 1, Math.max(0, Math.round(y))) * width + px
}

function valueAt(plane: Plane, dot: Dot): number {
  return plane.data[indexOf(plane, dot)] ?? 0
}

/** The colour under a dot, purer and pushed to one side: neighbours differ and mix in the eye. */
function divide(
  lab: Lab,
  dot: Dot,
  options: { random: () => number; division: number; colour: number },
): Triple {
  const at = indexOf(lab, dot)
  const { random, division } = options
  const boost = 1 + options.colour * 0.8
  const [l, a, b] = [lab.l[at] ?? 0, (lab.a[at] ?? 0) * boost, (lab.b[at] ?? 0) * boost]
  const turn = (random() - 0.5) * 1.6 * division
  // A share of the dots is the shadow's blue or the light's orange.
  const push = random() < 0.35 ? (l < 0.55 ? -0.06 : 0.05) * division : 0
  return Float32Array.of(
    0.1 + l * 0.89 + (random() - 0.5) * 0.14 * division,
    a * Math.cos(turn) - b * Math.sin(turn) + (random() - 0.5) * 0.05 * division,
    a * Math.sin(turn) + b * Math.cos(turn) + push,
  )
}

/** A round dot with a soft rim of one pixel, lit a little at its upper left: paint stands up. */
function stamp(canvas: Lab, dot: Dot & { radius: number; colour: Triple }): void {
  const { x, y, radius, colour } = dot
  const [l = 0, a = 0, b = 0] = colour
  for (
    let py = Math.max(0, Math.floor(y - radius));
    py <= Math.min(canvas.height - 1, y + radius + 1);
    py += 1
  ) {
    for (
      let px = Math.max(0, Math.floor(x - radius));
      px <= Math.min(canvas.width - 1, x + radius + 1);
      px += 1
    ) {
      const cover = Math.min(1, radius + 0.5 - Math.hypot(px - x, py - y))
      if (cover <= 0) continue
      const at = py * canvas.width + px
      const light = ((x - px + y - py) / radius) * 0.025
      canvas.l[at] = (canvas.l[at] ?? 0) * (1 - cover) + (l + light) * cover
      canvas.a[at] = (canvas.a[at] ?? 0) * (1 - cover) + a * cover
      canvas.b[at] = (canvas.b[at] ?? 0) * (1 - cover) + b * cover
    }
  }
}
