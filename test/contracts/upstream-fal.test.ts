import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { maySubmitAgain, upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { readFalPoll } from '../../src/engines/fal/answer.ts'
import { createFalEngine } from '../../src/engines/fal/engine.ts'
import { FAL_MODELS } from '../../src/engines/fal/models.ts'
import { FAL_EMULATION } from '../support/emulators/fal.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const PROMPT = 'turn the logo into a rug'
const CAT = 'data:image/png;base64,<cat.png>'
const DOG = 'data:image/jpeg;base64,<dog.jpeg>'
const STYLE = 'data:image/webp;base64,<style.webp>'
const SUBJECT = { emulation: FAL_EMULATION, createEngine: createFalEngine }
const OPTIONS = generateInput().options
/** The answers say nothing of money. */
const cost = null

upstreamContract('fal', {
  ...SUBJECT,
  models: Object.keys(FAL_MODELS),
  isAsync: true,
  faults: {
    // Said with the result, when nobody knows what was charged.
    refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' },
  },
  requests: [
    {
      title: 'flux-1-dev over a source: strength, steps within limits, no size',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.6,
        seed: 7,
        isSeedGiven: true,
        width: 1024,
        fields: { steps: 80, guidance_scale_flux: 3.5 },
        options: { ...OPTIONS, outputFormat: 'png' },
      },
      images: ['cat.png'],
      path: '/fal-ai/flux/dev/image-to-image',
      body: {
        prompt: PROMPT,
        image_url: CAT,
        strength: 0.6,
        num_inference_steps: 50,
        guidance_scale: 3.5,
        seed: 7,
        output_format: 'png',
      },
      output: { width: 640, height: 480 },
      cost,
    },
    {
      title: 'flux-1-dev without a source',
      input: { model: 'bfl/flux-1-dev', width: 1000, height: 700, count: 2 },
      path: '/fal-ai/flux/dev',
      body: { prompt: PROMPT, image_size: { width: 1008, height: 704 }, num_images: 2 },
      output: { width: 1008, height: 704 },
      cost,
    },
    {
      title: 'flux-1-kontext-dev',
      input: { model: 'bfl/flux-1-kontext-dev', aspectRatio: '16:9', fields: { steps: 30 } },
      images: ['cat.png', 'style.webp'],
      path: '/fal-ai/flux-kontext/dev',
      body: { prompt: PROMPT, image_url: CAT, resolution_mode: '16:9', num_inference_steps: 30 },
      output: { width: 640, height: 480 },
      cost,
    },
    {
      title: 'nano-banana-pro',
      input: { model: 'google/nano-banana-pro', aspectRatio: '16:9', resolution: '2K' },
      images: ['cat.png', 'dog.jpeg'],
      path: '/fal-ai/nano-banana-pro/edit',
      body: { prompt: PROMPT, image_urls: [CAT, DOG], aspect_ratio: '16:9', resolution: '2K' },
      output: { width: 640, height: 480 },
      cost,
    },
    {
      title: 'nano-banana-2, a style picture alone',
      input: { model: 'google/nano-banana-2', width: 2000, height: 500 },
      images: ['style.webp'],
      path: '/fal-ai/nano-banana-2/edit',
      body: { prompt: PROMPT, image_urls: [STYLE], aspect_ratio: '4:1', resolution: '1K' },
      output: { width: 64, height: 64 },
      cost,
    },
    {
      title: 'nano-banana without a picture',
      input: { model: 'google/nano-banana', aspectRatio: '3:4' },
      path: '/fal-ai/nano-banana',
      body: { prompt: PROMPT, aspect_ratio: '3:4' },
      output: { width: 1024, height: 1024 },
      cost,
    },
    {
      title: 'gpt-image-2 under a mask, sources and styles together',
      input: { model: 'openai/gpt-image-2', width: 1536, height: 864, fields: { quality: 'low' } },
      images: ['cat.png', 'mask.png', 'style.webp'],
      path: '/openai/gpt-image-2/edit',
      body: {
        prompt: PROMPT,
        image_urls: [CAT, STYLE],
        mask_url: 'data:image/png;base64,<mask.png in white>',
        image_size: { width: 1536, height: 864 },
        quality: 'low',
      },
      output: { width: 1536, height: 864 },
      cost,
    },
    {
      title: 'gpt-image-2 from words alone',
      input: { model: 'openai/gpt-image-2' },
      path: '/openai/gpt-image-2',
      body: { prompt: PROMPT, quality: 'high' },
      output: { width: 1024, height: 1024 },
      cost,
    },
    {
      title: 'flux-2-pro',
      input: { model: 'bfl/flux-2-pro', width: 1024, height: 768, seed: 7, isSeedGiven: true },
      images: ['cat.png', 'dog.jpeg'],
      path: '/fal-ai/flux-2-pro/edit',
      body: { prompt: PROMPT, image_urls: [CAT, DOG], image_size: { width: 1024, height: 768 }, seed: 7 },
      output: { width: 1024, height: 768 },
      cost,
    },
    {
      title: 'seedream-4, enlarged to what it can make',
      input: { model: 'bytedance/seedream-4', width: 800, height: 800, seed: 7, isSeedGiven: true },
      images: ['cat.png', 'dog.jpeg'],
      path: '/fal-ai/bytedance/seedream/v4/edit',
      body: { prompt: PROMPT, image_urls: [CAT, DOG], image_size: { width: 960, height: 960 }, seed: 7 },
      output: { width: 960, height: 960 },
      cost,
    },
    {
      title: 'seedream-5-lite',
      input: { model: 'bytedance/seedream-5-lite', width: 2560, height: 1440 },
      images: ['cat.png'],
      path: '/fal-ai/bytedance/seedream/v5/lite/edit',
      body: { prompt: PROMPT, image_urls: [CAT], image_size: { width: 2560, height: 1440 } },
      output: { width: 2560, height: 1440 },
      cost,
    },
    {
      title: 'ideogram-3 with a style picture',
      input: { model: 'ideogram/ideogram-3', width: 1024, height: 768 },
      images: ['style.webp'],
      path: '/fal-ai/ideogram/v3',
      body: { prompt: PROMPT, image_urls: [STYLE], image_size: { width: 1024, height: 768 } },
      output: { width: 1024, height: 768 },
      cost,
    },
    {
      title: 'qwen/2512',
      input: {
        model: 'qwen/2512',
        operation: 'generate',
        width: 1024,
        height: 768,
        fields: { negative_prompt: 'blurry', num_inference_steps: 30, cfg_scale: 4 },
      },
      path: '/fal-ai/qwen-image-2512',
      body: {
        prompt: PROMPT,
        negative_prompt: 'blurry',
        num_inference_steps: 30,
        guidance_scale: 4,
        image_size: { width: 1024, height: 768 },
      },
      output: { width: 1024, height: 768 },
      cost,
    },
    {
      title: 'z-image over a source',
      input: {
        model: 'z-image/z-image',
        aspectRatio: '16:9',
        resolution: '1K',
        strength: 0.4,
        fields: { denoising_strength: 0.4, skip_prompt_expansion: true },
      },
      images: ['cat.png'],
      path: '/fal-ai/z-image/turbo/image-to-image',
      body: {
        prompt: PROMPT,
        image_url: CAT,
        strength: 0.4,
        image_size: { width: 1360, height: 768 },
        enable_prompt_expansion: false,
      },
      output: { width: 1360, height: 768 },
      cost,
    },
    {
      title: 'topaz standard, by factor',
      input: {
        model: 'topaz/standard-enhance',
        operation: 'enhance',
        prompt: null,
        width: 1280,
        height: 960,
        fields: { model: 'CGI', output_format: 'jpg', denoise: 0.2 },
      },
      images: ['cat.png'],
      path: '/fal-ai/topaz/upscale/image',
      body: {
        image_url: CAT,
        model: 'CGI',
        output_format: 'jpeg',
        denoise: 0.2,
        face_enhancement: false,
        upscale_factor: 2,
      },
      output: { width: 1280, height: 960 },
      cost,
    },
    {
      title: 'topaz generative',
      input: {
        model: 'topaz/generative-enhance',
        operation: 'enhance',
        prompt: null,
        scale: 1.5,
        fields: { creativity: 4, face_enhancement: true },
      },
      images: ['dog.jpeg'],
      path: '/fal-ai/topaz/upscale/image',
      body: { image_url: DOG, model: 'Redefine', face_enhancement: true, creativity: 4, upscale_factor: 1.5 },
      output: { width: 480, height: 480 },
      cost,
    },
  ],
})

