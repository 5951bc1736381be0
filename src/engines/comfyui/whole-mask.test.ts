import assert from 'node:assert/strict'
import { test } from 'node:test'
import sharp from 'sharp'
import { wholeMask } from './whole-mask.ts'

for (const [width, height] of [
  [1, 1],
  [641, 479],
] as const)
  void test(`of ${width}x${height} every pixel is white and transparent`, async () => {
    const image = sharp(await wholeMask({ width, height })).ensureAlpha()
    const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
    assert.deepEqual([info.width, info.height, info.channels], [width, height, 4])
    assert.ok(data.every((value, at) => value === (at % 4 === 3 ? 0 : 255)))
  })
