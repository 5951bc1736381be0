/** Reading requests: the plain case in all modes, the rules of tolerance, what is normalised. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCatalogue } from '../catalogue/index.ts'
import { AfterimageError } from '../core/errors.ts'
import type { ParsedGenerate } from './parse.ts'
import { parseGenerate } from './parse.ts'
import type { CompatMode } from './types.ts'

const catalogue = createCatalogue()
const MODES = ['strict', 'aliases', 'lenient'] as const

function parse(id: string, body: unknown, mode: CompatMode = 'aliases'): ParsedGenerate {
  const model = catalogue.findModel(id)
  assert.ok(model !== null, id)
  return parseGenerate({ model, body, mode, newSeed: () => 77 })
}

/** Issues as `path code`. */
function refusals(id: string, body: unknown, mode: CompatMode = 'aliases'): string[] {
  try {
    parse(id, body, mode)
  } catch (error) {
    assert.ok(error instanceof AfterimageError && error.code === 'invalid_request')
    return error.issues.map(({ path, code }) => `${path} ${code}`)
  }
  return []
}

const sourcesOf = ({ sources }: ParsedGenerate): string[] =>
  sources.map(({ role, path, value }) => `${role} ${path} ${value}`)

void describe('a plain request', () => {
  for (const mode of MODES)
    void test(`is the same in ${mode} mode and needs no rule`, () => {
      const body = {
        prompt: 'make it night',
        image_urls: ['https://a.example/1.png', 'data:image/png;base64,AA'],
      }
      const parsed = parse(
        'google/nano-banana-pro',
        { ...body, resolution: '2K', aspect_ratio: '16:9' },
        mode,
      )
      assert.deepEqual(sourcesOf(parsed), [
        'source image_urls[0] https://a.example/1.png',
        'source image_urls[1] data:image/png;base64,AA',
      ])
      assert.deepEqual(parsed.applied, [])
      assert.deepEqual(parsed.warnings, [])
      const { fields, ...input } = parsed.input
      assert.deepEqual(fields, { prompt: 'make it night', resolution: '2K', aspect_ratio: '16:9' })
      assert.equal(input.operation, 'edit')
      assert.equal(input.prompt, 'make it night')
      assert.equal(input.resolution, '2K')
      assert.equal(input.aspectRatio, '16:9')
      assert.equal(input.seed, 77)
      assert.equal(input.isSeedGiven, false)
      assert.equal(input.count, 1)
    })

  void test('gives the same result twice', () => {
    const body = { prompt: 'abc', imageUrls: ['x'] }
    assert.deepEqual(parse('google/nano-banana-pro', body), parse('google/nano-banana-pro', body))
  })

  void test('without a picture it generates; the models for enlarging need one', () => {
    assert.equal(parse('google/nano-banana', { prompt: 'a red cube' }).input.operation, 'generate')
    assert.deepEqual(refusals('afterimage/upscale', {}), ['image_url required'])
    assert.equal(parse('afterimage/upscale', { image_url: 'x' }).input.operation, 'upscale')
    const topaz = { image_url: 'x', width: 10, height: 10, model: 'CGI' }
    assert.equal(parse('topaz/standard-enhance', topaz).input.operation, 'enhance')
  })

  void test('of a withdrawn model is 410, whatever it holds', () => {
    for (const body of [{}, null, { prompt: 'x' }])
      assert.throws(() => parse('bytedance/seedream-3', body), { code: 'model_unavailable' })
  })
})

