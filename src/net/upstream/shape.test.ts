import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateInput, inputImage } from '../../../test/support/requests.ts'
import { nearestRatio, wantedSize } from './shape.ts'

void test('the size comes from the most exact field', () => {
  const size = { width: 10, height: 20 }
  const options = { ...generateInput().options, size }
  assert.deepEqual(wantedSize(generateInput({ options, width: 5, height: 5 })), {
    ...size,
    path: 'afterimage.size',
  })
  assert.deepEqual(wantedSize(generateInput({ width: 5, height: 6 })), { width: 5, height: 6, path: 'width' })
  assert.equal(wantedSize(generateInput({ aspectRatio: '16:9' })), null)
})

void test('one side is completed with the aspect of the first source, never of the mask', () => {
  const images = [
    inputImage('afterimage.mask_url', { role: 'mask' }),
    inputImage('image_urls[0]', {
      info: { format: 'png', width: 400, height: 100, orientation: 1, frames: 1, hasAlpha: false },
    }),
  ]
  assert.deepEqual(wantedSize(generateInput({ images, width: 800 })), {
    width: 800,
    height: 200,
    path: 'width',
  })
  assert.deepEqual(wantedSize(generateInput({ height: 300 })), { width: 300, height: 300, path: 'height' })
})

void test('ratios are near by quotient', () => {
  const names = ['1:1', '16:9', '9:16', '4:1']
  assert.equal(nearestRatio(1.3, names), '1:1')
  assert.equal(nearestRatio(1.5, names), '16:9')
  assert.equal(nearestRatio(1 / 1.5, names), '9:16')
  assert.equal(nearestRatio(100, names), '4:1')
})
