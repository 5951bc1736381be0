/** The document: valid, closed, complete, and readable by the clients that are known to read it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import ajvFormats from 'ajv-formats'
import { createCatalogue } from '../catalogue/index.ts'
import { buildOpenApi } from './openapi.ts'
import { parseGenerate } from './parse.ts'
import type { CompatMode } from './types.ts'
import { parseUsd } from './usd.ts'

type Json = Record<string, unknown>
const catalogue = createCatalogue()
const build = (mode: CompatMode) =>
  buildOpenApi({ catalogue, serverUrl: 'https://images.example', version: '1.2.3', mode })
const document = build('aliases')
const strictDocument = build('strict')

function get(value: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, name) => (at as Json | undefined)?.[name], value)
}

function inputOf(id: string, mode: 'strict' | 'aliases' = 'aliases'): Json {
  const from = mode === 'strict' ? strictDocument : document
  const { path = '' } = catalogue.findModel(id) ?? {}
  const schema = get(from.paths, path, 'post', 'requestBody', 'content', 'application/json', 'schema')
  assert.ok(schema !== undefined, id)
  return schema as Json
}

/** Every value in the document with its place. */
function* walk(value: unknown, path = '#'): Generator<{ path: string; value: Json }> {
  if (typeof value !== 'object' || value === null) return
  if (!Array.isArray(value)) yield { path, value: value as Json }
  for (const [name, member] of Object.entries(value)) yield* walk(member, `${path}/${name}`)
}

type Operation = { path: string; method: string; value: Json }
const METHODS = ['get', 'post', 'delete', 'patch', 'put', 'head']
const operations: Operation[] = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, value]) => ({ path, method, value: value as Json })),
)

/** A validator that knows the components, and refuses keywords it does not know. */
function validator(schema: Json, from = document) {
  const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
  ajvFormats.default(ajv)
  ajv.addFormat('binary', true)
  ajv.addKeyword('components')
  return ajv.compile({ ...schema, components: from.components })
}

void describe('the document', () => {
  void test('says what it is', () => {
    assert.equal(document.openapi, '3.1.0')
    assert.equal(document.info.version, '1.2.3')
    assert.deepEqual(document.servers, [{ url: 'https://images.example' }])
    assert.deepEqual(JSON.parse(JSON.stringify(document)), document, 'is plain JSON')
  })

  void test('every reference leads somewhere', () => {
    const references = [...walk(document)].flatMap(({ value }) =>
      typeof value['$ref'] === 'string' ? [value['$ref']] : [],
    )
    assert.ok(references.length > 100)
    for (const reference of references)
      assert.notEqual(get(document, ...reference.slice(2).split('/')), undefined, reference)
  })

  void test('X-Max-Cost is told as it is read, and a strict document has no such header', () => {
    const { path = '' } = catalogue.findModel('openai/gpt-image-2') ?? {}
    const find = (from: typeof document) =>
      (get(from.paths, path, 'post', 'parameters') as Json[]).find(({ name }) => name === 'X-Max-Cost')
    const pattern = new RegExp(String(get(find(document), 'schema', 'pattern')), 'u')
    for (const text of [
      '0',
      '0.05',
      '12.345678',
      '',
      '-1',
      'free',
      '1e3',
      '0.0000001',
      '$1',
      '.5',
      '1234567890',
    ])
      assert.equal(pattern.test(text), parseUsd(text) !== null, text)
    assert.equal(find(strictDocument), undefined)
  })

  void test('operations have unique names, known tags, answers with descriptions, and the parameters of their paths', () => {
    const ids = operations.map(({ value }) => value['operationId'])
    assert.equal(new Set(ids).size, ids.length)
    const tags = document.tags.map(({ name }) => name)
    for (const { path, method, value } of operations) {
      const where = `${method} ${path}`
      assert.match(String(value['operationId']), /^[a-z]\w+$/u, where)
      for (const tag of value['tags'] as string[]) assert.ok(tags.includes(tag), where)
      const responses = Object.values(value['responses'] as Json)
      assert.ok(responses.length > 0, where)
      for (const response of responses)
        assert.ok('$ref' in (response as Json) || typeof get(response, 'description') === 'string', where)
      const parameters = [get(document.paths, path, 'parameters'), value['parameters']].flat().filter(Boolean)
      const inPath = parameters.filter((parameter) => get(parameter, 'in') === 'path')
      const named = [...path.matchAll(/\{(\w+)\}/gu)].map((match) => match[1])
      assert.deepEqual(
        inPath.map((parameter) => get(parameter, 'name')),
        named,
        where,
      )
      for (const parameter of inPath) assert.equal(get(parameter, 'required'), true, where)
    }
  })

  void test('everything needs a key but files, sinks, reports of vendors, health, signing in and this document', () => {
    const open = operations
      .filter(({ value }) => get(value, 'security') !== undefined)
      .map(({ path }) => path)
    const sink = '/webhooks/sink/{id}'
    const report = '/webhooks/upstream/{job}'
    const session = '/session'
    const expected = ['/files/{name}', '/healthz', '/openapi.json', '/readyz', session, session, session]
    assert.deepEqual(open.toSorted(), [...expected, sink, sink, report])
    const schemes = Object.keys(get(document.components, 'securitySchemes') as Json)
    for (const requirement of document.security)
      for (const name of Object.keys(requirement)) assert.ok(schemes.includes(name))
  })

  void test('every component schema compiles', () => {
    for (const from of [document, strictDocument])
      for (const name of Object.keys(get(from.components, 'schemas') as Json))
        validator({ $ref: `#/components/schemas/${name}` }, from)
  })
})

