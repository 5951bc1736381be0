import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ImageInfo } from '../../core/job.ts'
import type { RunModel } from './model.ts'
import { imageField } from './model.ts'
import type { RequestFlags } from './request.ts'
import { buildRequest, fitRequest } from './request.ts'

const INFO: ImageInfo = {
  format: 'jpeg',
  width: 300,
  height: 200,
  orientation: 1,
  frames: 1,
  hasAlpha: false,
}

function model(fields: RunModel['fields'], more: Partial<RunModel> = {}): RunModel {
  const named = { id: 'test/model', path: 'image/test/model', operation: 'edit' }
  return { ...named, fields, required: [], hasOptions: true, ...more }
}

function flags(more: Partial<RequestFlags> = {}): RequestFlags {
  return { instruction: null, format: 'png', set: [], ...more }
}

void describe('requests from flags', () => {
  void test('fields of the model are used as they are', () => {
    const fields = { prompt: {}, scale: {}, seed: {}, output_format: {}, quality: { type: 'integer' } }
    const request = buildRequest(
      model(fields),
      flags({ instruction: 'sepia', scale: 2, seed: 7, quality: 80, format: 'jpeg' }),
    )
    assert.deepEqual(request, { prompt: 'sepia', scale: 2, seed: 7, output_format: 'jpeg', quality: 80 })
  })

  void test('what the model has no field for goes into the options of this server', () => {
    const request = buildRequest(
      model({ prompt: {}, quality: { type: 'string' } }),
      flags({ width: 64, height: 48, quality: 80 }),
    )
    assert.deepEqual(request, {
      afterimage: { size: { width: 64, height: 48 }, output_format: 'png', quality: 80 },
    })
  })

  void test('--set: JSON, text where the field is text, and options of this server', () => {
    const fields = {
      style: { type: ['string', 'null'] },
      count: { type: 'integer' },
      tags: { type: 'array' },
    }
    const set = ['style=1980', 'count=2', 'tags=["a"]', 'afterimage.on_unsupported=error']
    assert.deepEqual(buildRequest(model(fields, { hasOptions: false }), flags({ set })), {
      style: '1980',
      count: 2,
      tags: ['a'],
      afterimage: { on_unsupported: 'error' },
    })
  })

  void test('refusals say what the model has', () => {
    const cases: [model: RunModel, flags: Partial<RequestFlags>, message: RegExp][] = [
      [model({ prompt: {} }), { scale: 2 }, /test\/model has no field "scale"; it has prompt/u],
      [model({ strength: {} }), { set: ['strenght=1'] }, /did you mean "strength"/u],
      [model({ prompt: {} }, { required: ['prompt'] }), {}, /needs an instruction/u],
      [model({}), { set: ['seed'] }, /expected field=value/u],
      [model({ a: {} }), { set: ['a.b=1'] }, /give the whole value of "a" as JSON/u],
      [model({ scale: {} }), { scale: 2, width: 9 }, /either --scale or/u],
    ]
    for (const [target, more, message] of cases)
      assert.throws(() => buildRequest(target, flags(more)), { code: 'invalid_request', message })
  })

  void test('a scale that the model lacks becomes the size of each input', () => {
    const sized = model({ width: {}, height: {} })
    const request = buildRequest(sized, flags({ scale: 1.5 }))
    assert.equal(request['scale'], 1.5)
    const { scale, width, height } = fitRequest(sized, request, INFO)
    assert.deepEqual([scale, width, height], [undefined, 450, 300])
    assert.equal(fitRequest(model({ scale: {} }), { scale: 2 }, INFO)['scale'], 2)
  })

  void test('the image goes where this model wants it', () => {
    const url = 'http://x/files/1'
    assert.deepEqual(imageField(model({ image_url: {} }), url), { image_url: url })
    assert.deepEqual(imageField(model({ image_urls: {}, style_images: {} }), url), { image_urls: [url] })
    assert.deepEqual(imageField(model({ style_images: {} }), url), { style_images: [{ url, strength: 1 }] })
    const old = { image_url: { deprecated: true }, image_urls: {} }
    assert.deepEqual(imageField(model(old), url), { image_urls: [url] })
    assert.throws(() => imageField(model({ prompt: {} }), url), /takes no image/u)
  })
})
