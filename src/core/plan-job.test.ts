import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { catalogueModel, generateInput, inputImage, offer } from '../../test/support/requests.ts'
import { planJob } from './plan-job.ts'
import type { PlanRequest } from './plan-job.ts'

const draft = offer('afterimage/draft')

function plan(more: Partial<PlanRequest> = {}): ReturnType<typeof planJob> {
  return planJob({
    model: catalogueModel(),
    input: generateInput(),
    offers: [draft],
    isDraftEnabled: true,
    engine: null,
    ...more,
  })
}

void describe('planJob: routing', () => {
  void test("the model's order decides, not the server's", () => {
    assert.equal(plan({ offers: [draft, offer('market'), offer('vendor')] }).engine, 'vendor')
  })

  void test('a draft runs only where no other engine is configured for the model', () => {
    assert.equal(plan().engine, 'afterimage/draft')
    assert.equal(plan({ offers: [draft, offer('market')] }).engine, 'market')
    const elsewhere = offer('market', { capabilities: () => null })
    assert.equal(plan({ offers: [draft, elsewhere] }).engine, 'afterimage/draft')
  })

  void test('a picture that the only engine needs, and that was not given, is asked for at once', () => {
    const workflow = offer('vendor', { can: { operations: ['edit'] } })
    const input = generateInput({ operation: 'generate', images: [] })
    for (const isDraftEnabled of [true, false])
      assert.throws(() => plan({ offers: [draft, workflow], input, isDraftEnabled }), {
        code: 'invalid_request',
        message:
          /^image_url: test\/model runs on vendor here, which needs a picture to work on; found none\. Send/u,
      })
    assert.equal(
      plan({ offers: [draft, workflow, offer('market', { can: { operations: ['generate'] } })], input })
        .engine,
      'market',
    )
    const drafting = offer('afterimage/draft', { can: { operations: ['generate'] } })
    assert.equal(plan({ offers: [drafting], input }).engine, 'afterimage/draft', 'nothing else is there')
  })

  void test('without draft mode the job leads to the engine that says what to set', () => {
    const planned = plan({ isDraftEnabled: false })
    assert.deepEqual([planned.engine, planned.queue], ['none', 'none'])
    assert.equal(planned.estimate.microUsd, null, 'unknown is never free')
  })

  void test('an engine that cannot do the operation is passed over', () => {
    const texts = offer('vendor', { can: { operations: ['generate'] } })
    assert.equal(plan({ offers: [texts, offer('market'), draft] }).engine, 'market')
  })

  void test('an engine that was asked for is taken, or refused with the ones that can', () => {
    const offers = [draft, offer('vendor'), offer('market')]
    assert.equal(plan({ offers, engine: 'market' }).engine, 'market')
    assert.throws(() => plan({ offers, engine: 'nobody' }), {
      code: 'invalid_request',
      message: /"nobody" cannot run test\/model.*vendor, market, afterimage\/draft/u,
    })
    assert.throws(() => plan({ engine: 'vendor', isDraftEnabled: false }), /none is configured/u)
  })

  void test("the engine's own estimate comes before the list price", () => {
    const free = { microUsd: 0, basis: 'local' as const, computeUnits: 0 }
    assert.equal(plan({ offers: [offer('vendor')] }).estimate.microUsd, 1234)
    assert.deepEqual(plan({ offers: [offer('vendor', { estimate: () => free })] }).estimate, free)
  })

  void test('too many images are refused, naming the first one too many', () => {
    const images = [0, 1, 2].map((index) => inputImage(`image_urls[${index}]`))
    assert.throws(() => plan({ input: generateInput({ images }) }), {
      code: 'invalid_request',
      message: /^image_urls\[2\]: .*at most 2 images, found 3/u,
    })
  })
})

