import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createComfyEngine } from '../../src/engines/comfyui/engine.ts'
import { builtInWorkflows, readWorkflow } from '../../src/engines/comfyui/load-workflows.ts'
import type { Graph, Workflow } from '../../src/engines/comfyui/workflow.ts'
import { fillWorkflow } from '../../src/engines/comfyui/workflow.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import type { ComfyMemory } from '../support/emulators/comfyui.ts'
import { createComfyEmulation } from '../support/emulators/comfyui.ts'
import { INPAINT_WORKFLOW } from '../support/workflows.ts'
import type { PictureName } from './upstream-bench.ts'
import { describeBody, useBench } from './upstream-bench.ts'
import { upstreamContract } from './upstream.ts'

const PROMPT = 'turn the logo into a rug'
const {
  'comfyui/sdxl-img2img': sdxl,
  'comfyui/flux-klein-edit': klein,
  'comfyui/qwen-edit': qwen,
} = builtInWorkflows()
assert.ok(sdxl !== undefined && klein !== undefined && qwen !== undefined)
/** Any model may be given to any workflow; these have the fields that the slots honour. */
const MODELS: Readonly<Record<string, Workflow>> = {
  'bfl/flux-1-dev': sdxl,
  'bfl/flux-1-kontext-dev': klein,
  'z-image/z-image': qwen,
}
const SUBJECT = {
  emulation: () => createComfyEmulation(),
  createEngine: ({ origin = '', ...options }: UpstreamEngineOptions) =>
    createComfyEngine({ ...options, origin, models: MODELS }),
}
const exactly = (workflow: Workflow, values: Parameters<typeof fillWorkflow>[1]): object => ({
  client_id: 'job-1',
  prompt_id: 'job-1',
  prompt: fillWorkflow(workflow, {
    prompt: PROMPT,
    image: ['afterimage/job-1-0.png'],
    mask: 'afterimage/job-1-whole-mask.png',
    output: 'afterimage/job-1',
    ...values,
  }),
})

function sentBy({ submits }: Emulator): { prompt: Graph; prompt_id: string } {
  const [sent] = submits
  assert.ok(sent !== undefined)
  return sent.json as { prompt: Graph; prompt_id: string }
}

upstreamContract('comfyui', {
  ...SUBJECT,
  models: Object.keys(MODELS),
  isAsync: true,
  isHome: true,
  faults: {
    // A workflow refuses nothing; one with a filter fails.
    refused: { kind: 'bad_response', charged: 'maybe', code: 'engine_failed' },
  },
  requests: [
    {
      title: 'SDXL image to image, every slot',
      input: {
        model: 'bfl/flux-1-dev',
        strength: 0.4,
        seed: 11,
        width: 1000,
        height: 800,
        count: 2,
        fields: { steps: 30, guidance_scale_flux: 5, negative_prompt: 'blurry' },
      },
      images: ['cat.png'],
      path: '/prompt',
      body: exactly(sdxl, {
        negative_prompt: 'blurry',
        seed: 11,
        steps: 30,
        guidance: 5,
        strength: 0.4,
        width: 1008,
        height: 800,
        count: 2,
      }),
      output: { width: 1008, height: 800 },
      cost: null,
    },
    {
      title: 'FLUX.2 klein edit, the size of the source',
      input: { model: 'bfl/flux-1-kontext-dev', seed: 11 },
      images: ['cat.png'],
      path: '/prompt',
      body: exactly(klein, { seed: 11, width: 640, height: 480 }),
      output: { width: 640, height: 480 },
      cost: null,
    },
    {
      title: 'Qwen edit, shape by name',
      input: { model: 'z-image/z-image', seed: 11, aspectRatio: '1:1' },
      images: ['cat.png'],
      path: '/prompt',
      body: exactly(qwen, { seed: 11, width: 1024, height: 1024 }),
      output: { width: 1024, height: 1024 },
      cost: null,
    },
  ],
})

