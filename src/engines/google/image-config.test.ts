import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GenerateInput } from '../../core/job.ts'
import { generateInput } from '../../../test/support/requests.ts'
import { chooseConfig } from './image-config.ts'
import type { GoogleModel } from './models.ts'
import { GOOGLE_MODELS } from './models.ts'

const choose = (model: string, input: Partial<GenerateInput>) =>
  chooseConfig(generateInput(input), GOOGLE_MODELS[model] as GoogleModel)
const warned = (model: string, input: Partial<GenerateInput>): string[] =>
  choose(model, input).warnings.map(({ code, path }) => `${code} ${path}`)

void test('nothing asked leaves the shape to the model', () => {
  assert.deepEqual(choose('google/nano-banana-pro', {}), { config: null, warnings: [] })
})

void test('names pass as they are, unknown ratios become the nearest', () => {
  const named = { aspectRatio: '21:9', resolution: '4K' }
  assert.deepEqual(choose('google/nano-banana-pro', named), {
    config: { aspectRatio: '21:9', imageSize: '4K' },
    warnings: [],
  })
  assert.deepEqual(choose('google/nano-banana-pro', { aspectRatio: '4:1' }).config, { aspectRatio: '21:9' })
  assert.deepEqual(warned('google/nano-banana-pro', { aspectRatio: '4:1' }), ['adjusted_field aspect_ratio'])
  assert.deepEqual(warned('google/nano-banana-2', { aspectRatio: '4:1' }), [])
})

void test('pixels become ratio and class, and only an exact square goes without a word', () => {
  const pixels = { width: 1920, height: 1080 }
  assert.deepEqual(choose('google/nano-banana-pro', pixels).config, { aspectRatio: '16:9', imageSize: '1K' })
  assert.deepEqual(warned('google/nano-banana-pro', pixels), ['adjusted_field width'])
  assert.deepEqual(warned('google/nano-banana-pro', { width: 2048, height: 2048 }), [])
})

void test('names go before pixels, and the pixels are named', () => {
  const both = { aspectRatio: '1:1', resolution: '2K', width: 512, height: 256 }
  assert.deepEqual(choose('google/nano-banana-pro', both).config, { aspectRatio: '1:1', imageSize: '2K' })
  assert.deepEqual(warned('google/nano-banana-pro', both), ['unsupported_field width'])
})

void test('a model of one size is never asked for another', () => {
  const config = choose('google/nano-banana', { width: 4096, height: 4096, resolution: '4K' }).config
  assert.deepEqual(config, { aspectRatio: '1:1' })
})
