import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { GenerateInput, ImageRole, InputImage } from '../core/job.ts'
import type { Field, Model } from './index.ts'
import { COMPUTE_UNIT_USD, createCatalogue, isImageField } from './index.ts'
import { modelUnavailable } from './retirement.ts'

const catalogue = createCatalogue()

function model(id: string): Model {
  const found = catalogue.findModel(id)
  assert.ok(found !== null, id)
  return found
}

function field(id: string, name: string): Field {
  const found = model(id).fields.find((candidate) => candidate.name === name)
  assert.ok(found !== undefined, `${id} ${name}`)
  return found
}

function image(role: ImageRole): InputImage {
  const info = { format: 'png', width: 1, height: 1, orientation: 1, frames: 1, hasAlpha: false } as const
  return { role, path: 'x', blobKey: 'k', sha256: '', bytes: 1, info, strength: null, tag: null }
}

function input(members: Partial<GenerateInput>): GenerateInput {
  return {
    model: 'x/y',
    operation: 'edit',
    prompt: null,
    images: [],
    width: null,
    height: null,
    aspectRatio: null,
    resolution: null,
    scale: null,
    seed: 1,
    isSeedGiven: false,
    strength: null,
    creativity: null,
    style: null,
    count: 1,
    fields: {},
    options: {
      onUnsupported: 'warn',
      outputFormat: null,
      quality: null,
      size: null,
      isPreciseEdit: false,
      retentionSeconds: null,
      isStored: true,
    },
    ...members,
  }
}

/** Paths after /generate/ of everything that can be called. Own list, so that none can get lost. */
const PATHS = [
  'image/afterimage/edit',
  'enhance/afterimage/upscale',
  'image/bfl/flux-1-dev',
  'image/bfl/flux-1-kontext-dev',
  'image/bfl/flux-1.1-pro',
  'image/bfl/flux-1.1-pro-ultra',
  'image/bfl/flux-kontext-pro',
  'image/bfl/flux-kontext-max',
  'image/bfl/flux-2-pro',
  'image/bfl/flux-2-max',
  'image/bfl/flux-2-flex',
  'image/bfl/flux-2-klein-9b',
  'image/bfl/flux-2-klein-4b',
  'image/bytedance/seedream-4.5',
  'image/runway/gen-4-image-turbo',
  'image/bytedance/seedream-4',
  'image/bytedance/seedream-5-lite',
  'image/bytedance/seedream-5-pro',
  'image/bytedance/seededit',
  'image/google/nano-banana-pro',
  'image/google/nano-banana-2',
  'image/google/nano-banana',
  'image/google/nano-banana-flash-lite',
  'image/google/imagen-3',
  'image/google/imagen-4',
  'image/google/imagen-4-fast',
  'image/google/imagen-4-ultra',
  'image/ideogram/ideogram-3',
  'image/ideogram/ideogram-2-turbo',
  'image/ideogram/ideogram-3-edit',
  'image/ideogram/ideogram-3-reframe',
  'image/ideogram/ideogram-3-replace-background',
  'image/ideogram/ideogram-4.5-edit',
  'image/ideogram/ideogram-4.5-remix',
  'image/krea/krea-2/large',
  'image/krea/krea-2/medium',
  'image/krea/krea-2/medium-turbo',
  'enhance/krea/enhance',
  'enhance/krea/legacy-enhance',
  'image/luma/uni-1',
  'image/luma/uni-1-edit',
  'image/meta/muse-image',
  'image/openai/gpt-image',
  'image/openai/gpt-image-2',
  'image/openai/gpt-image-2.5-flare',
  'image/openai/gpt-image-2.5-sunburst',
  'image/openai/gpt-image-2.6-flare',
  'image/openai/gpt-image-2.6-sunburst',
  'image/qwen/2512',
  'image/qwen/qwen-image-edit-plus',
  'image/qwen/qwen-image-edit-max',
  'image/qwen/qwen-image-3.0',
  'image/qwen/qwen-image-3.0-pro',
  'image/qwen/qwen-image-2.1-pro',
  'image/qwen/qwen-image-2.0-pro',
  'image/runway/gen-4-image',
  'enhance/topaz/standard-enhance',
  'enhance/topaz/generative-enhance',
  'enhance/topaz/bloom-enhance',
  'enhance/topaz/bloom-2-enhance',
  'enhance/topaz/wonder-35-enhance',
  'image/xai/grok-imagine-2',
  'image/xai/grok-imagine-2-edit',
  'image/z-image/z-image',
]