void describe('names and shapes that clients send', () => {
  const kontext = 'bfl/flux-1-kontext-dev'
  const dev = 'bfl/flux-1-dev'
  /** [model, body, sources, rules] */
  const cases: [string, Record<string, unknown>, string[], string[]][] = [
    ['google/nano-banana', { imageUrls: ['a'] }, ['source image_urls[0] a'], ['imageUrls->image_urls']],
    [
      'google/nano-banana',
      { image_url: 'a' },
      ['source image_urls[0] a'],
      ['image_url->image_urls', 'image_urls=list'],
    ],
    [kontext, { imageUrl: 'a' }, ['source image_url a'], ['imageUrl->image_url']],
    [kontext, { imageUrls: ['a'] }, ['source image_url a'], ['imageUrls->image_url', 'image_url=single']],
    [kontext, { image_urls: ['a'] }, ['source image_url a'], ['image_urls->image_url', 'image_url=single']],
    [
      kontext,
      { referenceImages: ['a'] },
      ['source image_url a'],
      ['referenceImages->image_url', 'image_url=single'],
    ],
    [kontext, { imageUrls: [] }, [], ['imageUrls->image_url']],
    [
      kontext,
      { styleImages: ['a'] },
      ['style style_images[0].url a'],
      ['styleImages->style_images', 'style_images=objects'],
    ],
    [
      dev,
      { style_images: ['a', { url: 'b', strength: 0.5 }, { url: 'c' }] },
      ['style style_images[0].url a', 'style style_images[1].url b', 'style style_images[2].url c'],
      ['style_images=objects'],
    ],
    [
      dev,
      { imageStyleRefs: [{ url: 'a', strength: 1 }] },
      ['style_reference image_style_references[0].url a'],
      ['imageStyleRefs->image_style_references'],
    ],
    [
      'bytedance/seedream-5-lite',
      { image_urls: ['a', 'b'], width: 9, height: 9 },
      ['source style_images[0].url a', 'source style_images[1].url b'],
      ['image_urls->style_images', 'style_images=objects'],
    ],
    [
      'ideogram/ideogram-3',
      { imageUrls: ['a'], characterReferenceImages: ['b'] },
      ['style style_images[0].url a', 'character character_reference_images[0] b'],
      [
        'imageUrls->style_images',
        'style_images=objects',
        'characterReferenceImages->character_reference_images',
      ],
    ],
    [
      'runway/gen-4-image',
      { image_urls: ['a', 'b'] },
      ['reference reference_images[0].url a', 'reference reference_images[1].url b'],
      ['image_urls->reference_images', 'reference_images=objects'],
    ],
    [
      'afterimage/edit',
      { image_urls: ['a'] },
      ['source image_url a'],
      ['image_urls->image_url', 'image_url=single'],
    ],
  ]
  for (const [id, body, sources, rules] of cases)
    void test(`${id} takes ${Object.keys(body).join(', ')}`, () => {
      const parsed = parse(id, { prompt: 'hello there', ...body })
      assert.deepEqual(sourcesOf(parsed), sources)
      assert.deepEqual(parsed.applied, rules)
      for (const rule of parsed.applied) assert.match(rule, /^[\x21-\x7e]+$/u)
      assert.notEqual(
        refusals(id, { prompt: 'hello there', ...body }, 'strict').length,
        0,
        'strict refuses it',
      )
    })

  void test('a picture without weight counts fully, one with weight keeps it', () => {
    const { sources } = parse(dev, { prompt: 'x', style_images: ['a', { url: 'b', strength: -0.5 }] })
    assert.deepEqual(
      sources.map(({ strength }) => strength),
      [1, -0.5],
    )
  })

  void test('tags are given past those that are taken', () => {
    const images = ['a', { url: 'b', tag: 'image1' }, { url: 'c' }]
    const { sources } = parse('runway/gen-4-image', { prompt: 'x', reference_images: images })
    assert.deepEqual(
      sources.map(({ tag }) => tag),
      ['image2', 'image1', 'image3'],
    )
  })

  void test('styles may be plain ids', () => {
    const styles = [
      { id: 's1', strength: 1 },
      { id: 's2', strength: 0.3 },
    ]
    const given = ['s1', { id: 's2', strength: 0.3 }]
    assert.deepEqual(parse(dev, { prompt: 'x', styles: given }).input.fields['styles'], styles)
    assert.deepEqual(
      parse(dev, { prompt: 'x', presetStyles: 's1' }).input.fields['styles'],
      styles.slice(0, 1),
    )
  })

  void test('batchSize 1 asks for nothing, up to 4 for that many results', () => {
    const one = parse(dev, { prompt: 'x', batchSize: 1 })
    assert.equal(one.input.count, 1)
    assert.deepEqual(one.input.fields, { prompt: 'x' })
    assert.deepEqual(one.applied, ['batchSize->count'])
    const three = parse(dev, { prompt: 'x', batch_size: 3 })
    assert.equal(three.input.count, 3)
    assert.equal(three.input.fields['count'], 3)
    assert.deepEqual(refusals(dev, { prompt: 'x', batch_size: 5 }), ['batch_size too_big'])
    assert.equal(parse('afterimage/edit', { prompt: 'x', image_url: 'a', batchSize: 2 }).input.count, 2)
  })

  void test('both names of the guidance scale are one field, in every mode', () => {
    for (const mode of MODES)
      for (const name of ['guidance_scale', 'guidance_scale_flux'])
        assert.equal(parse(kontext, { prompt: 'x', [name]: 4 }, mode).input.fields['guidance_scale_flux'], 4)
    assert.deepEqual(refusals(kontext, { prompt: 'x', guidance_scale: 4, guidance_scale_flux: 5 }), [
      'guidance_scale_flux conflict',
    ])
  })

  void test('nulls say nothing, in strict mode only where the document has them', () => {
    const body = { prompt: 'x y', image_url: null, seed: null }
    assert.deepEqual(parse(kontext, body).applied, ['seed=null-dropped'])
    assert.deepEqual(refusals(kontext, body, 'strict'), ['seed invalid_type'])
    assert.deepEqual(parse('luma/uni-1', { prompt: 'x', output_format: null }, 'strict').input.fields, {
      prompt: 'x',
    })
    assert.deepEqual(refusals(kontext, { prompt: null }), ['prompt required'])
  })

  void test('both names with one value are one field, with two values a conflict', () => {
    const same = { prompt: 'x y z', image_urls: ['a'], imageUrls: ['a'] }
    assert.equal(parse('google/nano-banana', same).sources.length, 1)
    assert.deepEqual(refusals('google/nano-banana', { ...same, imageUrls: ['b'] }), ['imageUrls conflict'])
    assert.deepEqual(refusals(kontext, { prompt: 'x', image_url: 'a', image_urls: ['b'] }), [
      'image_urls conflict',
    ])
  })

  void test('z-image needs its two sizes in strict mode only', () => {
    const body = { prompt: 'hi', image_url: 'a' }
    assert.deepEqual(parse('z-image/z-image', body).applied, ['aspect_ratio=optional', 'resolution=optional'])
    assert.deepEqual(refusals('z-image/z-image', body, 'strict'), [
      'aspect_ratio required',
      'resolution required',
    ])
  })
})

