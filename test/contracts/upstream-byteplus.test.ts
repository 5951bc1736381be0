import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createBytePlusEngine } from '../../src/engines/byteplus/engine.ts'
import { BYTEPLUS_EMULATION } from '../support/emulators/byteplus.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: BYTEPLUS_EMULATION, createEngine: createBytePlusEngine }
const PROMPT = 'turn the logo into a rug'
const CAT = 'data:image/png;base64,<cat.png>'
const DOG = 'data:image/jpeg;base64,<dog.jpeg>'
const SINGLE = {
  sequential_image_generation: 'disabled',
  response_format: 'url',
  watermark: false,
  stream: false,
}
const UNKNOWN = { microUsd: null, basis: 'unknown', computeUnits: null } as const

upstreamContract('byteplus', {
  ...subject,
  models: [
    'bytedance/seedream-4',
    'bytedance/seedream-4.5',
    'bytedance/seedream-5-lite',
    'bytedance/seedream-5-pro',
    'bytedance/seededit',
  ],
  requests: [
    {
      title: 'seedream-4-0, two images in a list',
      input: { model: 'bytedance/seedream-4', width: 2048, height: 2048 },
      images: ['cat.png', 'dog.jpeg'],
      path: '/images/generations',
      body: {
        model: 'seedream-4-0-250828',
        prompt: PROMPT,
        image: [CAT, DOG],
        size: '2048x2048',
        ...SINGLE,
      },
      output: { width: 2048, height: 2048 },
      cost: { microUsd: 30_000, basis: 'list_price', computeUnits: 17.2 },
    },
    {
      title: 'seedream-4-5, one image alone, scaled up to the least that the model makes',
      input: { model: 'bytedance/seedream-4.5', width: 1024, height: 1024 },
      images: ['cat.png'],
      path: '/images/generations',
      body: { model: 'seedream-4-5-251128', prompt: PROMPT, image: CAT, size: '1920x1920', ...SINGLE },
      output: { width: 1920, height: 1920 },
      cost: { microUsd: 40_000, basis: 'list_price', computeUnits: 22.9 },
    },
    {
      title: 'seedream-5-0 (lite) as PNG; without a size the model follows the image',
      input: {
        model: 'bytedance/seedream-5-lite',
        options: { ...generateInput().options, outputFormat: 'png' },
      },
      images: ['cat.png'],
      path: '/images/generations',
      body: {
        model: 'seedream-5-0-260128',
        prompt: PROMPT,
        image: CAT,
        size: '2K',
        output_format: 'png',
        ...SINGLE,
      },
      output: { width: 2365, height: 1774 },
      cost: { microUsd: 35_000, basis: 'list_price', computeUnits: 20 },
    },
    {
      title: 'seedream-5-0-pro from words alone, which knows no batches',
      input: { model: 'bytedance/seedream-5-pro', width: 4096, height: 4096 },
      path: '/images/generations',
      body: {
        model: 'seedream-5-0-pro-260628',
        prompt: PROMPT,
        size: '2048x2048',
        response_format: 'url',
        watermark: false,
      },
      output: { width: 2048, height: 2048 },
      cost: UNKNOWN,
    },
    {
      title: 'seededit-3-0, as large as the image, with a seed',
      input: { model: 'bytedance/seededit', seed: 7, isSeedGiven: true },
      images: ['cat.png'],
      path: '/images/generations',
      body: {
        model: 'seededit-3-0-i2i-250628',
        prompt: PROMPT,
        image: CAT,
        size: 'adaptive',
        seed: 7,
        guidance_scale: 5.5,
        response_format: 'url',
        watermark: false,
      },
      output: { width: 640, height: 480 },
      cost: UNKNOWN,
    },
  ],
})

void test('what was not taken literally is told', () =>
  useBench(subject, {}, async ({ submit }) => {
    const large = await submit({
      input: { model: 'bytedance/seedream-4', prompt: 'p', width: 512, height: 512 },
      images: ['cat.png', 'style.webp'],
    })
    const seeded = await submit({
      input: { model: 'bytedance/seededit', prompt: 'p', seed: 2 ** 31 + 5, isSeedGiven: true },
      images: ['cat.png'],
    })
    assert.deepEqual(
      [...large.warnings, ...seeded.warnings].map(({ code, path }) => [code, path]),
      [
        ['adjusted_field', 'width'],
        ['unsupported_field', 'style_images[0].strength'],
        ['adjusted_field', 'seed'],
      ],
    )
  }))

void test('an image that the vendor would refuse is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const input = { model: 'bytedance/seededit', prompt: 'p' }
    await assert.rejects(
      submit({ input, images: ['style.webp'] }),
      /found webp; seededit-3-0-i2i-250628 takes/u,
    )
    await assert.rejects(submit({ input, images: ['cat.png', 'dog.jpeg'] }), /takes at most 1 images/u)
    assert.equal(emulator.requests.length, 0)
  }))