void describe('planJob: every field is accounted for', () => {
  const fields = { prompt: 'x', steps: 20, face_enhancement: false, toString: 'x', quality: 'high' }
  const images = [
    inputImage('image_urls[0]'),
    inputImage('style_images[0].url'),
    inputImage('style_images[1].url'),
  ]
  const options = {
    ...generateInput().options,
    size: { width: 1, height: 1 },
    isStored: false,
    retentionSeconds: 60,
  }
  const input = generateInput({ fields, images, options })
  const can = {
    maxImages: 3,
    fields: { prompt: 'native', image_urls: 'native', quality: 'emulated' },
    reasons: { steps: 'it has no sampler', quality: 'by encoding again' },
  } as const

  void test('a mask and pictures that are left out do not count as too many', () => {
    const crowd = [
      inputImage('image_urls[0]'),
      inputImage('style_images[0].url', { role: 'style' }),
      inputImage('afterimage.mask_url', { role: 'mask' }),
    ]
    const narrow = { maxImages: 1, fields: { image_urls: 'native' } } as const
    const { warnings } = plan({
      input: generateInput({ images: crowd }),
      offers: [offer('vendor', { can: narrow })],
    })
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['style_images', 'afterimage.mask_url'],
    )
    const two = generateInput({ images: [inputImage('image_urls[0]'), inputImage('image_urls[1]')] })
    assert.throws(
      () => plan({ input: two, offers: [offer('vendor', { can: narrow })] }),
      /image_urls\[1\]: vendor takes at most 1 images, found 2/u,
    )
  })

  void test('unsupported fields are one warning each, emulated ones say who does it', () => {
    const { warnings } = plan({ input, offers: [offer('vendor', { can })] })
    assert.deepEqual(
      warnings.map(({ code, path }) => [code, path]),
      [
        ['unsupported_field', 'steps'],
        ['unsupported_field', 'toString'],
        ['emulated_field', 'quality'],
        ['unsupported_field', 'style_images'],
        ['unsupported_field', 'afterimage.size'],
      ],
    )
    assert.match(String(warnings[0]?.message), /`steps` has no effect on vendor: it has no sampler/u)
  })

  void test('what the engine foresees is refused with on_unsupported "error" only', () => {
    const said = { code: 'instruction_not_done', path: 'prompt', message: '“a dog” cannot be done: no.' }
    const offers = [offer('vendor', { can: { ...can, fields: {} }, foresee: () => [said] })]
    const wanted = (onUnsupported: 'warn' | 'error') =>
      plan({ offers, input: generateInput({ options: { ...generateInput().options, onUnsupported } }) })
    assert.deepEqual(wanted('warn').warnings, [])
    assert.throws(() => wanted('error'), {
      code: 'unsupported_field',
      issues: [said],
      message: '“a dog” cannot be done: no. Leave it out or use on_unsupported "warn".',
    })
  })

  void test('a size beyond our own work is not promised, also where the engine has sizes of its own', () => {
    const codesOf = (more: {
      size: { width: number; height: number }
      fields?: object
      isUpscale?: boolean
    }) => {
      const operation = more.isUpscale === true ? ('upscale' as const) : ('edit' as const)
      const emulate = { ...generateInput().options, onUnsupported: 'emulate' as const, size: more.size }
      const fields = { prompt: 'native' as const, ...more.fields }
      const offers = [offer('vendor', { can: { operations: [operation], fields } })]
      return plan({ offers, input: generateInput({ operation, options: emulate }) }).warnings.map(
        ({ code, path }) => `${code} ${path}`,
      )
    }
    const [size, fields] = [{ width: 32_000, height: 32_000 }, { size: 'native' }]
    assert.deepEqual(codesOf({ size }), ['unsupported_field afterimage.size'])
    assert.deepEqual(codesOf({ size, fields }), ['unsupported_field afterimage.size'])
    assert.deepEqual(codesOf({ size: { width: 9000, height: 9000 } }), ['unsupported_field afterimage.size'])
    assert.deepEqual(codesOf({ size: { width: 8192, height: 8192 } }), ['emulated_field afterimage.size'])
    assert.deepEqual(codesOf({ size, fields, isUpscale: true }), [], 'an enlarging engine makes it itself')
  })

  void test('with on_unsupported "error" all of them are refused at once', () => {
    const strict = { ...input, options: { ...options, onUnsupported: 'error' as const } }
    assert.throws(
      () => plan({ input: strict, offers: [offer('vendor', { can })] }),
      (error: { code: string; issues: { path: string }[] }) => {
        assert.equal(error.code, 'unsupported_field')
        assert.deepEqual(
          error.issues.map(({ path }) => path),
          ['steps', 'toString', 'style_images', 'afterimage.size'],
        )
        return true
      },
    )
  })

  void test('a format that the engine cannot write is unsupported although the field is known', () => {
    const known = { can: { fields: { output_format: 'native' } } } as const
    const ask = (value: string): string[] =>
      plan({
        input: generateInput({ fields: { output_format: value } }),
        offers: [offer('vendor', known)],
      }).warnings.map(({ path }) => path)
    assert.deepEqual(ask('avif'), ['output_format'])
    assert.deepEqual(ask('jpg'), [])
  })
})