void describe('lenient mode', () => {
  void test('drops what it does not know, with a warning and without repeating the name in a header', () => {
    const body = { prompt: 'x y z', 'evil\r\nname': 1, negative_prompt: 'blur' }
    const { warnings, applied, input } = parse('google/nano-banana', body, 'lenient')
    assert.deepEqual(
      warnings.map(({ code, path }) => `${code} ${path}`),
      ['unknown_field evil\r\nname', 'unknown_field negative_prompt'],
    )
    assert.deepEqual(applied, ['unknown-fields-dropped'])
    assert.deepEqual(input.fields, { prompt: 'x y z' })
    assert.deepEqual(refusals('google/nano-banana', { prompt: 'x', negative_prompt: 'blur' }), [
      'negative_prompt unrecognized_key',
    ])
  })

  void test('reads numbers from text; the other modes do not', () => {
    const body = { prompt: 'x', width: '1024', steps: ' 20 ' }
    const parsed = parse('bfl/flux-1-dev', body, 'lenient')
    assert.equal(parsed.input.width, 1024)
    assert.deepEqual(parsed.applied, ['width=number', 'steps=number'])
    assert.deepEqual(refusals('bfl/flux-1-dev', body), ['width invalid_type', 'steps invalid_type'])
    for (const width of ['', '0x10', 'Infinity', '1e999', '12px'])
      assert.equal(refusals('bfl/flux-1-dev', { prompt: 'x', width }, 'lenient').length, 1, width)
  })
})

