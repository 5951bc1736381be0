import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCompatibleEngine } from '../../src/engines/openai-compatible/engine.ts'
import type { CompatibleEngineOptions } from '../../src/engines/openai-compatible/engine.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { COMPATIBLE_EMULATION } from '../support/emulators/openai-compatible.ts'
import { outputSize, useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const PROMPT = 'turn the logo into a rug'
const MODELS = {
  'bfl/flux-1-kontext-dev': { upstream: 'flux-kontext' },
  'z-image/z-image': { upstream: 'z-image', imageField: 'image' },
} as const
const subject = (more: Partial<CompatibleEngineOptions> = {}) => ({
  emulation: COMPATIBLE_EMULATION,
  createEngine: ({ origin = '', ...options }: UpstreamEngineOptions) =>
    createCompatibleEngine({ ...options, origin, models: MODELS, isHome: true, ...more }),
})

upstreamContract('openai-compatible', {
  ...subject(),
  models: Object.keys(MODELS),
  isHome: true,
  requests: [
    {
      title: 'two images and a mask',
      input: { model: 'bfl/flux-1-kontext-dev', width: 1000, height: 800, count: 2 },
      images: ['cat.png', 'mask.png', 'dog.jpeg'],
      path: '/images/edits',
      body: {
        fields: {
          model: 'flux-kontext',
          prompt: PROMPT,
          n: '2',
          size: '1008x800',
          response_format: 'b64_json',
        },
        files: [
          ['image[]', '<cat.png>', 'image/png'],
          ['image[]', '<dog.jpeg>', 'image/jpeg'],
          ['mask', '<mask.png>', 'image/png'],
        ],
      },
      output: { width: 1008, height: 800 },
      cost: null,
    },
    {
      title: 'without an image a generation, in JSON',
      input: { model: 'z-image/z-image' },
      path: '/images/generations',
      body: { model: 'z-image', prompt: PROMPT, n: 1, response_format: 'b64_json' },
      output: { width: 512, height: 512 },
      cost: null,
    },
  ],
})

void describe('servers in the form of OpenAI beyond the contract', () => {
  void test('a result on the server itself is fetched there, although it is private', () =>
    useBench(
      subject({ fetchResult: () => Promise.reject(new Error('not by the guarded way')) }),
      {},
      async ({ submit }) => {
        const input = { model: 'z-image/z-image', prompt: 'x [as address]' }
        assert.deepEqual(await outputSize(await submit({ input, images: ['cat.png'] })), {
          width: 64,
          height: 48,
        })
      },
    ))

  void test('one that may cost money is never run twice, and has no price', () =>
    useBench(subject({ isHome: false, id: 'litellm' }), {}, ({ engine }) => {
      assert.deepEqual([engine.id, engine.queue, engine.isRepeatable], ['litellm', 'litellm', false])
      return Promise.resolve()
    }))
})
