/** Partial images of OpenAI: asked for only where somebody takes them, and whatever becomes of the stream, one paid call. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AfterimageError } from '../../src/core/errors.ts'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { createOpenAiEngine } from '../../src/engines/openai/engine.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import type { StreamFault } from '../support/emulators/openai.ts'
import { generateInput } from '../support/requests.ts'
import { describeBody, outputSize, useBench } from './upstream-bench.ts'

const SUBJECT = { emulation: OPENAI_EMULATION, createEngine: createOpenAiEngine }
const input = { model: 'openai/gpt-image-2', prompt: 'p' }
const PLAIN = { model: 'gpt-image-2', prompt: 'p', n: '1', quality: 'high' }

function sizeOf(bytes: Uint8Array): [number, number] {
  const { width, height } = createImageProbe().probe(bytes)
  return [width, height]
}

void describe('previews of OpenAI', () => {
  void test('come while the image is made, and are paid for', () =>
    useBench(SUBJECT, {}, async ({ emulator, submit }) => {
      const seen: [number, number][] = []
      const onPreview = ({ bytes }: { bytes: Uint8Array }): void => void seen.push(sizeOf(bytes))
      const result = await submit({ input, images: ['cat.png'], onPreview })
      const [sent] = emulator.requests
      assert.ok(sent !== undefined)
      assert.deepEqual(await describeBody(sent), {
        fields: { ...PLAIN, stream: 'true', partial_images: '2' },
        files: [['image', '<cat.png>', 'image/png']],
      })
      assert.deepEqual(seen, [
        [640, 480],
        [640, 480],
      ])
      assert.deepEqual(await outputSize(result), { width: 640, height: 480 })
      assert.equal(result.cost?.microUsd, 61_110, '200 output tokens more than the 55,110 without')
      assert.deepEqual(result.warnings, [])
    }))

  void test('a generation without a picture streams too, in JSON', () =>
    useBench(SUBJECT, {}, async ({ emulator, submit }) => {
      let previews = 0
      await submit({ input, images: [], onPreview: () => void (previews += 1) })
      assert.deepEqual(emulator.submits[0]?.json, { ...PLAIN, n: 1, stream: true, partial_images: 2 })
      assert.equal(previews, 2)
    }))

  void test('nobody takes them: nothing is streamed, and nothing more is paid', () =>
    useBench(SUBJECT, {}, async ({ emulator, submit }) => {
      const result = await submit({ input, images: ['cat.png'] })
      assert.deepEqual(Object.fromEntries(emulator.submits[0]?.fields ?? []), PLAIN)
      assert.equal(result.cost?.microUsd, 55_110)
    }))

  void test('of two results there are none, and that is told', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      let previews = 0
      const onPreview = (): void => void (previews += 1)
      const result = await submit({ input: { ...input, count: 2 }, images: ['cat.png'], onPreview })
      assert.equal(result.outputs.length, 2)
      assert.equal(previews, 0)
      assert.deepEqual(
        result.warnings.map(({ code, path }) => [code, path]),
        [['unsupported_field', 'afterimage.previews']],
      )
    }))

  void test('their tokens are in the estimate', () => {
    const engine = createOpenAiEngine({
      secret: () => 'k',
      clock: { now: () => 0 },
      fetchResult: () => Promise.reject(new Error('no network')),
    })
    const plain = generateInput({ ...input, width: 1024, height: 1024 })
    const shown = { ...plain, options: { ...plain.options, arePreviewsWanted: true } }
    const priceOf = (one: typeof plain): number => engine.estimate?.(one).microUsd ?? 0
    assert.equal(priceOf(shown) - priceOf(plain), (200 * 30_000_000) / 1_000_000)
    assert.equal(priceOf({ ...shown, options: { ...shown.options, isStored: false } }), priceOf(plain))
    assert.equal(priceOf({ ...shown, count: 2 }), priceOf({ ...plain, count: 2 }))
  })
})

/** What must become of the job after a first preview. */
const ENDS: Readonly<Record<StreamFault, { code: string; kind: string; previews: number }>> = {
  dropped: { code: 'outcome_unknown', kind: 'outcome_unknown', previews: 1 },
  cut_short: { code: 'outcome_unknown', kind: 'outcome_unknown', previews: 1 },
  garbage: { code: 'outcome_unknown', kind: 'outcome_unknown', previews: 1 },
  error: { code: 'outcome_unknown', kind: 'outcome_unknown', previews: 1 },
  limited: { code: 'outcome_unknown', kind: 'outcome_unknown', previews: 1 },
  moderated: { code: 'engine_rejected', kind: 'refused', previews: 1 },
}

void describe('a stream of OpenAI that goes wrong after a preview', () => {
  for (const [fault, { code, kind, previews }] of Object.entries(ENDS))
    void test(`${fault}: ${kind}, perhaps paid, and never called again`, () =>
      useBench(SUBJECT, {}, async ({ emulator, submit }) => {
        let seen = 0
        const prompt = `p [stream:${fault}]`
        const call = submit({
          input: { ...input, prompt },
          images: ['cat.png'],
          onPreview: () => void (seen += 1),
        })
        await assert.rejects(call, (error: AfterimageError) => {
          assert.equal(error.code, code)
          const { kind: found, charged } = upstreamFaultOf(error) ?? {}
          assert.deepEqual([found, charged], [kind, 'maybe'])
          assert.doesNotMatch(error.message, /\[stream/u, 'the prompt stays out of it')
          return true
        })
        assert.equal(seen, previews)
        assert.equal(emulator.posts(), 1)
      }))

  for (const late of ['late_break', 'late_garbage'])
    void test(`${late}: what comes after the whole image does not take it away`, () =>
      useBench(SUBJECT, {}, async ({ emulator, submit }) => {
        const prompt = `p [stream:${late}]`
        const result = await submit({ input: { ...input, prompt }, images: ['cat.png'], onPreview: () => {} })
        assert.deepEqual(await outputSize(result), { width: 640, height: 480 })
        assert.equal(result.cost?.microUsd, 61_110)
        assert.equal(emulator.posts(), 1)
      }))

  void test('damaged base64 in a preview does not harm the result', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const seen: number[] = []
      const result = await submit({
        input: { ...input, prompt: 'p [stream:odd_preview]' },
        images: ['cat.png'],
        onPreview: ({ bytes }) => void seen.push(bytes.length),
      })
      assert.equal(result.outputs.length, 1)
      assert.equal(seen.length, 2)
    }))
})
