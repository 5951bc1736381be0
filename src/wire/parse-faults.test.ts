/** Requests that are refused: every kind of fault, and what hostile bodies must not do. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { Field, Model } from '../catalogue/index.ts'
import { createCatalogue } from '../catalogue/index.ts'
import type { Issue } from '../core/errors.ts'
import { AfterimageError } from '../core/errors.ts'
import { parseGenerate } from './parse.ts'
import { inputSchema } from './schema.ts'
import type { CompatMode } from './types.ts'

const catalogue = createCatalogue()
const MODES: readonly CompatMode[] = ['strict', 'aliases', 'lenient']

function modelOf(id: string): Model {
  const model = catalogue.findModel(id)
  assert.ok(model !== null, id)
  return model
}

function refusal(id: string, body: unknown, mode: CompatMode = 'aliases'): AfterimageError {
  try {
    parseGenerate({ model: modelOf(id), body, mode, newSeed: () => 1 })
  } catch (error) {
    assert.ok(error instanceof AfterimageError, String(error))
    return error
  }
  throw new assert.AssertionError({ message: 'was not refused' })
}

const issuesOf = (id: string, body: unknown, mode?: CompatMode): readonly Issue[] =>
  refusal(id, body, mode).issues

void test('a missing field is told in one sentence', () => {
  const { message } = refusal('bfl/flux-1-dev', {})
  assert.match(message, /prompt: is required: .*[^.]\.$/u)
  for (const model of catalogue.list()) {
    const found = catalogue.findModel(model.id)
    if (found?.fields.some(({ required }) => required !== false) !== true) continue
    assert.doesNotMatch(refusal(model.id, {}, 'strict').message, /\.[.;]/u, model.id)
  }
})

void describe('each fault has its code', () => {
  const topaz = { image_url: 'x', width: 8, height: 8, model: 'CGI' }
  const cases: [string, string, Record<string, unknown>, string, string][] = [
    ['an unknown field', 'bfl/flux-1-dev', { prompt: 'x', foo: 1 }, 'foo', 'unrecognized_key'],
    ['a missing field', 'bfl/flux-1-dev', {}, 'prompt', 'required'],
    ['a missing picture', 'bytedance/seededit', { prompt: 'x' }, 'image_url', 'required'],
    ['too short a text', 'google/nano-banana-pro', { prompt: '' }, 'prompt', 'too_short'],
    [
      'too long a text',
      'runway/gen-4-image',
      { prompt: 'x'.repeat(1001), image_urls: ['a'] },
      'prompt',
      'too_long',
    ],
    ['a wrong type', 'bfl/flux-1-dev', { prompt: 7 }, 'prompt', 'invalid_type'],
    ['a small number', 'bfl/flux-1-dev', { prompt: 'x', width: 511 }, 'width', 'too_small'],
    ['a big number', 'bfl/flux-1-dev', { prompt: 'x', steps: 101 }, 'steps', 'too_big'],
    ['a fraction', 'bfl/flux-1-dev', { prompt: 'x', steps: 1.5 }, 'steps', 'invalid_type'],
    ['NaN', 'bfl/flux-1-dev', { prompt: 'x', seed: Number.NaN }, 'seed', 'invalid_type'],
    ['a word that is none', 'topaz/standard-enhance', { ...topaz, model: 'Best' }, 'model', 'invalid_value'],
    [
      'no switch',
      'topaz/standard-enhance',
      { ...topaz, face_enhancement: 1 },
      'face_enhancement',
      'invalid_type',
    ],
    ['an empty picture', 'bytedance/seededit', { prompt: 'x', image_url: '' }, 'image_url', 'invalid_value'],
    ['no picture', 'bytedance/seededit', { prompt: 'x', image_url: 5 }, 'image_url', 'invalid_type'],
    [
      'two pictures for one',
      'bytedance/seededit',
      { prompt: 'x', imageUrls: ['a', 'b'] },
      'imageUrls',
      'too_many',
    ],
    ['no list', 'google/nano-banana', { prompt: 'x', image_urls: 5 }, 'image_urls', 'invalid_type'],
    [
      'a wrong entry',
      'google/nano-banana',
      { prompt: 'x', image_urls: ['a', {}] },
      'image_urls[1]',
      'invalid_type',
    ],
    ['too few', 'runway/gen-4-image', { prompt: 'x', reference_images: [] }, 'reference_images', 'required'],
    [
      'no address',
      'bfl/flux-1-dev',
      { prompt: 'x', style_images: [{ strength: 1 }] },
      'style_images[0].url',
      'required',
    ],
    [
      'a heavy picture',
      'bfl/flux-1-dev',
      { prompt: 'x', style_images: [{ url: 'a', strength: 3 }] },
      'style_images[0].strength',
      'too_big',
    ],
    [
      'a bad tag',
      'runway/gen-4-image',
      { prompt: 'x', reference_images: [{ url: 'a', tag: 'A!' }] },
      'reference_images[0].tag',
      'invalid_value',
    ],
    [
      'a style without id',
      'bfl/flux-1-dev',
      { prompt: 'x', styles: [{ strength: 1 }] },
      'styles[0].id',
      'required',
    ],
    ['a style that is a number', 'bfl/flux-1-dev', { prompt: 'x', styles: [7] }, 'styles[0]', 'invalid_type'],
  ]
  for (const [title, id, body, path, code] of cases)
    void test(title, () => {
      const issues = issuesOf(id, body)
      assert.deepEqual(
        issues.map((issue) => [issue.path, issue.code]),
        [[path, code]],
      )
      assert.ok((issues[0]?.message.length ?? 0) > 10)
    })

  void test('too many, with the limit in the message', () => {
    const [issue] = issuesOf('google/nano-banana', { prompt: 'x', image_urls: Array(17).fill('a') })
    assert.equal(issue?.code, 'too_many')
    assert.match(issue.message, /found 17.*16/u)
  })

  void test('strict mode asks for what the document requires in lists', () => {
    const body = { prompt: 'x', style_images: [{ url: 'a' }], reference_images: 1 }
    assert.deepEqual(
      issuesOf('bfl/flux-1-dev', body, 'strict').map(({ path, code }) => `${path} ${code}`),
      ['style_images[0].strength required', 'reference_images unrecognized_key'],
    )
    assert.deepEqual(
      issuesOf('runway/gen-4-image', { prompt: 'x', reference_images: [] }, 'strict').map(({ code }) => code),
      ['too_few'],
    )
  })

  void test('further members of an entry are ignored with a warning, as the document leaves entries open', () => {
    const body = { prompt: 'x', style_images: [{ url: 'a', strength: 1, weight: 2 }] }
    const model = modelOf('bfl/flux-1-dev')
    for (const mode of MODES) {
      const { warnings } = parseGenerate({ model, body, mode, newSeed: () => 1 })
      assert.deepEqual(
        warnings.map(({ path }) => path),
        ['style_images[0].weight'],
      )
    }
  })
})

void describe('messages', () => {
  void test('all faults are told at once, with what is allowed and a guess', () => {
    const body = { promt: 'x', resolution: '9K', image_urls: 'a', width: 'wide' }
    const error = refusal('google/nano-banana-pro', body)
    assert.deepEqual(
      error.issues.map(({ path }) => path),
      ['promt', 'resolution', 'width', 'prompt'],
    )
    const [typo, resolution] = error.issues
    assert.match(typo?.message ?? '', /did you mean prompt\? Allowed: prompt, image_urls, .*afterimage/u)
    assert.match(resolution?.message ?? '', /found "9K"; allowed: 1K, 2K, 4K/u)
    for (const { path } of error.issues) assert.ok(error.message.includes(path))
  })

  void test('never repeat a prompt or a picture', () => {
    const secret = `https://a.example/?token=${'s'.repeat(60)}`
    const bodies = [
      { prompt: 'x', aspect_ratio: secret },
      { prompt: 'x', image_urls: [[secret]] },
      { prompt: [secret] },
      { prompt: 'x', style_images: [{ url: { a: secret }, strength: secret }] },
    ]
    for (const body of bodies)
      assert.ok(!JSON.stringify(refusal('google/nano-banana', body).issues).includes('ssss'))
  })

  void test('stay short for a body with many wrong names and for one long name', () => {
    const body = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`key${index}`, 1]))
    const error = refusal('google/nano-banana', body)
    assert.equal(error.issues.length, 50)
    assert.match(error.message, /and \d+ more\.$/u)
    const long = refusal('google/nano-banana', { prompt: 'x', ['k'.repeat(1_000_000)]: 1 })
    assert.ok(JSON.stringify(long.issues).length < 1000)
  })
})

void describe('hostile bodies', () => {
  void test('what is no object is refused', () => {
    for (const body of [null, undefined, [], 'x', 5, true, [{}]])
      for (const mode of MODES)
        assert.equal(issuesOf('google/nano-banana', body, mode)[0]?.code, 'invalid_type')
  })

  void test('names of every object are unknown fields, and change nothing', () => {
    const body: unknown = JSON.parse('{"prompt":"x","__proto__":{"seed":1},"constructor":1,"toString":2}')
    assert.deepEqual(
      issuesOf('bfl/flux-1-dev', body).map(({ path }) => path),
      ['__proto__', 'constructor', 'toString'],
    )
    const inherited: unknown = JSON.parse('{"prompt":"x","afterimage":{"__proto__":{"no_store":true}}}')
    assert.deepEqual(
      issuesOf('bfl/flux-1-dev', inherited).map(({ path }) => path),
      ['afterimage.__proto__'],
    )
    assert.equal(Object.hasOwn(Object.prototype, 'seed'), false)
  })

  void test('deep nesting and huge lists end quickly', () => {
    const deep: unknown = JSON.parse(`{"prompt":${'['.repeat(50_000)}${']'.repeat(50_000)}}`)
    assert.equal(issuesOf('bfl/flux-1-dev', deep)[0]?.code, 'invalid_type')
    const huge = { prompt: 'x', styles: Array(1_000_000).fill('a'), image_urls: Array(1_000_000).fill('a') }
    const started = process.cpuUsage()
    assert.deepEqual(
      issuesOf('bfl/flux-1-dev', huge).map(({ code }) => code),
      ['too_many', 'too_many'],
    )
    assert.ok(process.cpuUsage(started).user < 500_000, 'half a second of processor time is far too much')
  })

  void test('a million names are refused without a look at each', () => {
    const many = Object.fromEntries(Array.from({ length: 300_000 }, (_, index) => [`key${index}`, 1]))
    const started = process.cpuUsage()
    for (const mode of MODES) assert.equal(issuesOf('bfl/flux-1-dev', many, mode)[0]?.code, 'too_many')
    const extension = { prompt: 'x', afterimage: many, style_images: [{ url: 'a', strength: 1, ...many }] }
    assert.equal(issuesOf('bfl/flux-1-dev', extension).length, 20)
    assert.ok(process.cpuUsage(started).user < 2_000_000, 'a search for near names would take minutes')
  })

  void test('a picture of 100 MB costs next to nothing, in every field', () => {
    const picture = `data:image/png;base64,${'A'.repeat(100_000_000)}`
    const bodies: [string, Record<string, unknown>][] = [
      ['bfl/flux-1-kontext-dev', { image_url: picture, imageUrls: [picture] }],
      ['google/nano-banana', { image_urls: [picture], style_images: [picture] }],
      ['runway/gen-4-image', { image_urls: [picture] }],
      ['google/nano-banana', { image_urls: [picture], afterimage: { mask_url: picture } }],
    ]
    const started = process.cpuUsage()
    for (const [id, body] of bodies)
      for (const mode of ['aliases', 'lenient'] as const)
        parseGenerate({ model: modelOf(id), body: { prompt: 'x', ...body }, mode, newSeed: () => 1 })
    assert.ok(process.cpuUsage(started).user < 200_000, 'one look at each character costs more')
  })

  void test('astral characters count once', () => {
    const model = modelOf('runway/gen-4-image')
    const body = (prompt: string) => ({ prompt, reference_images: [{ url: 'a', tag: 'cat' }] })
    parseGenerate({ model, body: body('😀'.repeat(1000)), mode: 'strict', newSeed: () => 1 })
    assert.equal(issuesOf('runway/gen-4-image', body('😀'.repeat(1001)), 'strict')[0]?.code, 'too_long')
  })

  void test('any JSON is parsed or refused as ours, the same both times', () => {
    const names = fc.constantFrom(
      'prompt',
      'image_url',
      'imageUrls',
      'style_images',
      'reference_images',
      'styles',
      'seed',
      'width',
      'batchSize',
      'afterimage',
      'aspect_ratio',
      '__proto__',
    )
    const bodies = fc.oneof(fc.jsonValue(), fc.dictionary(fc.oneof(names, fc.string()), fc.jsonValue()))
    const outcome = (request: { model: Model; body: unknown; mode: CompatMode }): string => {
      try {
        return JSON.stringify(parseGenerate({ ...request, newSeed: () => 5 }))
      } catch (error) {
        assert.ok(error instanceof AfterimageError, String(error))
        assert.ok(error.status < 500)
        assert.ok(error.issues.length > 0)
        return error.message
      }
    }
    const models = fc.constantFrom(...catalogue.list())
    fc.assert(
      fc.property(models, bodies, fc.constantFrom(...MODES), (model, body, mode) => {
        assert.equal(outcome({ model, body, mode }), outcome({ model, body, mode }))
      }),
      { numRuns: 2000, seed: 42 },
    )
  })
})

const SAMPLES: Readonly<Record<Field['kind'], (field: Field) => unknown>> = {
  text: () => 'xyz',
  number: (field) => ('min' in field ? (field.min ?? 1) : 1),
  integer: (field) => ('min' in field ? (field.min ?? 1) : 1),
  boolean: () => true,
  enum: (field) => ('values' in field ? field.values[0] : ''),
  image: () => 'https://a.example/1.png',
  images: () => ['https://a.example/1.png'],
  weighted_images: () => [{ url: 'https://a.example/1.png', strength: 1 }],
  tagged_images: () => [{ url: 'https://a.example/1.png', tag: 'cat' }],
  styles: () => [{ id: 's', strength: 1 }],
  moodboards: () => [{ id: 's', strength: 1 }],
}

void describe('every model', () => {
  for (const model of catalogue.list())
    for (const mode of MODES)
      void test(`${model.id} takes its least and its whole request in ${mode} mode, and its schema says so`, () => {
        const required = new Set(inputSchema(model, mode)['required'] as string[])
        const all = model.fields.map((field) => [field.name, SAMPLES[field.kind](field)] as const)
        // A second name for another field contradicts it when both have values of their own.
        const names = model.fields.filter((field) => !('sameAs' in field) || field.sameAs === undefined)
        const isDistinct = new Set(names.map(({ name }) => name))
        const least = all.filter(([name]) => required.has(name))
        parseGenerate({ model, body: Object.fromEntries(least), mode, newSeed: () => 1 })
        const distinct = all.filter(([name]) => isDistinct.has(name))
        const { input, applied } = parseGenerate({
          model,
          body: Object.fromEntries(distinct),
          mode,
          newSeed: () => 1,
        })
        assert.deepEqual(applied, [])
        const plain = model.fields.filter((field) => !('role' in field) && field.sameAs === undefined)
        assert.deepEqual(Object.keys(input.fields).toSorted(), plain.map(({ name }) => name).toSorted())
        for (const [name] of least) {
          const rest = Object.fromEntries(least.filter(([other]) => other !== name))
          assert.equal(issuesOf(model.id, rest, mode)[0]?.path, name)
        }
      })
})

void describe('bodies of the official Python client', () => {
  const url = 'https://a.example/1.png'
  const bodies: [string, Record<string, unknown>][] = [
    ['google/nano-banana-pro', { prompt: 'turn it into a watercolour', imageUrls: [url] }],
    ['bfl/flux-1-kontext-dev', { prompt: 'turn it into a watercolour', seed: 7, imageUrls: [url] }],
    [
      'google/nano-banana-2',
      { prompt: 'make it night', width: 1024, height: 576, resolution: '1K', imageUrls: [url] },
    ],
    ['bfl/flux-1-dev', { prompt: 'a red cube', steps: 20, guidance_scale_flux: 3.5, batchSize: 1 }],
    ['topaz/standard-enhance', { image_url: url, width: 192, height: 128, model: 'Standard V2' }],
    [
      'google/nano-banana-pro',
      { prompt: 'make it blue', width: 1024, height: 576, resolution: '2K', imageUrls: [url] },
    ],
    ['bfl/flux-1-kontext-dev', { prompt: 'x', width: 1024, height: 576, imageUrls: [url] }],
    ['openai/gpt-image-2', { prompt: 'x', width: 1024, height: 1024, imageUrls: [url, url] }],
    ['z-image/z-image', { prompt: 'hi', imageUrls: [url] }],
    ['topaz/bloom-enhance', { image_url: url, width: 2048, height: 2048, model: 'Reimagine', creativity: 5 }],
    ['google/nano-banana', { prompt: 'a', aspectRatio: '1:1' }],
    ['google/nano-banana-pro', { prompt: 'x', aspectRatio: '16:9', imageUrls: [url] }],
    ['google/nano-banana-pro', { prompt: 'x' }],
    ['bfl/flux-1-kontext-dev', { prompt: 'x', width: 1024, height: 576, imageUrl: url }],
    ['bytedance/seedream-4', { prompt: 'x', width: 1024, height: 1024, imageUrls: [url] }],
    ['luma/uni-1', { prompt: 'x', imageUrls: [url] }],
  ]
  for (const [id, body] of bodies)
    void test(`${id} with ${Object.keys(body).join(', ')}`, () => {
      const { sources } = parseGenerate({ model: modelOf(id), body, mode: 'aliases', newSeed: () => 1 })
      const given = [body['imageUrls'], body['imageUrl'], body['image_url']]
        .flat()
        .filter((image) => image !== undefined)
      assert.deepEqual(
        sources.map(({ value }) => value),
        given,
      )
    })

  void test('a prompt of one letter is too short for Nano Banana Pro in the document, but not here', () => {
    const model = modelOf('google/nano-banana-pro')
    const { input } = parseGenerate({ model, body: { prompt: 'x' }, mode: 'aliases', newSeed: () => 1 })
    assert.equal(input.prompt, 'x')
    assert.equal(issuesOf(model.id, { prompt: 'x' }, 'strict')[0]?.code, 'too_short')
    assert.equal(issuesOf(model.id, { prompt: '' })[0]?.code, 'too_short')
  })
})
