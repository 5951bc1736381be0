/** A living room: wooden floor, plain wall, window light, and the picture in it. */
import type { Box, Size } from '../../../../imaging/geometry.ts'
import { hexColour } from '../kit/colour.ts'
import { createEffect } from '../kit/effect.ts'
import { layOnFloor, standUpright, type Camera } from './camera.ts'
import { compose, poseOf, POSES, shadowsFor, type Pose } from './compose.ts'
import { placeObject, visibleBox } from './object.ts'
import { buildRoom, WALLS, WOODS } from './room.ts'
import { placeSideboard } from './sideboard.ts'

export const roomStage = createEffect({
  name: 'room_stage',
  summary:
    'The picture in a living room: as a rug on a wooden floor, hung on the wall, or standing before it.',
  defaults: {
    pose: 'floor',
    wall: 'chalk',
    wood: 'oak',
    furniture: true,
    size: 0.7,
    shadow: 0.7,
    light: 0.6,
  },
  limits: { size: [0.2, 0.95] },
  words: { pose: POSES, wall: Object.keys(WALLS), wood: Object.keys(WOODS) },
  alpha: 'own',
  draw: (picture, values, context) => {
    const canvas = { width: picture.width, height: picture.height }
    const pose = poseOf(values.pose)
    const box = visibleBox(picture)
    const lying = layOnFloor(canvas, box, {
      width: values.size * 1.12,
      height: values.size * 0.56,
      near: 0.95,
      size: 0.8,
      distance: 1.5,
    })
    const isFloor = pose === 'floor'
    const skirting = isFloor
      ? Math.min(0.52 * canvas.height, lying.far - 0.07 * canvas.height)
      : (pose === 'wall' ? 0.8 : 0.76) * canvas.height
    const upright = standUpright(canvas, box, {
      width: values.size * 0.8,
      height: pose === 'wall' ? values.size * 0.67 : values.size * 0.9,
      row: pose === 'wall' ? 0.315 : 0.87,
      anchor: pose === 'wall' ? 'middle' : 'foot',
    })
    const project = isFloor ? lying.project : upright.project
    const placed = placeObject(picture, canvas, { box, project, samples: isFloor ? 3 : 2 })
    context.onProgress(0.5)
    const shadows = shadowsFor(pose, placed, values.shadow)
    context.onProgress(0.7)
    const room = buildRoom(canvas, {
      camera: isFloor ? lying.camera : plainCamera(canvas, skirting),
      skirting,
      wall: hexColour(WALLS[values.wall] ?? '#e9e4da'),
      wood: hexColour(WOODS[values.wood] ?? '#b98d5e'),
      light: values.light,
      seed: context.seed,
    })
    const backdrop = isFurnished(values.furniture, pose)
      ? placeSideboard(room, canvas, { skirting, ...(pose === 'wall' ? beneath(upright.frame) : BESIDE) })
      : room
    return compose({ backdrop, placed, shadows, light: values.light }, context.seed)
  },
})

/** At the left, half out of the picture, where it leaves the floor to the rug. */
const BESIDE = { centre: 0.2, width: 0.5, taken: null }

/** Under a picture on the wall. */
function beneath(frame: Box): { centre: number; width: number; taken: { from: number; to: number } } {
  return { centre: 0.5, width: 0.66, taken: { from: frame.left, to: frame.left + frame.width } }
}

/** What stands on the floor would stand in front of the sideboard and hide it badly. */
function isFurnished(wanted: boolean, pose: Pose): boolean {
  return wanted && pose !== 'stand'
}

/** Where nothing lies on the floor any camera will do that sees the skirting board where it is wanted. */
function plainCamera(canvas: Size, skirting: number): Camera {
  const horizon = canvas.height * 0.4
  return { focal: (skirting - horizon) * 2.6, horizon, centre: canvas.width / 2 }
}
