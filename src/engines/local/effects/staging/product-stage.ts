/** A product photograph: the picture as an object on a seamless studio backdrop. */
import type { Size } from '../../../../imaging/geometry.ts'
import { hexColour, type Triple } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { smoothstep } from '../kit/plane.ts'
import { layOnFloor, standUpright } from './camera.ts'
import { compose, poseOf, POSES, shadowsFor, type Backdrop, type Pose } from './compose.ts'
import { placeObject, visibleBox, type Projection } from './object.ts'

const BACKDROPS: Readonly<Record<string, string>> = {
  white: '#f3f1ee',
  grey: '#cfcecb',
  sand: '#e3d6c3',
  blush: '#ecd5cb',
  sage: '#c9d2c3',
  night: '#3b4048',
}

export const productStage = createEffect({
  name: 'product_stage',
  summary:
    'A product photograph: the picture lies, hangs or stands on a seamless studio backdrop with soft shadows.',
  defaults: { pose: 'floor', backdrop: 'white', size: 0.78, shadow: 0.7, light: 0.6 },
  limits: { size: [0.2, 0.95] },
  words: { pose: POSES, backdrop: Object.keys(BACKDROPS) },
  alpha: 'own',
  draw: (picture, values, context) => {
    const canvas = { width: picture.width, height: picture.height }
    const pose = poseOf(values.pose)
    const box = visibleBox(picture)
    const project = projectionFor(canvas, box, { pose, size: values.size })
    const placed = placeObject(picture, canvas, { box, project, samples: pose === 'floor' ? 3 : 2 })
    context.onProgress(0.6)
    const shadows = shadowsFor(pose, placed, values.shadow)
    context.onProgress(0.85)
    const colour = hexColour(BACKDROPS[values.backdrop] ?? '#f3f1ee')
    const backdrop = studio(canvas, { colour, pose, light: values.light })
    return compose({ backdrop, placed, shadows, light: values.light }, context.seed)
  },
})

function projectionFor(
  canvas: Size,
  box: ReturnType<typeof visibleBox>,
  { pose, size }: { pose: Pose; size: number },
): Projection {
  if (pose === 'floor')
    return layOnFloor(canvas, box, {
      width: size * 1.04,
      height: size * 0.84,
      near: 0.54 + size * 0.37,
      size: 0.5,
      distance: 1.15,
    }).project
  const anchor = pose === 'wall' ? 'middle' : 'foot'
  const row = pose === 'wall' ? 0.47 : 0.5 + size * 0.42
  return standUpright(canvas, box, { width: size, height: size * 0.88, row, anchor }).project
}

/** Floor and wall as one sheet of paper that curves up; a soft box from the upper left. */
function studio(canvas: Size, look: { colour: Triple; pose: Pose; light: number }): Backdrop {
  const { width, height } = canvas
  const bend = look.pose === 'floor' ? 0.24 : look.pose === 'wall' ? 0.92 : 0.66
  return (out, x, y) => {
    const u = x / width
    const v = y / height
    const floor = smoothstep(bend - 0.2, bend + 0.26, v)
    const pool = Math.exp(-(((u - 0.42) / 0.62) ** 2 + ((v - 0.4) / 0.6) ** 2))
    const corner = (u - 0.42) ** 2 + (v - 0.45) ** 2
    const tone =
      0.9 + look.light * (0.115 * pool - 0.1 * corner) + 0.03 * floor - 0.05 * (1 - floor) * (0.5 - v) * 2
    for (let c = 0; c < 3; c += 1) out[c] = (look.colour[c] ?? 0) * tone
  }
}
