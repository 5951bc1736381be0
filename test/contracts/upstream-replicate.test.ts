import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { maySubmitAgain, upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import { readReplicatePoll } from '../../src/engines/replicate/answer.ts'
import type { ReplicateEngineOptions } from '../../src/engines/replicate/engine.ts'
import { createReplicateEngine } from '../../src/engines/replicate/engine.ts'
import { REPLICATE_MODELS } from '../../src/engines/replicate/models.ts'
import { createReplicateEmulation } from '../support/emulators/replicate.ts'
import { engineContext } from '../support/engine-context.ts'
import { generateInput } from '../support/requests.ts'
import { describeBody, outputSize, useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const PROMPT = 'turn the logo into a rug'
const CAT = 'data:image/png;base64,<cat.png>'
const DOG = 'data:image/jpeg;base64,<dog.jpeg>'
const TAGGED = 'data:image/png;base64,<tagged.png>'
const SUBJECT = { emulation: createReplicateEmulation, createEngine: createReplicateEngine }

upstreamContract('replicate', {
  ...SUBJECT,
  models: Object.keys(REPLICATE_MODELS),
  isAsync: true,
  faults: {
    // Said by the model itself, when nobody knows what was charged.
    refused: { kind: 'refused', charged: 'maybe', code: 'engine_rejected' },
  },
  requests: [
    {
      title: 'flux-1-dev over a source',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.6,
        seed: 7,
        isSeedGiven: true,
        fields: { steps: 30, guidance_scale_flux: 3.5 },
        options: { ...generateInput().options, outputFormat: 'webp', quality: 90 },
      },
      images: ['cat.png'],
      path: '/models/black-forest-labs/flux-dev/predictions',
      body: {
        input: {
          prompt: PROMPT,
          image: CAT,
          prompt_strength: 0.6,
          num_inference_steps: 30,
          guidance: 3.5,
          seed: 7,
          output_format: 'webp',
          output_quality: 90,
        },
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'flux-1-kontext-dev runs on kontext-pro, whose image field has its own name',
      input: { model: 'bfl/flux-1-kontext-dev', width: 1920, height: 1080, seed: 7, isSeedGiven: true },
      images: ['cat.png'],
      path: '/models/black-forest-labs/flux-kontext-pro/predictions',
      body: { input: { prompt: PROMPT, input_image: CAT, aspect_ratio: '16:9', seed: 7 } },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'nano-banana-pro',
      input: { model: 'google/nano-banana-pro', aspectRatio: '4:3', resolution: '4K' },
      images: ['cat.png', 'dog.jpeg'],
      path: '/models/google/nano-banana-pro/predictions',
      body: {
        input: { prompt: PROMPT, image_input: [CAT, DOG], aspect_ratio: '4:3', resolution: '4K' },
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'gpt-image-2: the nearest of three shapes',
      input: { model: 'openai/gpt-image-2', width: 1600, height: 1000, fields: { quality: 'medium' } },
      images: ['cat.png', 'dog.jpeg'],
      path: '/models/openai/gpt-image-2/predictions',
      body: {
        input: {
          prompt: PROMPT,
          input_images: [CAT, DOG],
          aspect_ratio: '3:2',
          quality: 'medium',
          output_format: 'png',
        },
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'flux-2-pro follows its first picture',
      input: { model: 'bfl/flux-2-pro' },
      images: ['cat.png', 'dog.jpeg'],
      path: '/models/black-forest-labs/flux-2-pro/predictions',
      body: {
        input: {
          prompt: PROMPT,
          input_images: [CAT, DOG],
          aspect_ratio: 'match_input_image',
          resolution: 'match_input_image',
          output_format: 'png',
        },
      },
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'flux-2-flex with its dials at an exact size',
      input: {
        model: 'bfl/flux-2-flex',
        width: 1024,
        height: 512,
        fields: { steps: 30, guidance_scale: 4 },
      },
      path: '/models/black-forest-labs/flux-2-flex/predictions',
      body: {
        input: {
          prompt: PROMPT,
          aspect_ratio: 'custom',
          width: 1024,
          height: 512,
          steps: 30,
          guidance: 4,
          prompt_upsampling: false,
          output_format: 'png',
        },
      },
      output: { width: 1024, height: 512 },
      cost: null,
    },
    {
      title: 'seedream-4 at an exact size',
      input: { model: 'bytedance/seedream-4', width: 2048, height: 1152 },
      images: ['cat.png'],
      path: '/models/bytedance/seedream-4/predictions',
      body: { input: { prompt: PROMPT, image_input: [CAT], size: 'custom', width: 2048, height: 1152 } },
      output: { width: 2048, height: 1152 },
      cost: null,
    },
    {
      title: 'gen-4-image with a tagged reference',
      input: { model: 'runway/gen-4-image', width: 1280, height: 720 },
      images: ['tagged.png'],
      path: '/models/runwayml/gen4-image/predictions',
      body: {
        input: {
          prompt: PROMPT,
          reference_images: [TAGGED],
          reference_tags: ['rug'],
          aspect_ratio: '16:9',
          resolution: '720p',
        },
      },
      output: { width: 96, height: 64 },
      cost: null,
    },
  ],
})

void describe('Replicate beyond the contract', () => {
  const withOptions = (more: Partial<ReplicateEngineOptions>) => ({
    emulation: createReplicateEmulation,
    createEngine: (options: ReplicateEngineOptions) => createReplicateEngine({ ...options, ...more }),
  })

  void test('an image too large for a data URI is uploaded before', () =>
    useBench(withOptions({ maxInlineBytes: 10 }), {}, async ({ emulator, submit }) => {
      await submit({ input: { model: 'google/nano-banana-pro' }, images: ['cat.png'] })
      const [upload, create] = emulator.requests
      assert.ok(upload !== undefined && create !== undefined)
      assert.deepEqual(await describeBody(upload), {
        fields: {},
        files: [['content', '<cat.png>', 'image/png']],
      })
      const { input } = create.json as { input: { image_input: string[] } }
      assert.deepEqual(input.image_input, [`${emulator.origin}/files/f1`])
    }))

  void test('a lost submit is found by the address it reports to', () => {
    const webhookUrl = (jobId: string): string => `https://me.example/hooks/replicate/${jobId}`
    return useBench(withOptions({ webhookUrl }), {}, async ({ emulator, engine, submit, start }) => {
      const input = { model: 'bytedance/seedream-4' }
      const find = (jobId: string) =>
        engine.recover?.({ jobId, input: generateInput(input) }, engineContext())
      assert.equal(await find('job-1'), null)
      // Taken and billed, but half of the answer is lost.
      emulator.failNext('truncated')
      await assert.rejects(
        start({ input, images: [] }),
        (error) => upstreamFaultOf(error)?.kind === 'outcome_unknown',
      )
      const [sent] = emulator.submits
      assert.ok(sent !== undefined)
      assert.equal((sent.json as { webhook: string }).webhook, 'https://me.example/hooks/replicate/job-1')
      const found = await find('job-1')
      assert.ok(found !== null && found !== undefined)
      const scratchDirectory = await mkdtemp(join(tmpdir(), 'afterimage-lost-'))
      const status = await engine.poll?.(found, engineContext({ scratchDirectory }))
      await rm(scratchDirectory, { recursive: true })
      assert.equal(status?.state, 'completed')
      assert.equal(await find('job-2'), null, 'never the prediction of another job')
      // A hundred and more later ones push it from the first page.
      for (let count = 0; count < 101; count += 1) await submit({ input, images: [] })
      assert.deepEqual(await find('job-1'), found)
      assert.equal(emulator.posts(), 102)
    })
  })

  void test('one that ended without a bill is not taken for a later submit of its job', () => {
    const webhookUrl = (jobId: string): string => `https://me.example/${jobId}`
    return useBench(withOptions({ webhookUrl }), {}, async ({ emulator, engine, start }) => {
      const input = { model: 'bytedance/seedream-4', prompt: 'x [end:cancelled]' }
      emulator.failNext('truncated')
      await assert.rejects(start({ input, images: [] }))
      const request = { jobId: 'job-1', input: generateInput(input) }
      assert.equal(await engine.recover?.(request, engineContext()), null)
    })
  })

  void test('without such an address nothing can be found', () =>
    useBench(SUBJECT, {}, ({ engine }) => {
      assert.equal(engine.recover, undefined)
      return Promise.resolve()
    }))

  void test('a prediction that never started was not billed; one that broke may have been', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const failing = (end: string) =>
        submit({ input: { model: 'bytedance/seedream-4', prompt: `x [end:${end}]` }, images: [] })
      await assert.rejects(failing('cancelled'), (error) => {
        const fault = upstreamFaultOf(error)
        return fault !== null && maySubmitAgain(fault) && fault.upstreamCode === 'aborted'
      })
      await assert.rejects(failing('failed'), (error) => {
        const fault = upstreamFaultOf(error)
        return fault !== null && !maySubmitAgain(fault) && fault.charged === 'maybe'
      })
    }))

  void test('progress from the logs; one address or several', async () => {
    const poll = (json: object) => readReplicatePoll({ status: 200, headers: {}, text: '', json })
    assert.deepEqual(poll({ id: 'p', status: 'processing', logs: ' 50%|█████     | 14/28' }), {
      state: 'running',
      status: 'sampling',
      progress: { stage: 'sampling', percent: 50, etaMs: null },
    })
    const url = 'https://replicate.delivery/x/out.png'
    for (const output of [url, [url]])
      assert.deepEqual(poll({ id: 'p', status: 'succeeded', output }), { images: [{ url }], cost: null })
    assert.ok('verdict' in poll({ id: 'p', status: 'exploded' }))
    await useBench(SUBJECT, {}, async ({ submit }) => {
      const { width } = await outputSize(
        await submit({ input: { model: 'bytedance/seedream-4' }, images: [] }),
      )
      assert.equal(width, 1024)
    })
  })
})
