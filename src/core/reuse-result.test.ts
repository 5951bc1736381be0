import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateInput, inputImage } from '../../test/support/requests.ts'
import type { GenerateInput } from './job.ts'
import type { ReuseDeps } from './reuse-result.ts'
import { createResultReuse, keptKey, revisionOf } from './reuse-result.ts'

const plan = {
  engine: 'vendor',
  queue: 'q',
  warnings: [],
  estimate: { microUsd: null, basis: 'unknown', computeUnits: null },
} as const

function keyOf(input: GenerateInput, moderation = '', offers: unknown[] = []): Promise<string> {
  const fingerprintPixels = ({ sha256 }: { sha256: string }): Promise<string> => Promise.resolve(sha256)
  const deps = { fingerprintPixels, moderation, offers }
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

void test('the key of a result: another workflow or upstream model behind the engine makes another one', async () => {
  const input = generateInput({ images: [inputImage('image_url')] })
  const keyWith = (members: object): Promise<string> => keyOf(input, '', [{ id: 'vendor', ...members }])
  const key = await keyWith({ revision: () => 'one' })
  assert.equal(await keyWith({ revision: () => Promise.resolve('one') }), key)
  const others = [
    keyWith({ revision: () => 'two' }),
    keyWith({ upstreamId: () => 'image-1' }),
    keyWith({ upstreamId: () => 'image-2' }),
    keyWith({}),
  ]
  assert.equal(new Set([key, ...(await Promise.all(others))]).size, 5)
  assert.ok(!key.includes('one'), 'it tells nothing of what is behind')
})

void test('a result is kept under its key only if what made it is what the key says', async () => {
  const key = await keyOf(generateInput(), '', [{ id: 'vendor', revision: () => 'one' }])
  assert.equal(keptKey(key, await revisionOf({ revision: () => 'one' }, 'test/model')), key)
  assert.equal(keptKey(key, await revisionOf({ revision: () => 'two' }, 'test/model')), null)
  assert.equal(keptKey(key, null), null, 'it changed while the job ran')
  assert.equal(keptKey(key, undefined), key, 'the result of an earlier job')
  assert.equal(keptKey(null, undefined), null)
})
