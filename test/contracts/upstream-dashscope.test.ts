import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createDashScopeEngine } from '../../src/engines/dashscope/engine.ts'
import { DASHSCOPE_MODELS } from '../../src/engines/dashscope/models.ts'
import { DASHSCOPE_EMULATION } from '../support/emulators/dashscope.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: DASHSCOPE_EMULATION, createEngine: createDashScopeEngine }
const EDIT = 'qwen/qwen-image-edit-plus'
const PATH = '/services/aigc/multimodal-generation/generation'
const PROMPT = 'turn the logo into a rug'
const CAT = { image: 'data:image/png;base64,<cat.png>' }
const DOG = { image: 'data:image/jpeg;base64,<dog.jpeg>' }
const UNKNOWN = { microUsd: null, basis: 'unknown', computeUnits: null } as const

upstreamContract('dashscope', {
  ...subject,
  models: Object.keys(DASHSCOPE_MODELS),
  requests: [
    {
      title: 'qwen-image-edit-plus, two images and all parameters',
      input: {
        model: EDIT,
        width: 1024,
        height: 1536,
        seed: 7,
        isSeedGiven: true,
        fields: { negative_prompt: ' ', skip_prompt_expansion: true },
      },
      images: ['cat.png', 'dog.jpeg'],
      path: PATH,
      body: {
        model: 'qwen-image-edit-plus',
        input: { messages: [{ role: 'user', content: [CAT, DOG, { text: PROMPT }] }] },
        parameters: {
          n: 1,
          size: '1024*1536',
          negative_prompt: ' ',
          seed: 7,
          prompt_extend: false,
          watermark: false,
        },
      },
      output: { width: 1024, height: 1536 },
      cost: UNKNOWN,
    },
    {
      title: 'without a size the first image says the shape, not the last',
      input: { model: 'qwen/qwen-image-3.0-pro' },
      images: ['cat.png', 'dog.jpeg'],
      path: PATH,
      body: {
        model: 'qwen-image-3.0-pro',
        input: { messages: [{ role: 'user', content: [CAT, DOG, { text: PROMPT }] }] },
        parameters: { n: 1, size: '1184*880', prompt_extend: true, watermark: false },
      },
      output: { width: 1184, height: 880 },
      cost: UNKNOWN,
    },
    {
      title: 'qwen 2512 from words alone, on the newer standard model',
      input: { model: 'qwen/2512', fields: { negative_prompt: 'blurry' } },
      path: PATH,
      body: {
        model: 'qwen-image-3.0',
        input: { messages: [{ role: 'user', content: [{ text: PROMPT }] }] },
        parameters: { n: 1, negative_prompt: 'blurry', prompt_extend: true, watermark: false },
      },
      output: { width: 1024, height: 1024 },
      cost: UNKNOWN,
    },
  ],
})

void test('a picture too many is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const four = Array.from({ length: 4 }, () => 'cat.png' as const)
    await assert.rejects(
      submit({ input: { model: EDIT, prompt: 'p' }, images: four }),
      /takes at most 3 images/u,
    )
    assert.equal(emulator.requests.length, 0)
  }))

void test('several results, at most six, and a size outside the limits', () =>
  useBench(subject, {}, async ({ submit }) => {
    const { outputs, warnings } = await submit({
      input: { model: EDIT, prompt: 'p', count: 8, width: 4096, height: 2048 },
      images: ['cat.png'],
    })
    assert.equal(outputs.length, 6)
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['count', 'width'],
    )
  }))
