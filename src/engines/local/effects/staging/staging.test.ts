import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { greyOf } from '../kit/plane.ts'
import { draw, mean } from '../testing.ts'
import { layOnFloor } from './camera.ts'
import { visibleBox } from './object.ts'

const SCENES = ['product_stage', 'room_stage'] as const
const POSES = ['floor', 'wall', 'stand'] as const

/** A red square on nothing. */
function cutOut(side: number): Raster {
  const raster = createRaster(side, side)
  for (let y = side / 4; y < (side * 3) / 4; y += 1) {
    for (let x = side / 4; x < (side * 3) / 4; x += 1) raster.data.set([220, 20, 20, 255], (y * side + x) * 4)
  }
  return raster
}

function isRed({ data }: Raster, at: number): boolean {
  return (data[at * 4] ?? 0) > 150 && (data[at * 4 + 1] ?? 0) < 60
}

void test('the object is in the scene, every pixel is opaque, the corners are backdrop', () => {
  for (const name of SCENES) {
    for (const pose of POSES) {
      const scene = draw(name, cutOut(160), { pose })
      assert.ok(scene.data.every((value, at) => at % 4 !== 3 || value === 255))
      const share =
        Array.from({ length: 160 * 160 }, (_, at) => at).filter((at) => isRed(scene, at)).length / 25_600
      assert.ok(share > 0.1 && share < 0.8, `${name} ${pose}: ${share}`)
      for (const corner of [0, 159, 159 * 160]) assert.ok(!isRed(scene, corner), `${name} ${pose}`)
    }
  }
})

void test('what lies on the floor gets narrower with distance', () => {
  const scene = draw('product_stage', cutOut(200))
  const widths = Array.from({ length: 200 }, (_, y) => {
    let count = 0
    for (let x = 0; x < 200; x += 1) if (isRed(scene, y * 200 + x)) count += 1
    return count
  }).filter((width) => width > 20)
  const [first = 0, last = 0] = [widths.at(2), widths.at(-3)]
  assert.ok(first < last * 0.85 && first > last * 0.5, `${first} above, ${last} below`)
})

void test('an object darkens the ground it touches, as much as asked for', () => {
  const near = (shadow: number): number => {
    const scene = draw('product_stage', cutOut(160), { shadow })
    const rows = Array.from({ length: 160 }, (_, y) => y).filter((y) => isRed(scene, y * 160 + 80))
    const below = (rows.at(-1) ?? 0) + 2
    return mean(greyOf(scene), (x, y) => y === below && x > 60 && x < 100)
  }
  assert.ok(near(1) < near(0) - 0.1, `${near(1)} and ${near(0)}`)
})

void test('a studio has no horizon: the empty backdrop changes slowly', () => {
  const { data, width } = greyOf(draw('product_stage', createRaster(120, 120)))
  const steps = data.subarray(width).map((value, at) => Math.abs(value - (data[at] ?? 0)))
  assert.ok(steps.every((step) => step < 0.025))
})

void test('a room has a floor of wood and a wall; the words choose their colour', () => {
  const room = draw('room_stage', createRaster(160, 160), { pose: 'wall', wood: 'walnut' })
  const [wall, floor] = [greyOf(room), greyOf(room)]
  assert.ok(mean(wall, (_, y) => y < 80) > mean(floor, (_, y) => y > 140) + 0.2)
  const pale = draw('room_stage', createRaster(160, 160), { pose: 'wall', wood: 'ash' })
  assert.ok(mean(greyOf(pale), (_, y) => y > 140) > mean(floor, (_, y) => y > 140) + 0.1)
})

void test('the sideboard can be left out', () => {
  const empty = createRaster(160, 160)
  const furnished = greyOf(draw('room_stage', empty))
  const bare = greyOf(draw('room_stage', empty, { furniture: false }))
  const left = (x: number, y: number): boolean => x < 60 && y > 20 && y < 80
  assert.ok(mean(bare, left) > mean(furnished, left) + 0.1)
  const right = (x: number, y: number): boolean => x > 130 && y > 20 && y < 80
  assert.ok(Math.abs(mean(bare, right) - mean(furnished, right)) < 0.01)
})

void test('margins of a cut-out do not make it small', () => {
  assert.deepEqual(visibleBox(cutOut(80)), { left: 20, top: 20, width: 40, height: 40 })
  assert.deepEqual(visibleBox(createRaster(5, 4)), { left: 0, top: 0, width: 5, height: 4 })
})

void test('the floor projection meets the corners of the object', () => {
  const view = layOnFloor(
    { width: 400, height: 300 },
    { left: 0, top: 0, width: 100, height: 80 },
    { width: 0.8, height: 0.9, near: 0.9, size: 0.5, distance: 1.1 },
  )
  const near = view.project(200, 269.99)
  assert.ok(near !== null && Math.abs(near.u - 0.5) < 1e-9 && near.v > 0.99)
  const far = view.project(200, view.far + 0.01)
  assert.ok(far !== null && far.v < 0.01)
  assert.equal(view.project(200, view.far - 1), null)
  assert.equal(view.project(2, 269), null)
})
