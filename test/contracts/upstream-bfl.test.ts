import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBflEngine } from '../../src/engines/bfl/engine.ts'
import { BFL_MODELS } from '../../src/engines/bfl/models.ts'
import { BFL_EMULATION } from '../support/emulators/bfl.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: BFL_EMULATION, createEngine: createBflEngine }
const PROMPT = 'turn the logo into a rug'

upstreamContract('bfl', {
  ...subject,
  models: Object.keys(BFL_MODELS),
  isAsync: true,
  // The poll says so, and nobody says whether it was charged.
  faults: { refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' } },
  requests: [
    {
      title: 'flux-2-pro, two images, pixels and seed',
      input: { model: 'bfl/flux-2-pro', width: 1024, height: 768, seed: 7, isSeedGiven: true },
      images: ['cat.png', 'dog.jpeg'],
      path: '/flux-2-pro',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        input_image_2: '<dog.jpeg>',
        seed: 7,
        width: 1024,
        height: 768,
        safety_tolerance: 2,
        output_format: 'png',
      },
      output: { width: 1024, height: 768 },
      cost: { microUsd: 45_000, basis: 'reported', computeUnits: 25.8 },
    },
    {
      title: 'flux-2-max follows the image where no size is asked for',
      input: { model: 'bfl/flux-2-max', options: { ...generateInput().options, outputFormat: 'webp' } },
      images: ['cat.png'],
      path: '/flux-2-max',
      body: { prompt: PROMPT, input_image: '<cat.png>', safety_tolerance: 2, output_format: 'webp' },
      output: { width: 640, height: 480 },
      cost: { microUsd: 100_000, basis: 'reported', computeUnits: 57.3 },
    },
    {
      title: 'flux-2-flex takes steps and guidance, within its limits',
      input: { model: 'bfl/flux-2-flex', fields: { steps: 80, guidance_scale: 4.5 } },
      images: ['cat.png'],
      path: '/flux-2-flex',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        steps: 50,
        guidance: 4.5,
        safety_tolerance: 2,
        output_format: 'png',
      },
      output: { width: 640, height: 480 },
      cost: { microUsd: 100_000, basis: 'reported', computeUnits: 57.3 },
    },
    {
      title: 'flux-2-klein-9b from words alone',
      input: { model: 'bfl/flux-2-klein-9b', width: 4096, height: 2048 },
      path: '/flux-2-klein-9b',
      body: { prompt: PROMPT, width: 2880, height: 1456, safety_tolerance: 2, output_format: 'png' },
      output: { width: 2880, height: 1456 },
      cost: { microUsd: 17_000, basis: 'reported', computeUnits: 9.7 },
    },
    {
      title: 'flux-2-klein-4b',
      input: { model: 'bfl/flux-2-klein-4b', resolution: '1K', aspectRatio: '1:1' },
      images: ['cat.png'],
      path: '/flux-2-klein-4b',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        width: 1024,
        height: 1024,
        safety_tolerance: 2,
        output_format: 'png',
      },
      output: { width: 1024, height: 1024 },
      cost: { microUsd: 15_000, basis: 'reported', computeUnits: 8.6 },
    },
    {
      title: 'Kontext for the hosted dev model: pixels become a ratio, style images follow the source',
      input: { model: 'bfl/flux-1-kontext-dev', width: 1600, height: 900, seed: 7, isSeedGiven: true },
      images: ['style.webp', 'cat.png'],
      path: '/flux-kontext-pro',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        input_image_2: '<style.webp>',
        seed: 7,
        aspect_ratio: '16:9',
        prompt_upsampling: false,
        safety_tolerance: 2,
        output_format: 'png',
      },
      output: { width: 1365, height: 768 },
      cost: { microUsd: 40_000, basis: 'reported', computeUnits: 22.9 },
    },
    {
      title: 'Kontext pro by name, exactly as documented',
      input: { model: 'bfl/flux-kontext-pro', aspectRatio: '16:9', seed: 7, isSeedGiven: true },
      images: ['cat.png'],
      path: '/flux-kontext-pro',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        aspect_ratio: '16:9',
        seed: 7,
        safety_tolerance: 2,
        output_format: 'png',
        prompt_upsampling: false,
      },
      output: { width: 1365, height: 768 },
      cost: { microUsd: 40_000, basis: 'reported', computeUnits: 22.9 },
    },
    {
      title: 'Kontext max',
      input: { model: 'bfl/flux-kontext-max' },
      images: ['cat.png'],
      path: '/flux-kontext-max',
      body: {
        prompt: PROMPT,
        input_image: '<cat.png>',
        prompt_upsampling: false,
        safety_tolerance: 2,
        output_format: 'png',
      },
      output: { width: 640, height: 480 },
      cost: { microUsd: 80_000, basis: 'reported', computeUnits: 45.8 },
    },
    {
      title: 'FLUX 1.1 pro',
      input: { model: 'bfl/flux-1.1-pro', width: 1440, height: 810 },
      path: '/flux-pro-1.1',
      body: { prompt: PROMPT, width: 1440, height: 800, safety_tolerance: 2, output_format: 'png' },
      output: { width: 1440, height: 800 },
      cost: { microUsd: 40_000, basis: 'reported', computeUnits: 22.9 },
    },
    {
      title: "FLUX 1.1 pro ultra with Krea's defaults",
      input: { model: 'bfl/flux-1.1-pro-ultra' },
      path: '/flux-pro-1.1-ultra',
      body: { prompt: PROMPT, aspect_ratio: '1:1', raw: true, safety_tolerance: 2, output_format: 'png' },
      output: { width: 2048, height: 2048 },
      cost: { microUsd: 60_000, basis: 'reported', computeUnits: 34.4 },
    },
  ],
})

void test('what was not taken literally is told', () =>
  useBench(subject, {}, async ({ submit }) => {
    const { warnings } = await submit({
      input: {
        model: 'bfl/flux-1-kontext-dev',
        prompt: 'p',
        width: 1600,
        height: 900,
      },
      images: ['cat.png', 'style.webp'],
    })
    assert.deepEqual(
      warnings.map(({ code, path }) => [code, path]),
      [
        ['adjusted_field', 'width'],
        ['unsupported_field', 'style_images[0].strength'],
      ],
    )
  }))

void test('an image too many, or for a model without images, is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const many = submit({
      input: { model: 'bfl/flux-1-kontext-dev', prompt: 'p' },
      images: ['cat.png', 'dog.jpeg', 'style.webp', 'style-reference.webp', 'tagged.png'],
    })
    await assert.rejects(many, /reference_images\[0\]\.url: flux-kontext-pro takes at most 4 images/u)
    const painted = submit({ input: { model: 'bfl/flux-1.1-pro', prompt: 'p' }, images: ['cat.png'] })
    await assert.rejects(painted, /flux-pro-1\.1 takes at most 0 images/u)
    assert.equal(emulator.requests.length, 0)
  }))
