/** The whole server with engines at home: their models are there, run on them, and say so. */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { A1111_EMULATION } from '../support/emulators/a1111.ts'
import type { ComfyMemory } from '../support/emulators/comfyui.ts'
import { createComfyEmulation } from '../support/emulators/comfyui.ts'
import type { EmulatedRequest, Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { COMPATIBLE_EMULATION } from '../support/emulators/openai-compatible.ts'
import { SDCPP_EMULATION } from '../support/emulators/sdcpp.ts'
import { photoPath } from '../support/pictures.ts'
import { EXPORTED_WORKFLOW, INPAINT_WORKFLOW } from '../support/workflows.ts'

const photo = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const probe = createImageProbe()
const directory = mkdtempSync(join(tmpdir(), 'afterimage-home-'))
const workflows = join(directory, 'workflows')
/** The app's clock: workflows are looked for at most once a second of it. */
let now = Date.now()
const memory: ComfyMemory = { prompts: new Map(), uploads: new Map() }
let app: TestApp
let home: Record<'comfyui' | 'sdcpp' | 'a1111' | 'compatible', Emulator>

before(async () => {
  mkdirSync(join(workflows, 'bfl'), { recursive: true })
  writeFileSync(join(workflows, 'my-look.json'), JSON.stringify(EXPORTED_WORKFLOW))
  mkdirSync(join(workflows, 'google'))
  writeFileSync(join(workflows, 'google', 'imagen-4.json'), JSON.stringify(EXPORTED_WORKFLOW))
  writeFileSync(join(workflows, 'inpaint.json'), JSON.stringify(INPAINT_WORKFLOW))
  writeFileSync(join(workflows, 'bfl', 'flux-1-kontext-dev.json'), JSON.stringify(EXPORTED_WORKFLOW))
  home = {
    comfyui: await startEmulator(createComfyEmulation(memory)),
    sdcpp: await startEmulator(SDCPP_EMULATION),
    a1111: await startEmulator(A1111_EMULATION),
    compatible: await startEmulator(COMPATIBLE_EMULATION),
  }
  app = await startTestApp({
    isEngineReal: true,
    clock: { now: () => now },
    settings: {
      AFTERIMAGE_COMFYUI_URL: home.comfyui.origin,
      AFTERIMAGE_COMFYUI_TOKEN: home.comfyui.key,
      AFTERIMAGE_COMFYUI_WORKFLOWS: workflows,
      AFTERIMAGE_SDCPP_BASE_URL: home.sdcpp.origin,
      AFTERIMAGE_SDCPP_TOKEN: home.sdcpp.key,
      AFTERIMAGE_SDCPP_MODELS: 'z-image/z-image, local/shared',
      AFTERIMAGE_A1111_URL: home.a1111.origin,
      AFTERIMAGE_A1111_AUTH: home.a1111.key,
      AFTERIMAGE_A1111_MODELS:
        'local/dream=dreamshaper_8.safetensors, topaz/standard-enhance=4x-UltraSharp, local/shared',
      AFTERIMAGE_OPENAI_COMPATIBLE_URL: home.compatible.origin,
      AFTERIMAGE_OPENAI_COMPATIBLE_KEY: home.compatible.key,
      AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: 'local/kontext=flux-kontext, qwen/2512=z-image',
    },
  })
})
after(async () => {
  await app.stop()
  await Promise.all(Object.values(home).map((emulator) => emulator.close()))
  rmSync(directory, { recursive: true, force: true })
})

type Json = Record<string, unknown>

async function listed(id: string): Promise<Json | undefined> {
  const { body } = await app.call('/models')
  return (body['items'] as Json[]).find((model) => model['id'] === id)
}

/** The finished job, and what its engine was sent. */
async function run(
  path: string,
  emulator: Emulator,
  json: Json,
): Promise<{ job: Json; sent: EmulatedRequest }> {
  const posts = emulator.posts()
  const { status, body } = await app.call(path, { json })
  assert.equal(status, 200, JSON.stringify(body))
  const job = await app.settle(body['job_id'])
  assert.equal(job['status'], 'completed', JSON.stringify(job))
  assert.equal(emulator.posts(), posts + 1)
  const sent = emulator.submits.at(-1)
  assert.ok(sent !== undefined)
  return { job, sent }
}

async function sizeOf(job: Json): Promise<string> {
  const [url = ''] = (job['result'] as { urls: string[] }).urls
  const { width, height } = probe.probe((await app.call(new URL(url).pathname)).bytes)
  return `${width}x${height}`
}

void describe('workflows of ComfyUI', () => {
  for (const id of ['comfyui/sdxl-img2img', 'comfyui/flux-klein-edit', 'comfyui/qwen-edit'])
    void test(`${id} comes with us and runs`, async () => {
      assert.equal((await listed(id))?.['engine'], 'comfyui')
      const { job, sent } = await run(`/generate/image/${id}`, home.comfyui, {
        prompt: 'make it a linocut',
        image_url: photo,
        width: 512,
        height: 384,
        seed: 5,
      })
      assert.equal(job['engine'], 'comfyui')
      assert.deepEqual(job['warnings'], [])
      assert.deepEqual((job['cost'] as Json)['amount_usd'], 0)
      assert.match(JSON.stringify(sent.json), /make it a linocut/u)
      assert.equal(await sizeOf(job), '512x384')
    })

  void test('a mask that is white on the left lets the left half change, however the workflow reads it', async () => {
    const half = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect width="64" height="48"/><rect width="32" height="48" fill="white"/></svg>',
    )
    const mask = `data:image/png;base64,${(await sharp(half).removeAlpha().png().toBuffer()).toString('base64')}`
    for (const [model, node] of [
      ['comfyui/sdxl-img2img', '30'],
      ['comfyui/inpaint', '10'],
    ] as const) {
      const { job, sent } = await run(`/generate/image/${model}`, home.comfyui, {
        prompt: 'as a rug',
        image_url: photo,
        afterimage: { mask_url: mask, on_unsupported: 'error' },
      })
      assert.deepEqual(job['warnings'], [])
      const { prompt_id: id } = sent.json as { prompt_id: string }
      const { left = 0, right = 1 } = memory.prompts.get(id)?.masks?.[node] ?? {}
      assert.ok(left > 0.98 && right < 0.02, `${model}: ${left}, ${right}`)
    }
  })

  void test('without a mask the transparency of the picture is one, where the workflow reads it and there is some', async () => {
    const half =
      '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"><rect WIDE height="48" fill="red"/></svg>'
    const changeable = async (wide: string): Promise<unknown> => {
      const png = await sharp(Buffer.from(half.replace('WIDE', wide)))
        .png()
        .toBuffer()
      const { sent } = await run('/generate/image/comfyui/inpaint', home.comfyui, {
        prompt: 'as a rug',
        image_url: `data:image/png;base64,${png.toString('base64')}`,
      })
      return memory.prompts.get((sent.json as { prompt_id: string }).prompt_id)?.masks?.['10']
    }
    assert.deepEqual(await changeable('x="32" width="32"'), { left: 1, right: 0 })
    assert.deepEqual(await changeable('width="64"'), { left: 1, right: 1 }, 'four channels, and opaque')
  })

  void test('GET /models tells of each engine whether it keeps to a mask', async () => {
    const masks = async (id: string): Promise<unknown[]> => {
      const model = await listed(id)
      const engine = ((model?.['engines'] ?? []) as Json[]).find((entry) => entry['id'] === 'comfyui')
      return [model?.['masks'], engine?.['masks']]
    }
    assert.deepEqual(await masks('comfyui/sdxl-img2img'), [true, true])
    assert.deepEqual(await masks('comfyui/inpaint'), [true, true])
    assert.deepEqual(await masks('comfyui/qwen-edit'), [false, false])
    assert.deepEqual(await masks('bfl/flux-1-kontext-dev'), [false, false])
  })

  void test('without a place for it a mask is told, done here, or refused, as the caller says', async () => {
    const submit = async (onUnsupported: string): Promise<{ status: number; body: Json }> =>
      app.call('/generate/image/comfyui/qwen-edit', {
        json: {
          prompt: 'as a rug',
          image_url: photo,
          afterimage: { mask_url: photo, on_unsupported: onUnsupported },
        },
      })
    const codes = async (onUnsupported: string): Promise<unknown[]> => {
      const job = await app.settle((await submit(onUnsupported)).body['job_id'])
      return (job['warnings'] as Json[]).map(({ code, path }) => `${String(code)} ${String(path)}`)
    }
    assert.deepEqual(await codes('warn'), ['unsupported_field afterimage.mask_url'])
    assert.deepEqual(await codes('emulate'), ['emulated_field afterimage.mask_url'])
    const { status, body } = await submit('error')
    assert.equal(status, 400)
    assert.match(String(body['message']), /mask_url.*no slot mask/u)
  })

  void test('an export in the folder is a model: its slots are its fields', async () => {
    const { body } = await app.call('/models/comfyui/my-look')
    assert.equal(body['name'], 'my-look')
    const schema = body['input_schema'] as { properties: Json; required: string[] }
    const own = Object.keys(schema.properties).filter((name) => name !== 'afterimage' && !/[A-Z]/u.test(name))
    assert.deepEqual(own.toSorted(), [
      'aspect_ratio',
      'count',
      'guidance_scale',
      'height',
      'image_urls',
      'negative_prompt',
      'prompt',
      'seed',
      'steps',
      'strength',
      'width',
    ])
    assert.deepEqual(schema.required.toSorted(), ['image_urls', 'prompt'])
    const { sent } = await run('/generate/image/comfyui/my-look', home.comfyui, {
      prompt: 'as a rug',
      negative_prompt: 'blurry',
      image_urls: [photo, photo],
      steps: 9,
      guidance_scale: 2.5,
    })
    const { prompt } = sent.json as { prompt: Record<string, { inputs: Json }> }
    const inputs = (node: string): Json => prompt[node]?.inputs ?? {}
    assert.deepEqual([inputs('6')['text'], inputs('33')['text']], ['as a rug', 'blurry'])
    assert.deepEqual([inputs('3')['steps'], inputs('35')['guidance']], [9, 2.5])
    assert.notEqual(inputs('10')['image'], inputs('11')['image'])
  })

  void test('what the workflow has no place for is refused by its schema, as for every model', async () => {
    const { status, body } = await app.call('/generate/image/comfyui/my-look', {
      json: { prompt: 'x', image_urls: [photo], resolution: '4K' },
    })
    assert.equal(status, 400)
    assert.match(String(body['message']), /resolution/u)
  })

  void test('a file in the folder of a vendor serves the model of that name', async () => {
    const { job } = await run('/generate/image/bfl/flux-1-kontext-dev', home.comfyui, {
      prompt: 'as a rug',
      image_url: photo,
    })
    assert.equal(job['engine'], 'comfyui')
  })

  void test('a model tells only what its engines here can do', async () => {
    assert.deepEqual((await listed('bfl/flux-1-kontext-dev'))?.['operations'], ['edit'])
    const { status, body } = await app.call('/generate/image/bfl/flux-1-kontext-dev', {
      json: { prompt: 'x' },
    })
    assert.equal(status, 400, 'a text alone is none of it')
    assert.match(String(body['message']), /needs a picture/u)
    assert.deepEqual((await listed('bfl/flux-2-pro'))?.['operations'], ['edit', 'generate'])
  })

  void test('one that works on a picture is no engine of a model without fields for pictures', async () => {
    const model = await listed('google/imagen-4')
    assert.deepEqual(model?.['operations'], ['generate'])
    assert.equal(
      ((model?.['engines'] ?? []) as Json[]).find(({ id }) => id === 'comfyui'),
      undefined,
    )
    assert.equal((await app.call('/generate/image/google/imagen-4', { json: { prompt: 'x' } })).status, 200)
  })

  void test('one that is dropped in while the server runs is there at once, and gone with its file', async () => {
    const file = join(workflows, 'late.json')
    assert.equal((await app.call('/models/comfyui/late')).status, 404)
    writeFileSync(file, JSON.stringify(EXPORTED_WORKFLOW))
    now += 2000
    assert.equal((await app.call('/models/comfyui/late')).status, 200)
    const { body } = await app.call('/openapi.json')
    assert.ok('/generate/image/comfyui/late' in (body['paths'] as Json))
    await run('/generate/image/comfyui/late', home.comfyui, { prompt: 'as a rug', image_urls: [photo] })
    writeFileSync(file, '{')
    utimesSync(file, 1, 1)
    now += 2000
    assert.equal((await app.call('/models/comfyui/late')).status, 404)
    assert.equal((await app.call('/models/comfyui/my-look')).status, 200, 'a bad file hides no other')
  })

  void test('a result that another form of the workflow made is not taken again', async () => {
    const file = join(workflows, 'kept.json')
    const path = '/generate/image/comfyui/kept'
    const graph = structuredClone(EXPORTED_WORKFLOW) as Record<string, { inputs: Json }>
    const submit = (): ReturnType<TestApp['call']> =>
      app.call(path, {
        json: { prompt: 'as a rug', image_urls: [photo] },
        headers: { 'x-afterimage-cache': 'read, write' },
      })
    const outcome = async (): Promise<string | null> => {
      const answer = await submit()
      assert.equal((await app.settle(answer.body['job_id']))['status'], 'completed')
      return answer.headers.get('x-afterimage-cache')
    }
    writeFileSync(file, JSON.stringify(graph))
    now += 2000
    assert.deepEqual([await outcome(), await outcome()], ['miss', 'hit'])
    const sampler = graph['3']
    assert.ok(sampler !== undefined)
    sampler.inputs['cfg'] = 3.5
    writeFileSync(file, JSON.stringify(graph))
    now += 2000
    assert.deepEqual([await outcome(), await outcome()], ['miss', 'hit'])
  })
})