void describe('the list', () => {
  void test('holds every model at its path, and is found by path and by id', () => {
    const paths = catalogue.list().map(({ path }) => path.slice('/generate/'.length))
    assert.deepEqual(paths.toSorted(), PATHS.toSorted())
    for (const listed of catalogue.list()) {
      assert.equal(catalogue.findByPath(listed.path), listed)
      assert.equal(catalogue.find(listed.id), listed)
    }
    assert.equal(catalogue.findModel('google/nano-banana-pro-9'), null)
    assert.equal(catalogue.findByPath('/generate/enhance/google/nano-banana-pro'), null)
    assert.equal(catalogue.findModel('constructor'), null)
  })

  void test('a withdrawn model is found, but not listed', () => {
    const { retirement } = model('bytedance/seedream-3')
    assert.ok(retirement !== null)
    assert.ok(!catalogue.list().some(({ id }) => id === 'bytedance/seedream-3'))
    const error = modelUnavailable('bytedance/seedream-3', retirement)
    assert.equal(error.status, 410)
    assert.deepEqual(error.extra, {
      error: 'model_unavailable',
      reason: 'deprecated',
      sunset_date: '2026-05-13',
      replacement: 'bytedance/seedream-5-lite',
    })
    assert.ok(catalogue.findModel(retirement.replacement ?? '') !== null)
  })

  for (const listed of catalogue.list())
    void test(`${listed.id} is consistent`, () => {
      const names = listed.fields.map(({ name }) => name)
      assert.equal(new Set(names).size, names.length, 'no field twice')
      for (const name of names) assert.match(name, /^[a-z][a-z0-9_]*$/u)
      for (const { from, to } of listed.aliases) {
        assert.ok(names.includes(to), `${from} leads to a field`)
        assert.ok(!names.includes(from), `${from} is no field`)
      }
      for (const { name, description, ...rest } of listed.fields) {
        assert.ok(description.length > 5, name)
        if ('values' in rest && rest.default !== undefined) assert.ok(rest.values.includes(rest.default))
        if ('min' in rest && rest.min !== null && rest.max !== null) assert.ok(rest.min < rest.max, name)
      }
      assert.equal(listed.engines.at(-1), listed.isOwn ? 'afterimage/local' : 'afterimage/draft')
      assert.equal(listed.keyVariables.length > 0, !listed.isOwn)
    })
})

void describe('fields', () => {
  void test('names, limits and required fields of four models', () => {
    const table: Record<string, readonly string[]> = {
      'google/nano-banana-pro': [
        'prompt*',
        'image_urls',
        'width',
        'height',
        'aspect_ratio',
        'resolution',
        'style_images',
      ],
      'bfl/flux-1-kontext-dev': [
        'prompt*',
        'width',
        'height',
        'strength',
        'seed',
        'steps',
        'guidance_scale_flux',
        'guidance_scale',
        'image_url',
        'style_images',
      ],
      'bytedance/seedream-4': ['prompt*', 'width*', 'height*', 'seed', 'style_images'],
      'openai/gpt-image-2': [
        'prompt*',
        'image_urls',
        'width',
        'height',
        'quality',
        'aspect_ratio',
        'resolution',
        'style_images',
      ],
    }
    for (const [id, expected] of Object.entries(table))
      assert.deepEqual(
        model(id).fields.map(({ name, required }) => (required === true ? `${name}*` : name)),
        expected,
      )
  })

  void test('ranges are the union of both published lists', () => {
    const width = field('bfl/flux-1-kontext-dev', 'width')
    assert.ok(width.kind === 'number' && width.min === 512 && width.max === 8192)
    const topaz = field('topaz/standard-enhance', 'height')
    assert.ok(topaz.kind === 'number' && topaz.min === 1 && topaz.max === 32_000)
    const references = field('runway/gen-4-image', 'reference_images')
    assert.ok(isImageField(references) && references.kind === 'tagged_images' && references.maxItems === 3)
  })

  void test('a field that only one list requires is not required', () => {
    assert.equal(field('openai/gpt-image-2', 'width').required, false)
    assert.equal(field('topaz/bloom-enhance', 'model').required, false)
    assert.equal(field('topaz/standard-enhance', 'model').required, true)
    assert.equal(field('z-image/z-image', 'aspect_ratio').required, 'strict')
  })
})