void describe('members that mean the same everywhere', () => {
  void test('any number is a seed of 32 bits', () => {
    const seeds: [number, number][] = [
      [3_317_551_338, 3_317_551_338],
      [-1, 4_294_967_295],
      [1.9, 1],
      [4_294_967_296, 0],
    ]
    for (const [given, kept] of seeds) {
      const { input } = parse('bfl/flux-1-dev', { prompt: 'x', seed: given })
      assert.deepEqual([input.seed, input.isSeedGiven, input.fields['seed']], [kept, true, kept])
    }
    assert.deepEqual(refusals('bfl/flux-1-dev', JSON.parse('{"prompt":"x","seed":1e999}')), [
      'seed invalid_type',
    ])
  })

  void test('creativity is 0 to 1, however the model counts', () => {
    const topaz = { image_url: 'x', width: 8, height: 8 }
    const of = (id: string, body: object): number | null => parse(id, body).input.creativity
    assert.equal(of('topaz/generative-enhance', { ...topaz, creativity: 6 }), 1)
    assert.equal(of('topaz/bloom-enhance', { ...topaz, creativity: 5 }), 0.5)
    assert.equal(of('afterimage/upscale', { image_url: 'x', creativity: 0.25 }), 0.25)
    const krea = { prompt: 'x', aspect_ratio: '1:1', resolution: '1K' }
    assert.equal(of('krea/krea-2/large', { ...krea, creativity: 'raw' }), 0)
    assert.equal(of('krea/krea-2/large', krea), null)
  })

  void test('the scaling factor counts when it is switched on', () => {
    const topaz = { image_url: 'x', width: 8, height: 8, model: 'CGI', image_scaling_factor: 4 }
    assert.equal(parse('topaz/standard-enhance', topaz).input.scale, null)
    assert.equal(parse('topaz/standard-enhance', { ...topaz, upscaling_activated: true }).input.scale, 4)
    assert.equal(parse('krea/enhance', { image_url: 'x', image_scaling_factor: 2 }).input.scale, 2)
    assert.equal(parse('afterimage/upscale', { image_url: 'x', scale: 3 }).input.scale, 3)
  })

  void test('strength is told when it leaves its range', () => {
    const { input, warnings } = parse('bfl/flux-1-dev', { prompt: 'x', strength: 1.5 })
    assert.equal(input.strength, 1)
    assert.deepEqual(
      warnings.map(({ code, path }) => `${code} ${path}`),
      ['clamped_value strength'],
    )
    const body = { prompt: 'x', aspect_ratio: '1:1', resolution: '1K', denoising_strength: 0.4 }
    assert.equal(parse('z-image/z-image', body).input.strength, 0.4)
  })

  void test('sizes are whole pixels', () => {
    const { input } = parse('bytedance/seedream-4', { prompt: 'x', width: 1000.6, height: 4096 })
    assert.deepEqual([input.width, input.height], [1001, 4096])
  })
})

void describe('the afterimage object', () => {
  const body = { prompt: 'x y z', image_urls: ['a'] }
  void test('brings a mask and options', () => {
    const afterimage = {
      mask_url: 'm',
      precise_edit: true,
      size: '640x480',
      output_format: 'jpg',
      quality: 80,
      on_unsupported: 'error',
      retention: 3600,
      no_store: true,
      previews: true,
      parent_job_id: '0B6FF1B3-6f3c-4c6e-9d0e-1f8a6f1d2c3b',
    }
    const parsed = parse('google/nano-banana', { ...body, afterimage })
    assert.deepEqual(sourcesOf(parsed), ['source image_urls[0] a', 'mask afterimage.mask_url m'])
    assert.deepEqual(parsed.input.options, {
      onUnsupported: 'error',
      outputFormat: 'jpeg',
      quality: 80,
      size: { width: 640, height: 480 },
      isPreciseEdit: true,
      retentionSeconds: 3600,
      isStored: false,
      arePreviewsWanted: true,
    })
    assert.equal(parsed.parentJobId, '0b6ff1b3-6f3c-4c6e-9d0e-1f8a6f1d2c3b')
    assert.deepEqual(parsed.applied, [])
  })

  void test('has defaults, and takes a size as an object', () => {
    const { options } = parse('google/nano-banana', {
      ...body,
      afterimage: { size: { width: 1, height: 2 } },
    }).input
    assert.deepEqual(options.size, { width: 1, height: 2 })
    assert.equal(options.onUnsupported, 'warn')
    assert.equal(options.isStored, true)
  })

  void test('is refused in strict mode, and each wrong member elsewhere', () => {
    assert.deepEqual(refusals('google/nano-banana', { ...body, afterimage: {} }, 'strict'), [
      'afterimage unrecognized_key',
    ])
    assert.deepEqual(refusals('google/nano-banana', { ...body, afterimage: 'x' }), [
      'afterimage invalid_type',
    ])
    const afterimage = {
      mask: 'm',
      size: '0x480',
      quality: 101,
      on_unsupported: 'ignore',
      retention: 1,
      no_store: 1,
      parent_job_id: 'yesterday’s',
    }
    assert.deepEqual(refusals('google/nano-banana', { ...body, afterimage }).toSorted(), [
      'afterimage.mask unrecognized_key',
      'afterimage.no_store invalid_type',
      'afterimage.on_unsupported invalid_value',
      'afterimage.parent_job_id invalid_type',
      'afterimage.quality too_big',
      'afterimage.retention too_small',
      'afterimage.size invalid_value',
    ])
  })

  void test('a mask needs a picture', () => {
    assert.deepEqual(refusals('google/nano-banana', { prompt: 'x', afterimage: { mask_url: 'm' } }), [
      'afterimage.mask_url invalid_value',
    ])
  })
})