void describe('servers at home', () => {
  void test('sd-server runs the models that it was said to have, in the order of the model', async () => {
    const { job, sent } = await run('/generate/image/z-image/z-image', home.sdcpp, {
      prompt: 'as a rug',
      image_url: photo,
      denoising_strength: 0.4,
    })
    assert.equal(job['engine'], 'sdcpp')
    assert.equal((sent.json as Json)['strength'], 0.4)
    const flux = await listed('bfl/flux-1-dev')
    assert.equal(flux?.['is_draft'], true, 'nobody said that sd-server has Flux')
    assert.ok((flux['set_to_enable'] as string[]).includes('AFTERIMAGE_SDCPP_MODELS'))
  })

  void test('A1111 loads the checkpoint of a model, and upscales with the upscaler that was named', async () => {
    const { sent } = await run('/generate/image/local/dream', home.a1111, {
      prompt: 'as a rug',
      negative_prompt: 'blurry',
      image_url: photo,
      strength: 0.5,
    })
    assert.deepEqual(
      [(sent.json as Json)['override_settings'], (sent.json as Json)['negative_prompt']],
      [{ sd_model_checkpoint: 'dreamshaper_8.safetensors' }, 'blurry'],
    )
    const enhance = await run('/generate/enhance/topaz/standard-enhance', home.a1111, {
      image_url: photo,
      width: 1280,
      height: 960,
      model: 'Standard V2',
    })
    assert.equal((enhance.sent.json as Json)['upscaler_1'], '4x-UltraSharp')
    assert.equal((enhance.job['cost'] as Json)['amount_usd'], 0)
  })

  void test('a name that two servers have is one model with two engines', async () => {
    const model = await listed('local/shared')
    const engines = ((model?.['engines'] ?? []) as Json[]).map(({ id, ready }) => [id, ready])
    assert.deepEqual(engines, [
      ['sdcpp', true],
      ['a1111', true],
    ])
    const { job, sent } = await run('/generate/image/local/shared', home.sdcpp, {
      prompt: 'as a rug',
      image_url: photo,
      guidance_scale: 4,
    })
    assert.equal(job['engine'], 'sdcpp')
    assert.deepEqual((sent.json as Json)['sample_params'], { guidance: { txt_cfg: 4 } })
  })

  void test('a server of OpenAI’s form is told its own name of the model, and its price is unknown', async () => {
    const { job, sent } = await run('/generate/image/local/kontext', home.compatible, {
      prompt: 'as a rug',
      image_urls: [photo],
    })
    assert.equal(Object.fromEntries(sent.fields)['model'], 'flux-kontext')
    assert.equal((job['cost'] as Json)['amount_usd'], null)
    const plain = await run('/generate/image/qwen/2512', home.compatible, { prompt: 'a rug' })
    assert.equal((plain.sent.json as Json)['model'], 'z-image')
    assert.equal(plain.job['engine'], 'openai-compatible')
  })

  void test('one that is off is no fault of a request: the job is taken, and tried again', async () => {
    const lone = await startTestApp({
      isEngineReal: true,
      settings: { AFTERIMAGE_A1111_URL: 'http://127.0.0.1:1' },
    })
    try {
      const { body } = await lone.call('/generate/image/local/a1111', { json: { prompt: 'x' } })
      assert.equal((await lone.call(`/jobs/${String(body['job_id'])}`)).body['engine'], 'a1111')
    } finally {
      await lone.stop()
    }
  })
})

void describe('settings that cannot work', () => {
  const start = (settings: Record<string, string>) => startTestApp({ isEngineReal: true, settings })

  void test('models that an engine cannot be asked for, and a folder that is not there, are told together', async () => {
    await assert.rejects(
      start({
        AFTERIMAGE_SDCPP_MODELS: 'google/nano-banana-pro',
        AFTERIMAGE_OPENAI_COMPATIBLE_URL: 'http://127.0.0.1:1/v1',
        AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: 'afterimage/edit=x',
        AFTERIMAGE_COMFYUI_WORKFLOWS: join(directory, 'nowhere'),
      }),
      (error: Error) => {
        assert.match(error.message, /AFTERIMAGE_SDCPP_MODELS: found google\/nano-banana-pro; allowed: bfl\//u)
        assert.match(error.message, /AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: found afterimage\/edit/u)
        assert.match(
          error.message,
          /AFTERIMAGE_COMFYUI_WORKFLOWS: the folder .*nowhere cannot be read \(ENOENT\)/u,
        )
        return true
      },
    )
  })
})