void describe('engines', () => {
  void test('vendor, marketplaces, then the draft; the keys in the same order', () => {
    const { engines, keyVariables } = model('google/nano-banana-pro')
    assert.deepEqual(engines, ['google', 'fal', 'replicate', 'krea', 'afterimage/draft'])
    assert.deepEqual(keyVariables, [
      'GEMINI_API_KEY',
      'FAL_KEY',
      'REPLICATE_API_TOKEN',
      'AFTERIMAGE_KREA_API_KEY',
    ])
  })
})

void describe('price', () => {
  void test('by resolution, with the default where none is given, times the number of results', () => {
    const { price } = model('google/nano-banana-pro')
    assert.deepEqual(price(input({})), { microUsd: 150_000, basis: 'list_price', computeUnits: 60.1 })
    assert.equal(price(input({ fields: { resolution: '4K' }, count: 3 })).microUsd, 900_000)
  })

  void test('by compute units where no dollars are published', () => {
    const { microUsd, computeUnits } = model('runway/gen-4-image').price(input({}))
    assert.equal(microUsd, Math.round(44 * COMPUTE_UNIT_USD * 1e6))
    assert.equal(computeUnits, 44)
  })

  void test('by mode and number of pictures; a mask is no picture', () => {
    const { price } = model('luma/uni-1')
    assert.equal(price(input({})).computeUnits, 23.1)
    assert.equal(price(input({ images: [image('source'), image('mask')] })).computeUnits, 24.9)
    assert.equal(price(input({ images: [image('source')], fields: { mode: 'max' } })).computeUnits, 59)
  })

  void test('by kind of picture', () => {
    const { price } = model('ideogram/ideogram-3')
    assert.equal(price(input({ images: [image('style')] })).microUsd, 63_000)
    assert.equal(price(input({ images: [image('character')] })).microUsd, 157_500)
  })

  void test('unknown is null, and our own models cost nothing', () => {
    for (const id of ['openai/gpt-image-2.5-flare', 'topaz/standard-enhance', 'bytedance/seedream-5-pro'])
      assert.deepEqual(model(id).price(input({})), { microUsd: null, basis: 'unknown', computeUnits: null })
    const references = [image('style_reference')]
    assert.equal(model('krea/krea-2/large').price(input({ images: references })).microUsd, null)
    assert.equal(model('krea/krea-2/large').price(input({})).microUsd, 60_000)
    assert.deepEqual(model('afterimage/edit').price(input({ count: 4 })), {
      microUsd: 0,
      basis: 'local',
      computeUnits: 0,
    })
  })
})

void test('each model knows the field for its picture', () => {
  const fields = {
    'google/nano-banana-pro': 'image_urls',
    'bytedance/seedream-4': 'style_images',
    'krea/enhance': 'image_url',
    'runway/gen-4-image': 'reference_images',
    'google/imagen-4-ultra': null,
  }
  for (const [id, name] of Object.entries(fields)) assert.equal(model(id).pictureField, name, id)
})
