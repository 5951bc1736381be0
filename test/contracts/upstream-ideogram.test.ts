import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createIdeogramEngine } from '../../src/engines/ideogram/engine.ts'
import { IDEOGRAM_JOB_MODELS } from '../../src/engines/ideogram/job-models.ts'
import { IDEOGRAM_MODELS } from '../../src/engines/ideogram/models.ts'
import { IDEOGRAM_EMULATION } from '../support/emulators/ideogram.ts'
import { describeBody, useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: IDEOGRAM_EMULATION, createEngine: createIdeogramEngine }
const PAINT = 'ideogram/ideogram-3'
const EDIT = 'ideogram/ideogram-3-edit'
const PROMPT = 'turn the logo into a rug'
const COST = { microUsd: 60_000, basis: 'list_price', computeUnits: 34.4 } as const
const CHARACTER_COST = { microUsd: 150_000, basis: 'list_price', computeUnits: 85.9 } as const

upstreamContract('ideogram', {
  ...subject,
  models: Object.keys(IDEOGRAM_MODELS),
  requests: [
    {
      title: 'ideogram-3 generates at the nearest resolution, guided by a style and a character',
      input: { model: PAINT, width: 1300, height: 740, seed: 7, isSeedGiven: true },
      images: ['style.webp', 'character.png'],
      path: '/v1/ideogram-v3/generate',
      body: {
        fields: {
          prompt: PROMPT,
          magic_prompt: 'OFF',
          resolution: '1312x736',
          seed: '7',
          num_images: '1',
          rendering_speed: 'DEFAULT',
        },
        files: [
          ['style_reference_images', '<style.webp>', 'image/webp'],
          ['character_reference_images', '<character.png>', 'image/png'],
        ],
      },
      output: { width: 1312, height: 736 },
      cost: CHARACTER_COST,
    },
    {
      title: 'a remix with its weight, a shape by name, a style and a character',
      input: {
        model: EDIT,
        strength: 0.5,
        aspectRatio: '16:9',
        seed: 7,
        isSeedGiven: true,
      },
      images: ['cat.png', 'style.webp', 'character.png'],
      path: '/v1/ideogram-v3/remix',
      body: {
        fields: {
          prompt: PROMPT,
          image_weight: '50',
          aspect_ratio: '16x9',
          magic_prompt: 'OFF',
          seed: '7',
          num_images: '1',
          rendering_speed: 'DEFAULT',
        },
        files: [
          ['image', '<cat.png>', 'image/png'],
          ['style_reference_images', '<style.webp>', 'image/webp'],
          ['character_reference_images', '<character.png>', 'image/png'],
        ],
      },
      output: { width: 1365, height: 768 },
      cost: CHARACTER_COST,
    },
    {
      title: 'a remix without a shape follows its picture instead of being cropped to a square',
      input: { model: EDIT, fields: { rendering_speed: 'turbo' } },
      images: ['cat.png'],
      path: '/v1/ideogram-v3/remix',
      body: {
        fields: {
          prompt: PROMPT,
          magic_prompt: 'OFF',
          resolution: '1152x864',
          num_images: '1',
          rendering_speed: 'TURBO',
        },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 1152, height: 864 },
      cost: { microUsd: 30_000, basis: 'list_price', computeUnits: 17.2 },
    },
    {
      title: 'an edit under a mask that is black where the picture may change',
      input: { model: EDIT, seed: 7, isSeedGiven: true },
      images: ['cat.png', 'mask.png'],
      path: '/v1/ideogram-v3/edit',
      body: {
        fields: {
          prompt: PROMPT,
          magic_prompt: 'OFF',
          seed: '7',
          num_images: '1',
          rendering_speed: 'DEFAULT',
        },
        files: [
          ['image', '<cat.png>', 'image/png'],
          ['mask', '<mask.png in black>', 'image/png'],
        ],
      },
      output: { width: 640, height: 480 },
      cost: COST,
    },
    {
      title: 'a reframe has a resolution and no words',
      input: { model: 'ideogram/ideogram-3-reframe', prompt: null, width: 1536, height: 640 },
      images: ['cat.png'],
      path: '/v1/ideogram-v3/reframe',
      body: {
        fields: { resolution: '1536x640', num_images: '1', rendering_speed: 'DEFAULT' },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 1536, height: 640 },
      cost: COST,
    },
    {
      title: 'a new background',
      input: {
        model: 'ideogram/ideogram-3-replace-background',
        fields: { rendering_speed: 'quality' },
        count: 2,
      },
      images: ['cat.png'],
      path: '/v1/ideogram-v3/replace-background',
      body: {
        fields: { prompt: PROMPT, magic_prompt: 'OFF', num_images: '2', rendering_speed: 'QUALITY' },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 640, height: 480 },
      cost: { microUsd: 180_000, basis: 'list_price', computeUnits: 103.1 },
    },
  ],
})