/** As the mask editor of ComfyUI leaves it: the transparency of the picture is its mask. */
const INPAINT = readWorkflow('inpaint', JSON.stringify(INPAINT_WORKFLOW))
assert.ok(typeof INPAINT !== 'string')

void describe('a mask for ComfyUI', () => {
  const masked = {
    input: { model: 'bfl/flux-1-dev', prompt: PROMPT },
    images: ['cat.png', 'mask.png'],
  } as const
  /** Uploads by path, and what each node that loads a mask makes of it. */
  const run = async (model: Workflow, images: readonly PictureName[]) => {
    const memory: ComfyMemory = { prompts: new Map(), uploads: new Map() }
    let uploads: unknown[] = []
    let prompt: Graph = {}
    await useBench(
      {
        emulation: () => createComfyEmulation(memory),
        createEngine: ({ origin = '', ...options }) =>
          createComfyEngine({ ...options, origin, models: { 'bfl/flux-1-dev': model } }),
      },
      {},
      async ({ emulator, submit }) => {
        await submit({ ...masked, images })
        const sent = emulator.requests.filter(({ path }) => path.startsWith('/upload/'))
        uploads = await Promise.all(
          sent.map(async (request) => [
            request.path,
            request.files[0]?.filename,
            await describeBody(request),
          ]),
        )
        prompt = sentBy(emulator).prompt
      },
    )
    return { uploads, prompt, masks: memory.prompts.get('job-1')?.masks ?? {} }
  }
  const body = (file: string, more: object = {}): object => ({
    fields: { type: 'input', subfolder: 'afterimage', overwrite: 'true', ...more },
    files: [['image', file, 'image/png']],
  })
  const half = { left: 127 / 255, right: 127 / 255 }
  const all = { left: 1, right: 1 }

  void test('that has a loader of its own is a file of its own, bright where the picture may change', async () => {
    const { uploads, prompt, masks } = await run(sdxl, masked.images)
    assert.deepEqual(uploads, [
      ['/upload/image', 'job-1-0.png', body('<cat.png>')],
      ['/upload/image', 'job-1-mask.png', body('<mask.png in white_transparent>')],
    ])
    assert.equal(prompt['30']?.inputs.image, 'afterimage/job-1-mask.png')
    assert.deepEqual(masks, { '30': half })
  })

  void test('whose loader reads the transparency is the same file', async () => {
    const workflow = structuredClone(sdxl)
    Object.assign(workflow.workflow['30']?.inputs ?? {}, { channel: 'alpha' })
    assert.deepEqual((await run(workflow, masked.images)).masks, { '30': half })
  })

  void test('that is the transparency of the picture is laid on it by ComfyUI', async () => {
    const { uploads, prompt, masks } = await run(INPAINT, masked.images)
    const original = { filename: 'job-1-0.png', subfolder: 'afterimage', type: 'input' }
    assert.deepEqual(uploads, [
      ['/upload/image', 'job-1-0.png', body('<cat.png>')],
      [
        '/upload/mask',
        'job-1-masked.png',
        body('<mask.png in white_transparent>', { original_ref: JSON.stringify(original) }),
      ],
    ])
    assert.equal(prompt['10']?.inputs.image, 'afterimage/job-1-masked.png')
    assert.deepEqual(masks, { '10': half })
  })

  void test('of a job without one lets the whole picture change', async () => {
    assert.deepEqual((await run(sdxl, ['cat.png'])).masks, { '30': all })
    assert.deepEqual((await run(INPAINT, ['cat.png'])).masks, { '10': all })
  })

  void test('is not uploaded where the workflow has no place for it', async () => {
    assert.deepEqual((await run(klein, masked.images)).uploads, [
      ['/upload/image', 'job-1-0.png', body('<cat.png>')],
    ])
  })
})

