import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateInput, inputImage } from '../../test/support/requests.ts'
import type { GenerateInput } from './job.ts'
import type { ReuseDeps } from './reuse-result.ts'
import { createResultReuse } from './reuse-result.ts'

const plan = {
  engine: 'vendor',
  queue: 'q',
  warnings: [],
  estimate: { microUsd: null, basis: 'unknown', computeUnits: null },
} as const

function keyOf(input: GenerateInput, moderation = ''): Promise<string> {
  const deps = { fingerprintPixels: ({ sha256 }: { sha256: string }) => Promise.resolve(sha256), moderation }
  return createResultReuse(deps as unknown as ReuseDeps).keyOf({ model: 'test/model', plan, input })
}

void test('the key of a result: what decides about storing and refusing is no difference, the moderation is', async () => {
  const input = generateInput({ images: [inputImage('image_url')] })
  const { options } = input
  const [key, ...same] = await Promise.all(
    [
      input,
      { ...input, images: [inputImage('image_urls[0]')] },
      { ...input, seed: input.seed + 1, isSeedGiven: false },
      {
        ...input,
        options: { ...options, retentionSeconds: 60, isStored: false, onUnsupported: 'error' as const },
      },
      { ...input, options: { ...options, arePreviewsWanted: true } },
    ].map((one) => keyOf({ ...one, isSeedGiven: false })),
  )
  assert.deepEqual(same, [key, key, key, key])
  const others = await Promise.all([
    keyOf({ ...input, isSeedGiven: false }, 'http://127.0.0.1:9000/decide'),
    keyOf({ ...input, isSeedGiven: true }),
    keyOf({ ...input, isSeedGiven: true, seed: input.seed + 1 }),
    keyOf({ ...input, options: { ...options, onUnsupported: 'emulate' } }),
    keyOf({ ...input, options: { ...options, quality: 50 } }),
    keyOf({ ...input, images: [inputImage('image_url'), inputImage('image_url')] }),
  ])
  assert.equal(new Set([key, ...others]).size, 1 + others.length)
})
