/**
 * The requests of the official Python client of the Krea API (1.2.0), replayed over real HTTP with its headers:
 * submit, poll at once and again, download without authorization. Recorded shapes, written down in our own words.
 */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const HEADERS = { 'user-agent': 'python-requests/2.32.0', accept: '*/*', 'content-type': 'application/json' }
let app: TestApp
let imageUrl: string

before(async () => {
  app = await startTestApp({ isEngineReal: true })
  // Small, because two of the shapes run neural networks.
  const photo = await sharp(photoPath('cat')).resize(160).png().toBuffer()
  const form = new FormData()
  form.append('file', new Blob([photo], { type: 'image/png' }), 'upload.png')
  const { body } = await app.call('/assets', { method: 'POST', body: form })
  imageUrl = String(body['image_url'] ?? body['url'])
})
after(() => app.stop())

type Shape = readonly [what: string, path: string, body: (image: string) => Record<string, unknown>]

/** Document as published: the client knows no alias and always sends `imageUrls`. */
const SHAPES: readonly Shape[] = [
  [
    'an image for Nano Banana Pro',
    'image/google/nano-banana-pro',
    (image) => ({ prompt: 'turn it into a watercolour', imageUrls: [image] }),
  ],
  [
    'an image for Kontext, which takes one',
    'image/bfl/flux-1-kontext-dev',
    (image) => ({ prompt: 'turn it into a watercolour', seed: 7, imageUrls: [image] }),
  ],
  [
    'an aspect ratio as width and height',
    'image/google/nano-banana-2',
    (image) => ({ prompt: 'make it night', width: 1024, height: 576, resolution: '1K', imageUrls: [image] }),
  ],
  [
    'a batch of one, without an image',
    'image/bfl/flux-1-dev',
    () => ({ prompt: 'a red cube', steps: 20, guidance_scale_flux: 3.5, batchSize: 1 }),
  ],
  [
    'the default enhancer',
    'enhance/topaz/standard-enhance',
    (image) => ({ image_url: image, width: 192, height: 128, model: 'Standard V2' }),
  ],
  [
    '2K',
    'image/google/nano-banana-pro',
    (image) => ({ prompt: 'make it blue', width: 1024, height: 576, resolution: '2K', imageUrls: [image] }),
  ],
  [
    'Kontext with a size',
    'image/bfl/flux-1-kontext-dev',
    (image) => ({ prompt: 'x', width: 1024, height: 576, imageUrls: [image] }),
  ],
  [
    'two images for GPT Image 2',
    'image/openai/gpt-image-2',
    (image) => ({ prompt: 'x', width: 1024, height: 1024, imageUrls: [image, image] }),
  ],
  [
    'another enhancer',
    'enhance/topaz/bloom-enhance',
    (image) => ({ image_url: image, width: 164, height: 110, model: 'Reimagine', creativity: 5 }),
  ],
  ['a pipeline step in camel case', 'image/google/nano-banana', () => ({ prompt: 'a', aspectRatio: '1:1' })],
  [
    'Kontext by the alias that our document lists',
    'image/bfl/flux-1-kontext-dev',
    (image) => ({ prompt: 'x', width: 1024, height: 576, imageUrl: image }),
  ],
  [
    'an aspect ratio by the alias that our document lists',
    'image/google/nano-banana-pro',
    (image) => ({ prompt: 'x', aspectRatio: '16:9', imageUrls: [image] }),
  ],
]

void describe('requests of the official Python client', () => {
  for (const [what, path, body] of SHAPES)
    void test(what, { timeout: 300_000 }, async () => {
      const submitted = await app.call(`/generate/${path}`, { json: body(imageUrl), headers: HEADERS })
      assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
      const job = await app.settle(submitted.body['job_id'])
      assert.equal(job['status'], 'completed', JSON.stringify(job['error']))
      const { urls } = job['result'] as { urls: string[] }
      const picture = await fetch(String(urls[0]), { headers: { 'user-agent': HEADERS['user-agent'] } })
      assert.equal(picture.status, 200)
      assert.match(String(picture.headers.get('content-type')), /^image\//u)
    })

  void test('a wrong key', async () => {
    const { status, body } = await app.call('/generate/image/google/nano-banana-pro', {
      json: { prompt: 'x' },
      headers: HEADERS,
      key: 'wrong:key',
    })
    assert.equal(status, 401)
    assert.equal(typeof body['error'], 'string')
  })

  void test('a model whose document requires fields that the client cannot send', async () => {
    const json = { prompt: 'hi', imageUrls: [imageUrl] }
    const { status, body } = await app.call('/generate/image/z-image/z-image', { json, headers: HEADERS })
    assert.equal(status, 200, JSON.stringify(body))
    assert.equal((await app.settle(body['job_id']))['status'], 'completed')
  })

  void test('training is answered 501 with JSON', async () => {
    const json = { model: 'flux_dev', type: 'Style', name: 's', urls: [imageUrl], max_train_steps: 1000 }
    const { status, body } = await app.call('/styles/train', { json, headers: HEADERS })
    assert.equal(status, 501)
    assert.equal(typeof body['error'], 'string')
  })

  void test('polls and deletes with a JSON content type and no body', async () => {
    const { body } = await app.call('/generate/image/google/nano-banana', {
      json: { prompt: 'a' },
      headers: HEADERS,
    })
    const path = `/jobs/${String(body['job_id'])}`
    assert.equal((await app.call(path, { headers: HEADERS })).status, 200)
    await app.settle(body['job_id'])
    assert.equal((await app.call(path, { method: 'DELETE', headers: HEADERS })).status, 200)
    assert.equal((await app.call(path, { headers: HEADERS })).status, 404)
  })

  void test('what the client reads in /openapi.json', async () => {
    const { body } = await app.call('/openapi.json', { key: null })
    const paths = body['paths'] as Record<string, { post: Operation }>
    const post = (path: string): Operation => paths[`/generate/${path}`]?.post as Operation
    const properties = (path: string): string[] =>
      Object.keys(post(path).requestBody.content['application/json'].schema.properties)
    assert.ok(properties('image/bfl/flux-1-kontext-dev').includes('imageUrl'))
    assert.ok(properties('image/google/nano-banana-pro').includes('aspectRatio'))
    assert.match(post('image/google/nano-banana-pro').description, /~?\d+\s*(?:CU|compute units)/iu)
    const { model } = post('enhance/topaz/standard-enhance').requestBody.content['application/json'].schema
      .properties as Record<string, { default?: string; enum?: string[] }>
    assert.equal(model?.default ?? model?.enum?.[0], 'Standard V2')
  })
})

type Operation = {
  description: string
  requestBody: { content: { 'application/json': { schema: { properties: Record<string, unknown> } } } }
}
