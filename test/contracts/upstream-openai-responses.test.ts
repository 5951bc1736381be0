import assert from 'node:assert/strict'
import { test } from 'node:test'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import type { Handle } from '../../src/core/engine.ts'
import { createResponsesEngine } from '../../src/engines/openai/responses/engine.ts'
import { OPENAI_MODELS } from '../../src/engines/openai/models.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { RESPONSES_EMULATION } from '../support/emulators/openai-responses.ts'
import { engineContext } from '../support/engine-context.ts'
import { generateInput } from '../support/requests.ts'
import { useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const MAIN = 'gpt-5.6-luna'
const PROMPT = 'turn the logo into a rug'
const text = { type: 'input_text', text: PROMPT }
const image = (name: string, type: string) => ({
  type: 'input_image',
  image_url: `data:image/${type};base64,<${name}>`,
})
const body = (job: string, { content, tool }: { content: object[]; tool: object }) => ({
  model: MAIN,
  background: true,
  store: true,
  input: [{ role: 'user', content }],
  tools: [{ type: 'image_generation', ...tool }],
  tool_choice: { type: 'image_generation' },
  metadata: { job_id: job },
})
const subject = {
  emulation: RESPONSES_EMULATION,
  createEngine: (options: UpstreamEngineOptions) => createResponsesEngine({ ...options, mainModel: MAIN }),
}

upstreamContract('openai-responses', {
  ...subject,
  models: Object.keys(OPENAI_MODELS),
  isAsync: true,
  // A poll says so, and nobody says whether it was charged.
  faults: { refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' } },
  requests: [
    {
      title: 'gpt-image-2, two images, a mask and all output options',
      input: {
        model: 'openai/gpt-image-2',
        width: 1536,
        height: 864,
        fields: { quality: 'high', background: 'opaque' },
        options: { ...generateInput().options, outputFormat: 'webp', quality: 90 },
      },
      images: ['cat.png', 'mask.png', 'dog.jpeg'],
      path: '/responses',
      body: body('job-1', {
        content: [text, image('cat.png', 'png'), image('dog.jpeg', 'jpeg')],
        tool: {
          model: 'gpt-image-2',
          action: 'edit',
          size: '1536x864',
          quality: 'high',
          background: 'opaque',
          output_format: 'webp',
          output_compression: 90,
          input_image_mask: { image_url: 'data:image/png;base64,<mask.png>' },
        },
      }),
      output: { width: 1536, height: 864 },
      cost: null,
    },
    {
      title: 'gpt-image-2.5-flare follows its picture where no size is asked for',
      input: { model: 'openai/gpt-image-2.5-flare', fields: { quality: 'max' } },
      images: ['cat.png'],
      path: '/responses',
      body: body('job-1', {
        content: [text, image('cat.png', 'png')],
        tool: { model: 'gpt-image-2.5-flare', action: 'edit', quality: 'max' },
      }),
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'gpt-image-2.5-sunburst without an image is a generation',
      input: { model: 'openai/gpt-image-2.5-sunburst', aspectRatio: '1:1', resolution: '1K' },
      path: '/responses',
      body: body('job-1', {
        content: [text],
        tool: { model: 'gpt-image-2.5-sunburst', action: 'generate', size: '1024x1024' },
      }),
      output: { width: 1024, height: 1024 },
      cost: null,
    },
  ],
})

const REQUEST = { input: { model: 'openai/gpt-image-2', prompt: PROMPT }, images: ['cat.png'] } as const

void test('after a restart between submit and poll another engine brings the picture, paid once', () =>
  useBench(subject, {}, async ({ emulator, start }) => {
    const { handle } = await start(REQUEST)
    const stored = JSON.parse(JSON.stringify(handle)) as Handle
    const restarted = subject.createEngine({
      origin: emulator.origin,
      secret: () => emulator.key,
      clock: { now: () => 0 },
      fetchResult: createGuardedFetch(),
      pause: () => Promise.resolve(),
    })
    emulator.failNextFollow('dropped')
    const status = await restarted.poll?.(stored, engineContext())
    await restarted.close?.()
    assert.equal(status?.state === 'completed' && status.outputs.length, 1)
    assert.deepEqual(
      emulator.requests.map(({ method }) => method),
      ['POST', 'GET', 'GET'],
      'the poll that was not answered is repeated, the submit is not',
    )
  }))

void test('a cancelled job is cancelled at the vendor, under its id', () =>
  useBench(subject, {}, async ({ emulator, engine, start }) => {
    const { handle } = await start(REQUEST)
    assert.ok(handle !== null)
    assert.equal(await engine.cancel?.(handle, engineContext()), 'cancelled')
    const last = emulator.requests.at(-1)
    assert.equal(last?.method, 'POST')
    assert.match(last?.path ?? '', /^\/responses\/resp_[\w-]+\/cancel$/u)
    assert.equal(emulator.posts(), 1)
  }))

void test('a submit whose answer was lost cannot be found again', () =>
  useBench(subject, {}, async ({ engine }) => {
    assert.equal(engine.recover, undefined)
    assert.equal(engine.isRepeatable, false)
  }))

void test('a job of which nothing is to be stored is not kept by the vendor after its end', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    const options = { ...generateInput().options, isStored: false }
    await submit({ ...REQUEST, input: { ...REQUEST.input, options } })
    const [sent] = emulator.submits
    assert.ok(sent !== undefined)
    const { store } = sent.json as { store: unknown }
    assert.equal(store, false)
  }))

void test('a mask of another size is refused before anything is sent', () =>
  useBench(subject, {}, async ({ emulator, submit }) => {
    await assert.rejects(submit({ ...REQUEST, images: ['dog.jpeg', 'mask.png'] }), (error) => {
      assert.equal(upstreamFaultOf(error)?.charged, 'no')
      assert.match(String(error), /afterimage\.mask_url: the mask is 640x480; it must be as large/u)
      return true
    })
    assert.equal(emulator.requests.length, 0)
  }))