void describe('schemas of requests', () => {
  for (const model of catalogue.list())
    void test(`${model.id} is closed and compiles; a wrong name fails here as it does in the parser`, () => {
      for (const mode of ['strict', 'aliases'] as const) {
        const schema = inputOf(model.id, mode)
        assert.equal(schema['additionalProperties'], false)
        const validate = validator(schema)
        assert.equal(validate({ no_such_field: 1 }), false)
      }
    })

  void test('what the schema takes, the parser takes', () => {
    const bodies: [string, Json][] = [
      [
        'google/nano-banana-pro',
        { prompt: 'x', imageUrls: ['a'], aspectRatio: '16:9', afterimage: { size: '8x8' } },
      ],
      ['bfl/flux-1-kontext-dev', { prompt: 'x', imageUrl: 'a', strength: 0.5 }],
      ['bfl/flux-1-kontext-dev', { prompt: 'x', imageUrls: ['a'] }],
      ['bytedance/seedream-4', { prompt: 'x', image_urls: ['a'], width: 9, height: 9 }],
      ['runway/gen-4-image', { prompt: 'x', reference_images: [{ url: 'a', tag: 'cat' }] }],
      ['luma/uni-1', { prompt: 'x', output_format: null }],
      ['z-image/z-image', { prompt: 'x', image_url: null }],
    ]
    for (const [id, body] of bodies) {
      const validate = validator(inputOf(id))
      assert.equal(validate(body), true, `${id} ${JSON.stringify(validate.errors)}`)
      const model = catalogue.findModel(id)
      assert.ok(model !== null)
      parseGenerate({ model, body, mode: 'aliases', newSeed: () => 1 })
    }
  })

  void test('strict mode has the names of the document only', () => {
    const names = Object.keys(inputOf('bfl/flux-1-dev', 'strict')['properties'] as Json)
    assert.deepEqual(names.toSorted(), [
      'guidance_scale',
      'guidance_scale_flux',
      'height',
      'image_style_references',
      'image_url',
      'prompt',
      'seed',
      'steps',
      'strength',
      'style_images',
      'styles',
      'width',
    ])
    const required = (mode: 'strict' | 'aliases') => inputOf('z-image/z-image', mode)['required']
    assert.deepEqual(required('strict'), ['prompt', 'aspect_ratio', 'resolution'])
    assert.deepEqual(required('aliases'), ['prompt'])
  })
})

void describe('the official Python client', () => {
  const properties = (id: string): Json => inputOf(id)['properties'] as Json
  void test('finds older names, marked as deprecated', () => {
    assert.equal(get(properties('bfl/flux-1-kontext-dev'), 'imageUrl', 'deprecated'), true)
    assert.equal(get(properties('google/nano-banana-pro'), 'aspectRatio', 'deprecated'), true)
    assert.equal(get(properties('z-image/z-image'), 'aspectRatio', 'deprecated'), true)
  })

  void test('does not find imageUrl where a model takes several pictures: it would send only one', () => {
    for (const id of [
      'google/nano-banana-pro',
      'openai/gpt-image-2',
      'bytedance/seedream-4',
      'runway/gen-4-image',
    ])
      assert.ok(!('imageUrl' in properties(id)), id)
  })

  void test('reads whole compute units and seconds from the description', () => {
    const table: [string, string | undefined, string | undefined][] = [
      ['google/nano-banana-pro', '60', undefined],
      ['bfl/flux-1-kontext-dev', '6', '23'],
      ['openai/gpt-image', '179', '72'],
      ['afterimage/edit', '0', undefined],
      ['openai/gpt-image-2.5-flare', undefined, undefined],
    ]
    for (const [id, units, seconds] of table) {
      const text = String(get(document.paths, catalogue.findModel(id)?.path ?? '', 'post', 'description'))
      assert.equal(/~?(\d+)\s*(?:CU|compute units)/iu.exec(text)?.[1], units, id)
      assert.equal(/~(\d+) seconds/u.exec(text)?.[1], seconds, id)
    }
  })

  void test('finds the default model of the default enhancer', () => {
    assert.deepEqual(get(properties('topaz/standard-enhance'), 'model', 'enum', 0), 'Standard V2')
    assert.deepEqual(get(properties('topaz/bloom-enhance'), 'model', 'enum'), ['Reimagine'])
  })
})
