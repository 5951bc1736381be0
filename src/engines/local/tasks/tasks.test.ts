import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { addBars, cropRaster } from './canvas.ts'
import { chooseFormat } from './files.ts'
import { fitToSize } from './fit-to-size.ts'
import type { MaskForm } from '../../../net/upstream/inputs.ts'
import { drawMask, mergeMasked, mixWithSource, toMask } from './mask.ts'
import { createStages } from './progress.ts'
import { createThrottle } from './throttle.ts'

function pattern(width: number, height: number, offset: number): Raster {
  const raster = createRaster(width, height)
  for (let at = 0; at < raster.data.length; at += 1)
    raster.data[at] = at % 4 === 3 ? 255 : (at * 37 + offset) % 256
  return raster
}

/** White on the left half, black on the right; or the same in alpha. */
function halfMask(width: number, height: number, by: 'colour' | 'alpha'): Raster {
  const raster = createRaster(width, height)
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1) {
      const isEdited = x < width / 2
      const value = by === 'colour' && isEdited ? 255 : 0
      const alpha = by === 'alpha' && isEdited ? 0 : 255
      raster.data.set([value, value, value, alpha], (y * width + x) * 4)
    }
  return raster
}

for (const by of ['colour', 'alpha'] as const) {
  test(`outside a mask by ${by} every bit is the source's, inside it the edit's`, async () => {
    const [source, edited] = [pattern(16, 8, 0), pattern(16, 8, 91)]
    const merged = mergeMasked(source, edited, await toMask(halfMask(16, 8, by), source))
    for (let y = 0; y < 8; y += 1) {
      const row = (raster: Raster, x: number) => raster.data.subarray((y * 16 + x) * 4, (y * 16 + x + 8) * 4)
      assert.deepEqual(row(merged, 0), row(edited, 0))
      assert.deepEqual(row(merged, 8), row(source, 8))
    }
  })
}

test('a mask of another size is brought to the source, and its far side still protects', async () => {
  const [source, edited] = [pattern(32, 32, 0), pattern(32, 32, 91)]
  const merged = mergeMasked(source, edited, await toMask(halfMask(64, 64, 'colour'), source))
  assert.deepEqual(merged.data.subarray(24 * 4, 32 * 4), source.data.subarray(24 * 4, 32 * 4))
})

for (const by of ['colour', 'alpha'] as const)
  test(`a mask by ${by} is drawn in every form, and at the size of the picture`, async () => {
    const mask = await toMask(halfMask(16, 8, by), { width: 8, height: 4 })
    const ends = (form: MaskForm): number[][] => {
      const { data, width, height } = drawMask(mask, form)
      assert.deepEqual([width, height], [8, 4])
      return [[...data.subarray(0, 4)], [...data.subarray(28, 32)]]
    }
    const [black, white] = [
      [0, 0, 0, 255],
      [255, 255, 255, 255],
    ]
    assert.deepEqual(ends('transparent'), [[0, 0, 0, 0], black])
    assert.deepEqual(ends('black'), [black, white])
    assert.deepEqual(ends('white'), [white, black])
    assert.deepEqual(ends('white_transparent'), [[255, 255, 255, 0], black])
  })

test('strength mixes: 0 is the source, 1 the edit, half lies between', () => {
  const [source, edited] = [pattern(4, 4, 0), pattern(4, 4, 100)]
  assert.deepEqual(mixWithSource(source, edited, 0).data, source.data)
  assert.deepEqual(mixWithSource(source, edited, 1).data, edited.data)
  const half = mixWithSource(source, edited, 0.5)
  assert.ok(Math.abs((half.data[0] ?? 0) - ((source.data[0] ?? 0) + (edited.data[0] ?? 0)) / 2) <= 1)
})

test('a crop and bars move whole pixels', () => {
  const source = pattern(6, 4, 0)
  const part = cropRaster(source, { left: 2, top: 1, width: 3, height: 2 })
  assert.deepEqual(part.data.subarray(0, 12), source.data.subarray((6 + 2) * 4, (6 + 5) * 4))
  const framed = addBars(part, { left: 1, top: 1, width: 3, height: 2 }, { width: 5, height: 4 })
  assert.deepEqual([...framed.data.subarray(0, 4)], [0, 0, 0, 255])
  assert.deepEqual(framed.data.subarray((5 + 1) * 4, (5 + 4) * 4), part.data.subarray(0, 12))
})

test('another aspect is cropped in the middle, the same aspect is not touched', async () => {
  const none = { networks: null, onProgress: () => {} }
  const cropped = await fitToSize(pattern(60, 40, 0), { width: 20, height: 20 }, none)
  assert.deepEqual(
    cropped.steps.map(({ kind }) => kind),
    ['crop', 'resize'],
  )
  assert.deepEqual([cropped.raster.width, cropped.raster.height], [20, 20])
  // 451 x 300 halved has no whole sides; that is rounding, not another aspect.
  const halved = await fitToSize(pattern(451, 300, 0), { width: 226, height: 150 }, none)
  assert.deepEqual(
    halved.steps.map(({ kind }) => kind),
    ['resize'],
  )
  const source = pattern(9, 9, 0)
  const same = await fitToSize(source, { width: 9, height: 9 }, none)
  assert.equal(same.raster, source)
  assert.deepEqual([same.steps, same.recipe], [[], []])
})

test('the format is the one asked for, else the source’s, else PNG', () => {
  const any = { format: null, quality: null }
  const opaque = { isOpaque: true }
  assert.equal(chooseFormat({ ...any, format: 'avif' }, 'jpeg', opaque), 'avif')
  assert.equal(chooseFormat(any, 'jpeg', opaque), 'jpeg')
  assert.equal(chooseFormat(any, 'jpeg', { isOpaque: false }), 'png')
  assert.equal(chooseFormat(any, 'webp', opaque), 'webp')
  for (const source of ['png', 'gif', 'tiff', 'heic', 'avif', null] as const)
    assert.equal(chooseFormat(any, source, opaque), 'png')
})

test('progress of several steps never falls', () => {
  const percents: number[] = []
  const stages = createStages(({ percent }) => void percents.push(percent))
  stages.step('a', 0, 50)(1)
  stages.step('a', 0, 50)(0.2)
  stages.step('b', 50, 100)(3)
  assert.deepEqual(percents, [50, 100])
})

test('a throttle lets four values a second through and keeps the last for the end', () => {
  const sent: number[] = []
  let now = 0
  const throttle = createThrottle<number>(
    (value) => void sent.push(value),
    () => now,
  )
  for (now = 0; now < 1000; now += 50) throttle.report(now)
  assert.deepEqual(sent, [0, 250, 500, 750])
  throttle.flush()
  throttle.flush()
  assert.deepEqual(sent, [0, 250, 500, 750, 950])
})