void describe("what fal's queue says while it works", () => {
  const poll = (json: object) =>
    readFalPoll({ status: 200, headers: {}, text: '', json }, { resultUrl: '/r' })

  void test('its place in the queue, then the last bar in its logs', () => {
    assert.deepEqual(poll({ status: 'IN_QUEUE', queue_position: 2 }), {
      state: 'running',
      status: 'scheduled',
      progress: { stage: 'queued', percent: 0, etaMs: null },
    })
    const logs = [{ message: ' 25%|##   | 7/28' }, { message: ' 50%|#####     | 14/28' }]
    assert.deepEqual(poll({ status: 'IN_PROGRESS', logs }), {
      state: 'running',
      status: 'sampling',
      progress: { stage: 'sampling', percent: 50, etaMs: null },
    })
  })

  void test('a machine that failed was not charged, so another try is allowed', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const input = { model: 'google/nano-banana-pro', prompt: 'x [end:failed]' }
      await assert.rejects(submit({ input, images: ['cat.png'] }), (error) => {
        const fault = upstreamFaultOf(error)
        assert.ok(fault !== null && maySubmitAgain(fault))
        assert.equal(fault.upstreamCode, 'runner_disconnected')
        return true
      })
    }))

  void test('black squares in place of flagged pictures are a refusal that was paid', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const input = { model: 'bfl/flux-1-dev', prompt: 'x [end:black]' }
      await assert.rejects(submit({ input, images: ['cat.png'] }), (error) => {
        const fault = upstreamFaultOf(error)
        assert.deepEqual([fault?.kind, fault?.charged], ['refused', 'yes'])
        return true
      })
    }))

  void test('an input that fal cannot read is named', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const input = { model: 'google/nano-banana-pro', prompt: 'x [end:undownloadable]' }
      await assert.rejects(submit({ input, images: ['cat.png'] }), /file_download_error, image_urls/u)
    }))
})
