import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateInput, inputImage } from '../../test/support/requests.ts'
import type { GenerateInput } from '../core/job.ts'
import type { Endpoint, EndpointModel } from './endpoint.ts'
import { chooseEndpoint } from './endpoint.ts'
import type { ShapeRule } from './endpoint-shape.ts'
import { writeShape } from './endpoint-shape.ts'

const RATIO: ShapeRule = {
  kind: 'ratio',
  field: 'ratio',
  values: ['1:1', '16:9'],
  classes: { field: 'class', values: ['1K', '4K'] },
}
const FACTOR: ShapeRule = { kind: 'factor', field: 'times', max: 4 }
const PIXELS: ShapeRule = {
  kind: 'pixels',
  limits: { step: 16, minSide: 64, maxSide: 1024 },
  write: (size) => ({ size }),
}
const info = { format: 'png', width: 640, height: 480, orientation: 1, frames: 1, hasAlpha: false } as const
const source = inputImage('image_url', { info })

function written(rule: ShapeRule, more: Partial<GenerateInput>): [object, string[]] {
  const { body, warnings } = writeShape(rule, generateInput({ images: [source], ...more }))
  return [body, warnings.map(({ path }) => path)]
}

void describe('the shape of a result', () => {
  void test('an open shape stays open', () => {
    for (const rule of [RATIO, FACTOR, PIXELS, { kind: 'source' } as const])
      assert.deepEqual(written(rule, {}), [{}, []])
  })

  void test('names go on as they are, or as the nearest', () => {
    assert.deepEqual(written(RATIO, { aspectRatio: '16:9', resolution: '4K' }), [
      { ratio: '16:9', class: '4K' },
      [],
    ])
    assert.deepEqual(written(RATIO, { aspectRatio: '2:1', resolution: '2K' }), [
      { ratio: '16:9', class: '1K' },
      ['aspect_ratio', 'resolution'],
    ])
    assert.deepEqual(written(RATIO, { aspectRatio: 'match' }), [{}, ['aspect_ratio']])
  })

  void test('pixels become the nearest names, and names go before pixels', () => {
    assert.deepEqual(written(RATIO, { width: 3840, height: 2160 }), [
      { ratio: '16:9', class: '4K' },
      ['width'],
    ])
    assert.deepEqual(written(RATIO, { width: 99, aspectRatio: '1:1', resolution: '1K' }), [
      { ratio: '1:1', class: '1K' },
      ['width'],
    ])
  })

  void test('pixels fit the limits; names become pixels', () => {
    assert.deepEqual(written(PIXELS, { width: 512, height: 512 }), [
      { size: { width: 512, height: 512 } },
      [],
    ])
    assert.deepEqual(written(PIXELS, { width: 2000, height: 2000, aspectRatio: '1:1' }), [
      { size: { width: 1024, height: 1024 } },
      ['width', 'aspect_ratio'],
    ])
    assert.deepEqual(written(PIXELS, { aspectRatio: '1:1' })[0], { size: { width: 1024, height: 1024 } })
  })

  void test('a factor comes from the request or from the size, within its limit', () => {
    assert.deepEqual(written(FACTOR, { scale: 2 }), [{ times: 2 }, []])
    assert.deepEqual(written(FACTOR, { width: 1280, height: 960 }), [{ times: 2 }, []])
    assert.deepEqual(written(FACTOR, { scale: 8 }), [{ times: 4 }, ['image_scaling_factor']])
    assert.deepEqual(written(FACTOR, { width: 1280, height: 1280 }), [{ times: 2.667 }, ['width']])
    assert.deepEqual(written(FACTOR, { fields: { upscaling_activated: true } }), [
      {},
      ['upscaling_activated'],
    ])
  })
})

void test('a request goes to the first endpoint that its images fill', () => {
  const rest = { shape: { kind: 'source' }, fields: {} } as const
  const slot = { field: 'image', isList: false, max: 1 }
  const edit: Endpoint = { ...rest, path: 'edit', images: [{ ...slot, roles: [['source'], ['style']] }] }
  const plain: Endpoint = {
    ...rest,
    path: 'plain',
    images: [{ ...slot, isOptional: true, roles: [['character']] }],
  }
  const model: EndpointModel = { endpoints: [edit, plain], imageFields: [], operations: ['edit'] }
  const image = { input: source, path: '/x', bytes: 1, format: 'png', size: info } as const
  assert.equal(chooseEndpoint(model, [image]).path, 'edit')
  assert.equal(chooseEndpoint(model, []).path, 'plain')
  assert.throws(() => chooseEndpoint({ ...model, endpoints: [edit] }, []), TypeError)
})
