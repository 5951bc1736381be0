import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { readKreaPoll } from '../../src/engines/krea/answer.ts'
import { createKreaEngine } from '../../src/engines/krea/engine.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { KREA_EMULATION } from '../support/emulators/krea.ts'
import { generateInput } from '../support/requests.ts'
import { describeBody, useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const ALL = createCatalogue().list()
const SERVED = ALL.filter(({ engines }) => engines.includes('krea'))
const SUBJECT = {
  emulation: KREA_EMULATION,
  createEngine: (options: UpstreamEngineOptions) => createKreaEngine({ ...options, models: SERVED }),
}
const PROMPT = 'turn the logo into a rug'
const CAT = 'https://uploads.krea.test/640x480.png'
const DOG = 'https://uploads.krea.test/320x320.jpeg'

upstreamContract('krea', {
  ...SUBJECT,
  // One for each way in which fields differ; every other model is asked for once below.
  models: [
    'google/nano-banana-pro',
    'bfl/flux-1-dev',
    'bytedance/seedream-4',
    'ideogram/ideogram-3',
    'runway/gen-4-image',
    'luma/uni-1',
    'qwen/2512',
    'z-image/z-image',
    'openai/gpt-image-2',
    'topaz/standard-enhance',
    'topaz/bloom-2-enhance',
    'krea/krea-2/large',
    'krea/legacy-enhance',
  ],
  isAsync: true,
  faults: {
    // A failed job has no reason, and nobody knows what was charged.
    refused: { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' },
  },
  requests: [
    {
      title: 'nano-banana-pro goes on as it came',
      input: {
        model: 'google/nano-banana-pro',
        aspectRatio: '16:9',
        resolution: '2K',
        fields: { prompt: PROMPT, aspect_ratio: '16:9', resolution: '2K' },
      },
      images: ['cat.png', 'dog.jpeg'],
      path: '/generate/image/google/nano-banana-pro',
      body: { prompt: PROMPT, image_urls: [CAT, DOG], aspect_ratio: '16:9', resolution: '2K' },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'seedream-4: weighted images, and the size that Krea requires',
      input: { model: 'bytedance/seedream-4', seed: 7, isSeedGiven: true, fields: { seed: 7 } },
      images: ['cat.png', 'style.webp'],
      path: '/generate/image/bytedance/seedream-4',
      body: {
        prompt: PROMPT,
        width: 640,
        height: 480,
        seed: 7,
        style_images: [
          { url: CAT, strength: 1 },
          { url: 'https://uploads.krea.test/64x64.webp', strength: 0.8 },
        ],
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'flux-1-dev: one picture, a trained style, our own size option',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.6,
        fields: { strength: 0.6, guidance_scale_flux: 3.5, styles: [{ id: 'abc', strength: 0.5 }] },
        options: { ...generateInput().options, size: { width: 1024, height: 768 } },
      },
      images: ['cat.png'],
      path: '/generate/image/bfl/flux-1-dev',
      body: {
        prompt: PROMPT,
        image_url: CAT,
        strength: 0.6,
        guidance_scale_flux: 3.5,
        styles: [{ id: 'abc', strength: 0.5 }],
        width: 1024,
        height: 768,
      },
      output: { width: 1024, height: 768 },
      cost: null,
    },
    {
      title: 'gen-4-image with a tag',
      input: { model: 'runway/gen-4-image' },
      images: ['tagged.png'],
      path: '/generate/image/runway/gen-4-image',
      body: {
        prompt: PROMPT,
        reference_images: [{ url: 'https://uploads.krea.test/96x64.png', tag: 'rug' }],
      },
      output: { width: 96, height: 64 },
      cost: null,
    },
    {
      title: 'topaz: an enhancer lies elsewhere, and formats have their own names',
      input: {
        model: 'topaz/standard-enhance',
        operation: 'enhance',
        prompt: null,
        fields: { width: 1280, height: 960, model: 'CGI' },
        options: { ...generateInput().options, outputFormat: 'jpeg' },
      },
      images: ['cat.png'],
      path: '/generate/enhance/topaz/standard-enhance',
      body: { image_url: CAT, width: 1280, height: 960, model: 'CGI', output_format: 'jpg' },
      output: { width: 1280, height: 960 },
      cost: null,
    },
  ],
})

void describe('Krea beyond the contract', () => {
  for (const { id } of SERVED)
    void test(`${id}: the strict document takes our request`, () =>
      useBench(SUBJECT, {}, async ({ emulator, engine, submit }) => {
        const capabilities = engine.capabilities(id)
        assert.ok(capabilities !== null)
        const images = capabilities.maxImages > 0 ? (['cat.png'] as const) : []
        const result = await submit({ input: { model: id, prompt: PROMPT, isSeedGiven: false }, images })
        assert.equal(result.outputs.length, 1)
        assert.equal(emulator.submits[0]?.path, createCatalogue().findModel(id)?.path)
      }))

  void test('an image is uploaded as an asset before the request', () =>
    useBench(SUBJECT, {}, async ({ emulator, submit }) => {
      await submit({ input: { model: 'google/nano-banana' }, images: ['dog.jpeg'] })
      const [upload] = emulator.requests
      assert.ok(upload !== undefined)
      assert.equal(upload.path, '/assets')
      assert.deepEqual(await describeBody(upload), {
        fields: {},
        files: [['file', '<dog.jpeg>', 'image/jpeg']],
      })
    }))

  void test('a lost upload was surely not paid', () =>
    useBench(SUBJECT, { origin: 'http://127.0.0.1:1' }, async ({ submit }) => {
      await assert.rejects(
        submit({ input: { model: 'google/nano-banana' }, images: ['cat.png'] }),
        (error) => upstreamFaultOf(error)?.charged === 'no',
      )
    }))

  void test('another server of ours says more than Krea does, and it is taken over', () => {
    const poll = (json: object) =>
      readKreaPoll({ status: 200, headers: {}, text: '', json: { job_id: 'j', ...json } })
    assert.deepEqual(
      poll({ status: 'sampling', progress: { stage: 'tile 3 of 8', percent: 40, eta_ms: 900 } }),
      {
        state: 'running',
        status: 'sampling',
        progress: { stage: 'tile 3 of 8', percent: 40, etaMs: 900 },
      },
    )
    assert.deepEqual(poll({ status: 'backlogged' }), {
      state: 'running',
      status: 'scheduled',
      progress: { stage: 'backlogged', percent: 0, etaMs: null },
    })
    const warnings = [{ code: 'adjusted_field', path: 'width', message: 'narrower' }]
    const done = poll({
      status: 'completed',
      result: { urls: ['https://x.example/y.png'] },
      cost: { amount_usd: 0.04 },
      warnings,
    })
    assert.ok('images' in done)
    assert.deepEqual([done.cost?.microUsd, done.warnings], [40_000, warnings])
    const refused = poll({ status: 'failed', error: { code: 'engine_rejected', message: 'no' } })
    assert.ok('verdict' in refused && refused.verdict.kind === 'refused')
  })
})
