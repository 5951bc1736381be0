import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readSdcppPoll } from '../../src/engines/sdcpp/answer.ts'
import { createSdcppEngine } from '../../src/engines/sdcpp/engine.ts'
import { SDCPP_MODELS } from '../../src/engines/sdcpp/models.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { SDCPP_EMULATION } from '../support/emulators/sdcpp.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const PROMPT = 'turn the logo into a rug'
const SUBJECT = {
  emulation: SDCPP_EMULATION,
  createEngine: ({ origin = '', ...options }: UpstreamEngineOptions) =>
    createSdcppEngine({ ...options, origin }),
}

upstreamContract('stable-diffusion.cpp', {
  ...SUBJECT,
  models: Object.keys(SDCPP_MODELS),
  isAsync: true,
  isHome: true,
  faults: {
    // The server refuses nothing; a job that makes nothing fails.
    refused: { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' },
  },
  requests: [
    {
      title: 'flux-1-dev over a source, sizes to its grid',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.6,
        seed: 7,
        isSeedGiven: true,
        width: 1000,
        height: 800,
        fields: { steps: 8, guidance_scale_flux: 3.5 },
        options: { ...generateInput().options, outputFormat: 'webp' },
      },
      images: ['cat.png'],
      path: '/sdcpp/v1/img_gen',
      body: {
        prompt: PROMPT,
        init_image: '<cat.png>',
        strength: 0.6,
        seed: 7,
        width: 1008,
        height: 800,
        sample_params: { sample_steps: 8, guidance: { distilled_guidance: 3.5 } },
        output_format: 'webp',
      },
      output: { width: 1008, height: 800 },
      cost: null,
    },
    {
      title: 'a mask, white where the picture may change',
      input: { model: 'bfl/flux-1-dev', strength: 0.75, seed: 7 },
      images: ['cat.png', 'mask.png'],
      path: '/sdcpp/v1/img_gen',
      body: {
        prompt: PROMPT,
        init_image: '<cat.png>',
        mask_image: '<mask.png in white>',
        strength: 0.75,
        seed: 7,
        width: 640,
        height: 480,
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'flux-1-kontext-dev: references instead of a source, the size of the first',
      input: { model: 'bfl/flux-1-kontext-dev', seed: 11 },
      images: ['cat.png', 'style.webp'],
      path: '/sdcpp/v1/img_gen',
      body: {
        prompt: PROMPT,
        ref_images: ['<cat.png>', '<style.webp>'],
        seed: 11,
        width: 640,
        height: 480,
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'z-image without a source: shape by name',
      input: { model: 'z-image/z-image', aspectRatio: '16:9', resolution: '1K', seed: 5 },
      path: '/sdcpp/v1/img_gen',
      body: { prompt: PROMPT, seed: 5, width: 1360, height: 768 },
      output: { width: 1360, height: 768 },
      cost: null,
    },
  ],
})

void describe('stable-diffusion.cpp beyond the contract', () => {
  void test('an open server needs no key, and is told none', () =>
    useBench(SUBJECT, { secret: () => null }, async ({ emulator, engine, submit }) => {
      assert.notEqual(engine.capabilities('bfl/flux-1-dev'), null)
      assert.equal(engine.isRepeatable, true)
      await assert.rejects(submit({ input: { model: 'bfl/flux-1-dev' }, images: ['cat.png'] }))
      assert.equal(emulator.requests[0]?.headers.authorization, undefined)
    }))

  void test('only the models that the operator names are served', () => {
    const createEngine = ({ origin = '', ...options }: UpstreamEngineOptions) =>
      createSdcppEngine({ ...options, origin, serves: ['z-image/z-image'] })
    return useBench({ ...SUBJECT, createEngine }, {}, ({ engine }) => {
      assert.equal(engine.capabilities('bfl/flux-1-dev'), null)
      assert.notEqual(engine.capabilities('z-image/z-image'), null)
      return Promise.resolve()
    })
  })

  void test('its place in the queue is told', () => {
    const json = { id: 'j', status: 'queued', queue_position: 2, result: null, error: null }
    assert.deepEqual(readSdcppPoll({ status: 200, headers: {}, text: '', json }), {
      state: 'running',
      status: 'scheduled',
      progress: { stage: 'queued, 2 before', percent: 0, etaMs: null },
    })
  })
})