void describe('ComfyUI beyond the contract', () => {
  const edit = { input: { model: 'bfl/flux-1-kontext-dev', prompt: PROMPT }, images: ['cat.png'] } as const

  void test('the values stand in the graph where the workflow has its places', () =>
    useBench(SUBJECT, {}, async ({ emulator, submit }) => {
      await submit(edit)
      const { prompt } = sentBy(emulator)
      assert.equal(prompt['6']?.inputs.text, PROMPT)
      assert.equal(prompt['20']?.inputs.noise_seed, 7)
      assert.deepEqual([prompt['21']?.inputs.width, prompt['22']?.inputs.width], [640, 640])
      assert.equal(prompt['10']?.inputs.image, 'afterimage/job-1-0.png')
      const [upload] = emulator.requests.filter(({ path }) => path === '/upload/image')
      assert.ok(upload !== undefined)
      assert.deepEqual(await describeBody(upload), {
        fields: { type: 'input', subfolder: 'afterimage', overwrite: 'true' },
        files: [['image', '<cat.png>', 'image/png']],
      })
    }))

  void test('a prompt that was sent before a crash is not sent again', () => {
    const memory = { prompts: new Map(), uploads: new Map() }
    memory.prompts.set('job-1', { end: 'image', width: 96, height: 64, count: 1 })
    const subject = { ...SUBJECT, emulation: () => createComfyEmulation(memory) }
    return useBench(subject, {}, async ({ emulator, submit }) => {
      assert.equal((await submit(edit)).outputs.length, 1)
      assert.equal(emulator.posts(), 0)
    })
  })

  void test('one that ended badly is sent again under another id', () => {
    const memory = { prompts: new Map(), uploads: new Map() }
    memory.prompts.set('job-1', { end: 'failed', width: 96, height: 64, count: 1 })
    const subject = { ...SUBJECT, emulation: () => createComfyEmulation(memory) }
    return useBench(subject, {}, async ({ emulator, submit }) => {
      assert.equal((await submit(edit)).outputs.length, 1)
      assert.match(sentBy(emulator).prompt_id, /^[\da-f-]{36}$/u)
    })
  })

  void test('the pictures that ComfyUI sends while it works are previews, where somebody takes them', () => {
    let isHeld = true
    const memory = { prompts: new Map(), uploads: new Map(), isHeld: () => isHeld }
    const subject = { ...SUBJECT, emulation: () => createComfyEmulation(memory) }
    return useBench(subject, {}, async ({ submit }) => {
      const formats: string[] = []
      const onPreview = ({ bytes }: { bytes: Uint8Array }): void => {
        formats.push(createImageProbe().probe(bytes).format)
        isHeld = formats.length < 2
      }
      const result = await submit({ ...edit, onPreview })
      assert.equal(result.outputs.length, 1)
      assert.deepEqual(formats, ['jpeg', 'png'])
    })
  })

  void test(
    'the end of a prompt is heard, so that nobody waits for the next poll',
    { timeout: 30_000 },
    () => {
      const memory = { prompts: new Map(), uploads: new Map(), runsMs: 100 }
      const subject = { ...SUBJECT, emulation: () => createComfyEmulation(memory) }
      return useBench(subject, {}, async ({ engine, start }) => {
        const { handle, context } = await start(edit)
        assert.ok(handle !== null)
        for (;;) {
          const status = await engine.poll?.(handle, context)
          if (status?.state === 'completed') return
          await (status?.news ?? assert.fail('a prompt that runs may tell its end'))
        }
      })
    },
  )

  void test('a node that fails is named by its exception', () =>
    useBench(SUBJECT, {}, async ({ submit }) => {
      const input = { ...edit.input, prompt: 'x [end:failed]' }
      await assert.rejects(submit({ ...edit, input }), /torch\.OutOfMemoryError.*out of memory/u)
    }))

  void test('a prompt that is nowhere any more ends the job', () => {
    const memory = { prompts: new Map(), uploads: new Map() }
    const subject = { ...SUBJECT, emulation: () => createComfyEmulation(memory) }
    return useBench(subject, {}, async ({ emulator, submit }) => {
      const arrived = emulator.nextPost().then(() => setImmediate(() => memory.prompts.clear()))
      await assert.rejects(submit(edit), /is gone, as after a restart/u)
      await arrived
    })
  })
})