upstreamContract('ideogram 4.5', {
  ...subject,
  models: Object.keys(IDEOGRAM_JOB_MODELS),
  isAsync: true,
  requests: [
    {
      title: 'an edit under a mask, with a reference, keeps the size of its picture',
      input: {
        model: 'ideogram/ideogram-4.5-edit',
        fields: { quality: 'high' },
        seed: 7,
        isSeedGiven: true,
      },
      images: ['cat.png', 'mask.png', 'tagged.png'],
      path: '/v2/image/precise-edit/ideogram-4-5',
      body: {
        fields: { prompt: PROMPT, quality: 'high', seed: '7', num_images: '1', async: 'true' },
        files: [
          ['image', '<cat.png>', 'image/png'],
          ['mask', '<mask.png in black>', 'image/png'],
          ['reference_images', '<tagged.png>', 'image/png'],
        ],
      },
      output: { width: 640, height: 480 },
      cost: { microUsd: 220_000, basis: 'list_price', computeUnits: 126 },
    },
    {
      title: 'a remix with its weight',
      input: { model: 'ideogram/ideogram-4.5-remix', strength: 0.5 },
      images: ['cat.png', 'tagged.png'],
      path: '/v2/image/remix/ideogram-4-5',
      body: {
        fields: {
          prompt: PROMPT,
          image_weight: '50',
          quality: 'medium',
          num_images: '1',
          async: 'true',
        },
        files: [
          ['image', '<cat.png>', 'image/png'],
          ['reference_images', '<tagged.png>', 'image/png'],
        ],
      },
      output: { width: 2048, height: 2048 },
      cost: COST,
    },
  ],
})

void test('a mask takes the place of a reference', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const input = { model: 'ideogram/ideogram-4.5-edit', prompt: 'p' }
    const four = ['tagged.png', 'tagged.png', 'tagged.png', 'tagged.png'] as const
    await submit({ input, images: ['cat.png', ...four] })
    await assert.rejects(
      submit({ input, images: ['cat.png', 'mask.png', ...four] }),
      /at most 3 references here/u,
    )
    assert.equal(emulator.submits.length, 1)
  }))

void test('what a mask leaves without effect is told', () =>
  useBench(subject, {}, async ({ submit }) => {
    const { warnings } = await submit({
      input: { model: EDIT, prompt: 'p', strength: 0.3, width: 1024, height: 768 },
      images: ['cat.png', 'mask.png'],
    })
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['strength', 'width', 'height'],
    )
  }))

void test('a second picture or character is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const input = { model: EDIT, prompt: 'p' }
    await assert.rejects(
      submit({ input, images: ['cat.png', 'dog.jpeg'] }),
      /image_urls\[1\]: Ideogram takes one picture/u,
    )
    await assert.rejects(
      submit({ input, images: ['cat.png', 'character.png', 'character.png'] }),
      /Ideogram takes one character/u,
    )
    assert.equal(emulator.requests.length, 0)
  }))

void test('a strength becomes how much stays, from 1 to 100', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    for (const [strength, weight] of [
      [0, '100'],
      [0.25, '75'],
      [1, '1'],
    ] as const) {
      await submit({ input: { model: EDIT, prompt: 'p', strength }, images: ['cat.png'] })
      const sent = emulator.submits.at(-1)
      assert.ok(sent !== undefined)
      const { fields } = (await describeBody(sent)) as { fields: Record<string, string> }
      assert.equal(fields['image_weight'], weight)
    }
  }))
