import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLumaEngine } from '../../src/engines/luma/engine.ts'
import { LUMA_MODELS } from '../../src/engines/luma/models.ts'
import { LUMA_EMULATION } from '../support/emulators/luma.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const subject = { emulation: LUMA_EMULATION, createEngine: createLumaEngine }
const IMAGE = 'luma/uni-1'
const EDIT = 'luma/uni-1-edit'
const PROMPT = 'turn the logo into a rug'
const CAT = { data: '<cat.png>', media_type: 'image/png' }
const DOG = { data: '<dog.jpeg>', media_type: 'image/jpeg' }

upstreamContract('luma', {
  ...subject,
  models: Object.keys(LUMA_MODELS),
  isAsync: true,
  // The poll says so, and nobody says whether it was charged.
  faults: { refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' } },
  requests: [
    {
      title: 'an edit of its first picture, with a reference',
      input: { model: EDIT, aspectRatio: '16:9' },
      images: ['cat.png', 'dog.jpeg'],
      path: '/generations',
      body: {
        model: 'uni-1',
        type: 'image_edit',
        prompt: PROMPT,
        source: CAT,
        image_ref: [DOG],
        aspect_ratio: '16:9',
        style: 'auto',
        output_format: 'png',
        web_search: false,
      },
      output: { width: 2731, height: 1536 },
      cost: { microUsd: 46_400, basis: 'list_price', computeUnits: 26.6 },
    },
    {
      title: 'an edit without a shape keeps that of its picture',
      input: { model: EDIT },
      images: ['cat.png'],
      path: '/generations',
      body: {
        model: 'uni-1',
        type: 'image_edit',
        prompt: PROMPT,
        source: CAT,
        style: 'auto',
        output_format: 'png',
        web_search: false,
      },
      output: { width: 2365, height: 1774 },
      cost: { microUsd: 43_400, basis: 'list_price', computeUnits: 24.9 },
    },
    {
      title: 'uni-1-max composes from references, in manga, as JPEG, with the web',
      input: {
        model: IMAGE,
        width: 1024,
        height: 2048,
        fields: { mode: 'max', style: 'manga', output_format: 'jpeg', web_search: true },
      },
      images: ['cat.png', 'dog.jpeg'],
      path: '/generations',
      body: {
        model: 'uni-1-max',
        type: 'image',
        prompt: PROMPT,
        image_ref: [CAT, DOG],
        aspect_ratio: '1:2',
        style: 'manga',
        output_format: 'jpeg',
        web_search: true,
      },
      output: { width: 1448, height: 2896 },
      cost: { microUsd: 106_000, basis: 'list_price', computeUnits: 60.7 },
    },
    {
      title: 'uni-1 from words alone is a square, as Krea documents',
      input: { model: IMAGE },
      path: '/generations',
      body: {
        model: 'uni-1',
        type: 'image',
        prompt: PROMPT,
        aspect_ratio: '1:1',
        style: 'auto',
        output_format: 'png',
        web_search: false,
      },
      output: { width: 2048, height: 2048 },
      cost: { microUsd: 40_400, basis: 'list_price', computeUnits: 23.1 },
    },
  ],
})

void test('a picture too many is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const ten = Array.from({ length: 10 }, () => 'cat.png' as const)
    await assert.rejects(submit({ input: { model: IMAGE, prompt: 'p' }, images: ten }), /at most 9 images/u)
    assert.equal(emulator.requests.length, 0)
  }))

void test('weights are told to have no effect, and the format of the afterimage object goes first', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const options = { ...generateInput().options, outputFormat: 'png' as const }
    const { warnings } = await submit({
      input: { model: IMAGE, prompt: 'p', fields: { output_format: 'jpeg' }, options },
      images: ['style.webp'],
    })
    assert.deepEqual(
      warnings.map(({ path }) => path),
      ['style_images[0].strength'],
    )
    assert.equal(JSON.stringify(emulator.submits[0]?.json).includes('"output_format":"png"'), true)
  }))
