import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createRunwayEngine } from '../../src/engines/runway/engine.ts'
import { RUNWAY_MODELS } from '../../src/engines/runway/models.ts'
import { RUNWAY_EMULATION } from '../support/emulators/runway.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: RUNWAY_EMULATION, createEngine: createRunwayEngine }
const MODEL = 'runway/gen-4-image'
const PROMPT = 'turn the logo into a rug'
const CONTENT_MODERATION = { publicFigureThreshold: 'auto' }
const COST = { microUsd: 50_000, basis: 'reported', computeUnits: 28.6 } as const

upstreamContract('runway', {
  ...subject,
  models: Object.keys(RUNWAY_MODELS),
  isAsync: true,
  requests: [
    {
      title: 'gen4_image, a reference with its tag, seed, and the nearest size',
      input: { model: MODEL, width: 1900, height: 1000, seed: 7, isSeedGiven: true },
      images: ['tagged.png'],
      path: '/text_to_image',
      body: {
        model: 'gen4_image',
        promptText: PROMPT,
        ratio: '1920:1080',
        seed: 7,
        referenceImages: [{ uri: 'data:image/png;base64,<tagged.png>', tag: 'rug' }],
        contentModeration: CONTENT_MODERATION,
      },
      output: { width: 1920, height: 1080 },
      cost: COST,
    },
    {
      title: 'gen4_image_turbo',
      input: { model: 'runway/gen-4-image-turbo', width: 720, height: 720 },
      images: ['tagged.png'],
      path: '/text_to_image',
      body: {
        model: 'gen4_image_turbo',
        promptText: PROMPT,
        ratio: '720:720',
        referenceImages: [{ uri: 'data:image/png;base64,<tagged.png>', tag: 'rug' }],
        contentModeration: CONTENT_MODERATION,
      },
      output: { width: 720, height: 720 },
      cost: COST,
    },
    {
      title: 'gen4_image without references and without a size',
      input: { model: MODEL },
      path: '/text_to_image',
      body: {
        model: 'gen4_image',
        promptText: PROMPT,
        ratio: '1024:1024',
        contentModeration: CONTENT_MODERATION,
      },
      output: { width: 1024, height: 1024 },
      cost: COST,
    },
  ],
})

void test('a task is cancelled where it runs', () =>
  useBench(subject, {}, async ({ emulator, engine, start }) => {
    const { handle, context } = await start({ input: { model: MODEL, prompt: 'p' }, images: ['tagged.png'] })
    assert.ok(handle !== null)
    assert.equal(await engine.cancel?.(handle, context), 'cancelled')
    const last = emulator.requests.at(-1)
    assert.deepEqual([last?.method, last?.path.startsWith('/tasks/')], ['DELETE', true])
  }))

void test('a reference too many is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const four = submit({
      input: { model: MODEL, prompt: 'p' },
      images: ['cat.png', 'dog.jpeg', 'style.webp', 'tagged.png'],
    })
    await assert.rejects(four, /reference_images\[0\]\.url: gen4_image takes at most 3 references/u)
    assert.equal(emulator.requests.length, 0)
  }))
