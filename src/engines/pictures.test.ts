import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inputImage } from '../../test/support/requests.ts'
import { sourcesFirst, weightWarnings, withoutMask } from './pictures.ts'

const images = [
  { input: inputImage('style_images[0].url', { role: 'style', strength: 0.8 }) },
  { input: inputImage('afterimage.mask_url', { role: 'mask' }) },
  { input: inputImage('image_urls[0]') },
  { input: inputImage('style_images[1].url', { role: 'style', strength: 1 }) },
]
const pathsOf = (list: readonly (typeof images)[number][]): string[] => list.map(({ input }) => input.path)

void test('sources first, the rest as given, no mask', () => {
  assert.deepEqual(pathsOf(sourcesFirst(images)), [
    'image_urls[0]',
    'style_images[0].url',
    'style_images[1].url',
  ])
  assert.deepEqual(pathsOf(withoutMask(images)), [
    'style_images[0].url',
    'image_urls[0]',
    'style_images[1].url',
  ])
  assert.deepEqual(sourcesFirst([]), [])
})

void test('only a weight that differs from the plain one is told', () => {
  const [warning, ...others] = weightWarnings(images, 'Vendor')
  assert.deepEqual(
    [warning?.code, warning?.path, others.length],
    ['unsupported_field', 'style_images[0].strength', 0],
  )
  assert.match(warning?.message ?? '', /Vendor gives all images the same weight/u)
})
