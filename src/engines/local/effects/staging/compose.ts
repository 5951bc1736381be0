/** Light, shadow and object over a background. */
import type { Raster } from '../../../../imaging/raster.ts'
import type { Triple } from '../kit/colour.ts'
import { paintSrgb } from '../kit/paint.ts'
import { pixelsOf, smoothstep, type Plane } from '../kit/plane.ts'
import { hashAt } from '../kit/random.ts'
import { castShadow, type Placed } from './object.ts'

export type Pose = 'floor' | 'wall' | 'stand'

export const POSES: readonly string[] = ['floor', 'wall', 'stand']

/** A word that passed the list of poses. */
export function poseOf(word: string): Pose {
  return word === 'wall' || word === 'stand' ? word : 'floor'
}

/** Writes the empty scene's sRGB at a pixel. */
export type Backdrop = (out: Triple, x: number, y: number) => void

export type Scene = {
  backdrop: Backdrop
  placed: Placed
  /** How much light each shadow takes where it is full, with its silhouette. */
  shadows: readonly { plane: Plane; depth: number }[]
  /** 0 to 1: how strongly the key light shades the object from the upper left to the lower right. */
  light: number
}

/** The finished picture, opaque. */
export function compose(scene: Scene, seed: number): Raster {
  const { placed } = scene
  const { width, height } = placed
  return paintSrgb(placed, (out, at) => {
    const x = at % width
    const y = (at - x) / width
    scene.backdrop(out, x, y)
    let shade = 1
    for (const { plane, depth } of scene.shadows) shade *= 1 - (plane.data[at] ?? 0) * depth
    const key = 1 + scene.light * (0.1 - 0.2 * ((x / width) * 0.6 + (y / height) * 0.4))
    const rest = 1 - (placed.alpha.data[at] ?? 0)
    // Half a level of noise: a smooth studio gradient shows bands in 8 bits.
    const grain = (hashAt(x, y, seed) - 0.5) / 160
    // Shadows keep some of the room's warmth instead of going to grey.
    out[0] = (out[0] ?? 0) * (shade + (1 - shade) * 0.06) * rest + (placed.red.data[at] ?? 0) * key + grain
    out[1] = (out[1] ?? 0) * shade * rest + (placed.green.data[at] ?? 0) * key + grain
    out[2] = (out[2] ?? 0) * (shade + (1 - shade) * 0.02) * rest + (placed.blue.data[at] ?? 0) * key + grain
  })
}

/** The shadows of an object in a pose: a tight one where it touches, a wide one around. */
export function shadowsFor(pose: Pose, placed: Placed, strength: number): Scene['shadows'] {
  const px = (fraction: number): number => pixelsOf(placed, fraction, 0.4)
  const cast = (dx: number, dy: number, sigma: number): Plane =>
    castShadow(placed.alpha, { dx: px(dx), dy: px(dy), sigma: px(sigma) })
  if (pose === 'wall')
    return [
      { plane: cast(0.004, 0.006, 0.005), depth: 0.38 * strength },
      { plane: cast(0.018, 0.028, 0.024), depth: 0.36 * strength },
    ]
  if (pose === 'floor')
    return [
      { plane: cast(0.001, 0.006, 0.0026), depth: 0.75 * strength },
      { plane: cast(0.004, 0.012, 0.012), depth: 0.42 * strength },
      { plane: cast(0.012, 0.026, 0.045), depth: 0.3 * strength },
    ]
  return standingShadows(placed, strength)
}

/** What stands throws its silhouette flat on the floor behind it to the right, and darkens it around its foot. */
function standingShadows(placed: Placed, strength: number): Scene['shadows'] {
  const { alpha } = placed
  const foot = footRow(alpha)
  const flat = { ...alpha, data: new Float32Array(alpha.data.length) }
  const contact = contactOf(alpha, foot)
  const { width, height } = alpha
  for (let at = 0; at < flat.data.length; at += 1) {
    const x = at % width
    const y = (at - x) / width
    const rise = (foot - y) / 0.22
    const from = Math.round(foot - rise)
    const column = Math.round(x - rise * 0.32)
    if (rise >= 0 && from >= 0 && column >= 0 && column < width)
      flat.data[at] = (alpha.data[from * width + column] ?? 0) * smoothstep(height * 0.8, 0, rise)
  }
  const soften = (plane: Plane, sigma: number): Plane =>
    castShadow(plane, { dx: 0, dy: 0, sigma: pixelsOf(plane, sigma, 0.4) })
  return [
    { plane: soften(contact, 0.006), depth: 0.6 * strength },
    { plane: soften(contact, 0.025), depth: 0.5 * strength },
    { plane: soften(flat, 0.016), depth: 0.34 * strength },
  ]
}

/** A strip under the lowest point of each column, fainter the higher that point is above the floor. */
function contactOf(alpha: Plane, foot: number): Plane {
  const { width, height } = alpha
  const contact = { width, height, data: new Float32Array(alpha.data.length) }
  const strip = pixelsOf(alpha, 0.009)
  for (let x = 0; x < width; x += 1) {
    let lowest = foot
    while (lowest >= 0 && (alpha.data[lowest * width + x] ?? 0) < 0.5) lowest -= 1
    if (lowest < 0) continue
    const weight = Math.exp(-(foot - lowest) / (height * 0.05))
    for (let y = Math.max(0, Math.floor(lowest - strip)); y <= Math.min(height - 1, lowest + strip); y += 1)
      contact.data[y * width + x] = weight
  }
  return contact
}

function footRow({ width, height, data }: Plane): number {
  for (let at = width * height - 1; at >= 0; at -= 1) if ((data[at] ?? 0) > 0.5) return Math.floor(at / width)
  return height - 1
}
