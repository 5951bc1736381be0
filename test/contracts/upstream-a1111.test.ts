import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readA1111Progress } from '../../src/engines/a1111/answer.ts'
import { createA1111Engine } from '../../src/engines/a1111/engine.ts'
import type { A1111EngineOptions } from '../../src/engines/a1111/engine.ts'
import { A1111_MODELS } from '../../src/engines/a1111/models.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { A1111_EMULATION } from '../support/emulators/a1111.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'
import { engineContext } from '../support/engine-context.ts'

const PROMPT = 'turn the logo into a rug'
const subject = (more: Partial<A1111EngineOptions> = {}) => ({
  emulation: A1111_EMULATION,
  createEngine: ({ origin = '', ...options }: UpstreamEngineOptions) =>
    createA1111Engine({ ...options, origin, ...more }),
})
const EMPTY = { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' } as const

upstreamContract('a1111', {
  ...subject({ checkpoints: { 'bfl/flux-1-dev': 'flux1-dev.safetensors' } }),
  models: Object.keys(A1111_MODELS),
  isHome: true,
  faults: { refused: EMPTY },
  requests: [
    {
      title: 'flux-1-dev over a source, on the checkpoint that the operator named',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.6,
        seed: 7,
        isSeedGiven: true,
        width: 1000,
        height: 800,
        fields: { steps: 20, guidance_scale_flux: 7 },
      },
      images: ['cat.png'],
      path: '/sdapi/v1/img2img',
      body: {
        prompt: PROMPT,
        init_images: ['<cat.png>'],
        denoising_strength: 0.6,
        seed: 7,
        steps: 20,
        cfg_scale: 7,
        width: 1000,
        height: 800,
        send_images: true,
        save_images: false,
        override_settings: { sd_model_checkpoint: 'flux1-dev.safetensors' },
      },
      output: { width: 1000, height: 800 },
      cost: null,
    },
    {
      title: 'a mask, white where the picture may change',
      input: { model: 'z-image/z-image', strength: 0.75, seed: 5 },
      images: ['cat.png', 'mask.png'],
      path: '/sdapi/v1/img2img',
      body: {
        prompt: PROMPT,
        init_images: ['<cat.png>'],
        mask: '<mask.png in white>',
        inpainting_fill: 1,
        denoising_strength: 0.75,
        seed: 5,
        width: 640,
        height: 480,
        send_images: true,
        save_images: false,
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'z-image without a source',
      input: { model: 'z-image/z-image', aspectRatio: '1:1', seed: 5 },
      path: '/sdapi/v1/txt2img',
      body: {
        prompt: PROMPT,
        seed: 5,
        width: 1024,
        height: 1024,
        send_images: true,
        save_images: false,
      },
      output: { width: 1024, height: 1024 },
      cost: null,
    },
    {
      title: 'topaz/standard-enhance by an upscaler',
      input: {
        model: 'topaz/standard-enhance',
        operation: 'enhance',
        prompt: null,
        width: 1920,
        height: 1440,
      },
      images: ['cat.png'],
      path: '/sdapi/v1/extra-single-image',
      body: { image: '<cat.png>', upscaling_resize: 3, upscaler_1: 'R-ESRGAN 4x+' },
      output: { width: 1920, height: 1440 },
      cost: null,
    },
  ],
})

void describe('A1111 beyond the contract', () => {
  void test('the overview that comes with several pictures is left out', () =>
    useBench(subject(), {}, async ({ submit }) => {
      const { outputs } = await submit({ input: { model: 'z-image/z-image', count: 3 }, images: ['cat.png'] })
      assert.equal(outputs.length, 3)
    }))

  void test('steps and time left', () => {
    const read = (json: object) => readA1111Progress({ status: 200, headers: {}, text: '', json })
    assert.deepEqual(
      read({ progress: 0.45, eta_relative: 3.2, state: { sampling_step: 9, sampling_steps: 20 } }),
      { stage: 'step 9 of 20', percent: 45, etaMs: 3200 },
    )
    assert.equal(read({ progress: 0, eta_relative: 0, state: { job_count: 0 } }), null)
  })

  void test('while the server works its progress is told; a cancel interrupts it', () =>
    useBench(subject({ progressMs: 1 }), {}, async ({ emulator, engine }) => {
      emulator.failNext('silent')
      const controller = new AbortController()
      const { promise: told, resolve } = Promise.withResolvers<number>()
      const context = engineContext({
        signal: controller.signal,
        onProgress: (_status, { percent }) => resolve(percent),
      })
      const input = generateInput({ model: 'z-image/z-image', operation: 'generate' })
      const failure = assert.rejects(engine.submit({ jobId: 'job-1', input }, context), { code: 'cancelled' })
      assert.equal(await told, 45)
      controller.abort('cancelled')
      await failure
      while (!emulator.requests.some(({ path }) => path === '/sdapi/v1/interrupt'))
        await new Promise((again) => setImmediate(again))
    }))
})
