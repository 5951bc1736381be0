import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createOpenAiEngine } from '../../src/engines/openai/engine.ts'
import { OPENAI_MODELS } from '../../src/engines/openai/models.ts'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

/** 22 text, 290 image and 1756 output tokens. */
const COST = { microUsd: 55_110, basis: 'tokens', computeUnits: 31.6 } as const

upstreamContract('openai', {
  emulation: OPENAI_EMULATION,
  createEngine: createOpenAiEngine,
  models: Object.keys(OPENAI_MODELS),
  requests: [
    {
      title: 'gpt-image-2, two images, a mask and all output options',
      input: {
        model: 'openai/gpt-image-2',
        width: 1536,
        height: 864,
        fields: { quality: 'high', background: 'opaque' },
        options: {
          onUnsupported: 'warn',
          outputFormat: 'webp',
          quality: 90,
          size: null,
          isPreciseEdit: false,
          retentionSeconds: null,
          isStored: true,
        },
      },
      images: ['cat.png', 'mask.png', 'dog.jpeg'],
      path: '/images/edits',
      body: {
        fields: {
          model: 'gpt-image-2',
          prompt: 'turn the logo into a rug',
          n: '1',
          size: '1536x864',
          quality: 'high',
          background: 'opaque',
          output_format: 'webp',
          output_compression: '90',
        },
        files: [
          ['image[]', '<cat.png>', 'image/png'],
          ['image[]', '<dog.jpeg>', 'image/jpeg'],
          ['mask', '<mask.png>', 'image/png'],
        ],
      },
      output: { width: 1536, height: 864 },
      cost: COST,
    },
    {
      title: 'gpt-image (2.5 Flare): the nearest size in steps of 16',
      input: { model: 'openai/gpt-image', width: 1920, height: 1080 },
      images: ['cat.png'],
      path: '/images/edits',
      body: {
        fields: {
          model: 'gpt-image-2.5-flare',
          prompt: 'turn the logo into a rug',
          n: '1',
          size: '1920x1088',
          quality: 'auto',
        },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 1920, height: 1088 },
      cost: COST,
    },
    {
      title: 'gpt-image-2.5-flare: shape by name',
      input: {
        model: 'openai/gpt-image-2.5-flare',
        aspectRatio: '16:9',
        resolution: '4K',
        fields: { quality: 'max' },
      },
      images: ['cat.png'],
      path: '/images/edits',
      body: {
        fields: {
          model: 'gpt-image-2.5-flare',
          prompt: 'turn the logo into a rug',
          n: '1',
          size: '3840x2160',
          quality: 'max',
        },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 3840, height: 2160 },
      cost: COST,
    },
    {
      title: 'gpt-image-2.6-flare; its price is not known',
      input: {
        model: 'openai/gpt-image-2.6-flare',
        aspectRatio: '1:1',
        resolution: '1K',
        fields: { background: 'transparent' },
      },
      images: ['cat.png'],
      path: '/images/edits',
      body: {
        fields: {
          model: 'gpt-image-2.6-flare',
          prompt: 'turn the logo into a rug',
          n: '1',
          size: '1024x1024',
          background: 'transparent',
        },
        files: [['image', '<cat.png>', 'image/png']],
      },
      output: { width: 1024, height: 1024 },
      cost: { microUsd: null, basis: 'unknown', computeUnits: null },
    },
    {
      title: 'gpt-image-2.5-sunburst without an image is a generation, in JSON',
      input: { model: 'openai/gpt-image-2.5-sunburst', count: 2 },
      path: '/images/generations',
      body: { model: 'gpt-image-2.5-sunburst', prompt: 'turn the logo into a rug', n: 2 },
      output: { width: 1024, height: 1024 },
      cost: COST,
    },
  ],
})

void test('a mask that the API would refuse is refused before anything is sent', async () => {
  const subject = { emulation: OPENAI_EMULATION, createEngine: createOpenAiEngine }
  await useBench(subject, {}, async ({ emulator, submit }) => {
    const input = { model: 'openai/gpt-image-2', prompt: 'p' }
    await assert.rejects(submit({ input, images: ['dog.jpeg', 'mask.png'] }), (error) => {
      assert.equal(upstreamFaultOf(error)?.charged, 'no')
      assert.match(
        String(error),
        /afterimage\.mask_url: the mask is 640x480; it must be as large as the image, 320x320/u,
      )
      return true
    })
    assert.equal(emulator.requests.length, 0)
  })
})
