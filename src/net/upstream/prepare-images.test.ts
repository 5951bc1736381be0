import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { InputImage } from '../../core/job.ts'
import { unfit } from './inputs.ts'
import type { MaskNeeds, PrepareImage } from './inputs.ts'
import { prepareImages } from './prepare-images.ts'

function image(role: InputImage['role'], blobKey: string): InputImage {
  const info = { format: 'png' as const, width: 400, height: 300, hasAlpha: false, orientation: 1 }
  return { role, blobKey, info, path: blobKey, bytes: 1, strength: null } as Partial<InputImage> as InputImage
}

const context = {
  imagePath: async () => '',
  scratchDirectory: '',
  signal: new AbortController().signal,
}
const NEEDS = { formats: ['png'] as const, maxBytes: 1 }

/** Pictures shrink to half their sides, as one does that has too many bytes. */
function setUp() {
  const masks = new Map<string, MaskNeeds>()
  const prepareImage: PrepareImage = async (input, { mask }) => {
    masks.set(input.blobKey, mask)
    return {
      input,
      path: input.blobKey,
      bytes: 1,
      format: 'png',
      size: mask?.size ?? { width: 200, height: 150 },
    }
  }
  return { masks, prepareImage }
}

void test('a mask is as large as the picture under it has become, wherever it stands', async () => {
  const images = [image('mask', 'm'), image('style', 'a'), image('source', 'b')]
  const { masks, prepareImage } = setUp()
  const needs = { ...NEEDS, mask: 'white' as const }
  const prepared = await prepareImages(images, { prepareImage, needs, context })
  assert.deepEqual(
    prepared.map(({ path }) => path),
    ['m', 'a', 'b'],
  )
  const size = { width: 200, height: 150 }
  assert.deepEqual(Object.fromEntries(masks), { a: null, b: null, m: { form: 'white', size } })
})

void test('without masks upstream, or without a picture, one is prepared like any other', async () => {
  const { masks, prepareImage } = setUp()
  await prepareImages([image('source', 'b'), image('mask', 'm')], { prepareImage, needs: NEEDS, context })
  await prepareImages([image('mask', 'n')], { prepareImage, needs: { ...NEEDS, mask: 'black' }, context })
  assert.deepEqual(Object.fromEntries(masks), { b: null, m: null, n: null })
})

void test('one that cannot be sent is told', async () => {
  const prepareImage: PrepareImage = (input) => Promise.reject(unfit(input, 'too odd'))
  const refused = prepareImages([image('source', 'b')], { prepareImage, needs: NEEDS, context })
  await assert.rejects(refused, /b: too odd/u)
})
