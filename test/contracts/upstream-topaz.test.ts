import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTopazEngine } from '../../src/engines/topaz/engine.ts'
import { TOPAZ_MODELS } from '../../src/engines/topaz/models.ts'
import { TOPAZ_EMULATION } from '../support/emulators/topaz.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: TOPAZ_EMULATION, createEngine: createTopazEngine }
const CAT = [['image', '<cat.png>', 'image/png']]
const COST = { microUsd: 80_000, basis: 'list_price', computeUnits: 45.8 } as const
const FACES = {
  subject_detection: 'All',
  face_enhancement: 'false',
  face_enhancement_creativity: '0.5',
  face_enhancement_strength: '0.5',
}

upstreamContract('topaz', {
  ...subject,
  models: Object.keys(TOPAZ_MODELS),
  isAsync: true,
  faults: {
    // Topaz knows no refusals: a job fails, takes no credits, and nobody says why.
    refused: { kind: 'transient', charged: 'no', code: 'unavailable' },
  },
  requests: [
    {
      title: "Standard V2 with Krea's defaults",
      input: { model: 'topaz/standard-enhance', width: 1280, height: 960 },
      images: ['cat.png'],
      path: '/enhance/async',
      body: {
        fields: {
          model: 'Standard V2',
          output_width: '1280',
          output_height: '960',
          output_format: 'jpeg',
          ...FACES,
          crop_to_fill: 'false',
          sharpen: '0.5',
          denoise: '0.5',
          fix_compression: '0.5',
          strength: '0.5',
        },
        files: CAT,
      },
      output: { width: 1280, height: 960 },
      cost: COST,
    },
    {
      title: 'CGI by factor as PNG, faces restored',
      input: {
        model: 'topaz/standard-enhance',
        scale: 2,
        strength: 0.8,
        options: { ...generateInput().options, outputFormat: 'png' },
        fields: {
          model: 'CGI',
          upscaling_activated: true,
          image_scaling_factor: 2,
          face_enhancement: true,
          face_enhancement_strength: 0.8,
          face_enhancement_creativity: 0,
          subject_detection: 'Foreground',
          crop_to_fill: true,
          sharpen: 0.1,
          denoise: 0.2,
          fix_compression: 0.3,
        },
      },
      images: ['cat.png'],
      path: '/enhance/async',
      body: {
        fields: {
          model: 'CGI',
          output_width: '1280',
          output_height: '960',
          output_format: 'png',
          subject_detection: 'Foreground',
          face_enhancement: 'true',
          face_enhancement_creativity: '0',
          face_enhancement_strength: '0.8',
          crop_to_fill: 'true',
          sharpen: '0.1',
          denoise: '0.2',
          fix_compression: '0.3',
          strength: '0.8',
        },
        files: CAT,
      },
      output: { width: 1280, height: 960 },
      cost: COST,
    },
    {
      title: 'Redefine with prompt and seed',
      input: { model: 'topaz/generative-enhance', width: 800, height: 600, seed: 2, isSeedGiven: true },
      images: ['cat.png'],
      path: '/enhance-gen/async',
      body: {
        fields: {
          model: 'Redefine',
          output_width: '800',
          output_height: '600',
          output_format: 'jpeg',
          ...FACES,
          crop_to_fill: 'false',
          creativity: '3',
          texture: '3',
          sharpen: '0.5',
          denoise: '0.5',
          detail: '0.5',
          prompt: 'turn the logo into a rug',
          seed: '2',
        },
        files: CAT,
      },
      output: { width: 800, height: 600 },
      cost: COST,
    },
    {
      title: 'Bloom is Reimagine',
      input: {
        model: 'topaz/bloom-enhance',
        width: 800,
        height: 600,
        fields: { creativity: 7, face_preservation: true, color_preservation: true },
      },
      images: ['cat.png'],
      path: '/enhance-gen/async',
      body: {
        fields: {
          model: 'Reimagine',
          output_width: '800',
          output_height: '600',
          output_format: 'jpeg',
          crop_to_fill: 'false',
          creativity: '7',
          face_preservation: 'true',
          color_preservation: 'true',
          prompt: 'turn the logo into a rug',
        },
        files: CAT,
      },
      output: { width: 800, height: 600 },
      cost: COST,
    },
    {
      title: 'Bloom 2 with grain; a reference picture stays here',
      input: {
        model: 'topaz/bloom-2-enhance',
        width: 800,
        height: 600,
        seed: 4000,
        isSeedGiven: true,
        fields: {
          autoprompt: false,
          grain: true,
          grain_model: 'silver',
          grain_density: 0.4,
          grain_size: 2,
          grain_strength: 0.3,
        },
      },
      images: ['cat.png', 'reference.png'],
      path: '/enhance-gen/async',
      body: {
        fields: {
          model: 'Bloom 2',
          output_width: '800',
          output_height: '600',
          output_format: 'jpeg',
          crop_to_fill: 'false',
          color_preservation: 'false',
          autoprompt: 'false',
          prompt: 'turn the logo into a rug',
          seed: '1',
          grain: 'true',
          grain_model: 'silver',
          grain_density: '0.4',
          grain_size: '2',
          grain_strength: '0.3',
        },
        files: CAT,
      },
      output: { width: 800, height: 600 },
      cost: COST,
    },
    {
      title: 'Wonder 3.5: a number becomes a word',
      input: {
        model: 'topaz/wonder-35-enhance',
        width: 800,
        height: 600,
        fields: { enhancement_strength: 0.5 },
      },
      images: ['cat.png'],
      path: '/enhance-gen/async',
      body: {
        fields: {
          model: 'Wonder 3.5',
          output_width: '800',
          output_height: '600',
          output_format: 'jpeg',
          crop_to_fill: 'false',
          enhancement_strength: 'medium',
        },
        files: CAT,
      },
      output: { width: 800, height: 600 },
      cost: COST,
    },
  ],
})

void test('a job is cancelled where it runs', () =>
  useBench(subject, {}, async ({ emulator, engine, start }) => {
    const { handle, context } = await start({
      input: { model: 'topaz/standard-enhance' },
      images: ['cat.png'],
    })
    assert.ok(handle !== null)
    assert.equal(await engine.cancel?.(handle, context), 'cancelled')
    const last = emulator.requests.at(-1)
    assert.deepEqual([last?.method, last?.path.startsWith('/cancel/')], ['DELETE', true])
  }))

void test('what was not taken literally is told', () =>
  useBench(subject, {}, async ({ submit }) => {
    const { warnings } = await submit({
      input: {
        model: 'topaz/bloom-2-enhance',
        width: 800,
        height: 600,
        scale: 2,
        seed: 4000,
        isSeedGiven: true,
        fields: {
          upscaling_activated: true,
          image_scaling_factor: 2,
          grain: true,
          grain_model: 'coarse',
          grain_size: 0.5,
        },
      },
      images: ['cat.png'],
    })
    assert.deepEqual(
      warnings.map(({ code, path }) => [code, path]),
      [
        ['unsupported_field', 'width'],
        ['unsupported_field', 'height'],
        ['adjusted_field', 'seed'],
        ['unsupported_field', 'grain_model'],
        ['adjusted_field', 'grain_size'],
      ],
    )
  }))

void test('a result that is too large is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const large = submit({
      input: { model: 'topaz/standard-enhance', width: 32_000, height: 32_000 },
      images: ['cat.png'],
    })
    await assert.rejects(large, /the result would be 32000x32000; Topaz makes at most 512000000 pixels/u)
    assert.equal(emulator.requests.length, 0)
  }))
