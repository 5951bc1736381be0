/** The whole server with engines that show previews, and with a vendor whose stream goes wrong after one. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createComfyEmulation } from '../support/emulators/comfyui.ts'
import type { Emulation, Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import type { StreamFault } from '../support/emulators/openai.ts'
import { photoPath } from '../support/pictures.ts'

const photo = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
type Json = Record<string, unknown>

async function withServer(
  emulation: Emulation,
  settings: (emulator: Emulator) => Record<string, string>,
  run: (app: TestApp, emulator: Emulator) => Promise<void>,
): Promise<void> {
  const emulator = await startEmulator(emulation)
  const app = await startTestApp({ isEngineReal: true, settings: settings(emulator) })
  try {
    await run(app, emulator)
  } finally {
    await app.stop()
    await emulator.close()
  }
}

function countBlobs({ directory }: TestApp): number {
  return readdirSync(join(directory, 'data', 'blobs'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  ).length
}

void test('the steps of a ComfyUI at home are pictures of the job while it runs', async () => {
  let isHeld = true
  const memory = { prompts: new Map(), uploads: new Map(), isHeld: () => isHeld }
  const settings = ({ origin, key }: Emulator): Record<string, string> => ({
    AFTERIMAGE_COMFYUI_URL: origin,
    AFTERIMAGE_COMFYUI_TOKEN: key,
  })
  await withServer(createComfyEmulation(memory), settings, async (app) => {
    const path = 'comfyui/flux-klein-edit'
    assert.equal((await app.call(`/models/${path}`)).body['previews'], true)
    const json = { prompt: 'as a linocut', image_url: photo, afterimage: { previews: true } }
    const { body } = await app.call(`/generate/image/${path}`, { json })
    assert.deepEqual(body['warnings'], [])
    const address = `/jobs/${String(body['job_id'])}`
    let job: Json = body
    while (job['preview'] === null) job = (await app.call(address)).body
    assert.equal(job['status'], 'intermediate-complete')
    const { url, width, height } = job['preview'] as { url: string; width: number; height: number }
    assert.deepEqual([width, height], [128, 96])
    const file = await app.call(new URL(url).pathname, { key: null })
    assert.equal(createImageProbe().probe(file.bytes).width, 128)
    isHeld = false
    const ended = await app.settle(body['job_id'])
    assert.deepEqual([ended['status'], ended['preview']], ['completed', null])
    assert.equal((await app.call(new URL(url).pathname, { key: null })).status, 404)
  })
})

/** How the job ends, in the words of its error. */
const ENDS: Readonly<Record<StreamFault, string>> = {
  dropped: 'outcome_unknown',
  cut_short: 'outcome_unknown',
  garbage: 'outcome_unknown',
  error: 'outcome_unknown',
  limited: 'outcome_unknown',
  moderated: 'engine_rejected',
}

void describe('OpenAI, asked for previews', () => {
  const settings = ({ origin, key }: Emulator): Record<string, string> => ({
    OPENAI_API_KEY: key,
    AFTERIMAGE_OPENAI_BASE_URL: origin,
    // A fault must not find another engine, and must not be tried again by an operator's wish.
    FAL_KEY: 'unused',
    AFTERIMAGE_FAL_BASE_URL: 'http://127.0.0.1:1',
  })
  const submit = (app: TestApp, prompt: string): Promise<Json> =>
    app
      .call('/generate/image/openai/gpt-image-2', {
        json: { prompt, image_urls: [photo], width: 1024, height: 1024, afterimage: { previews: true } },
      })
      .then(({ body }) => app.settle(body['job_id']))

  void test('the result comes by the stream, and its cost has the previews in it', () =>
    withServer(OPENAI_EMULATION, settings, async (app, emulator) => {
      const job = await submit(app, 'as a rug')
      assert.deepEqual([job['status'], job['preview']], ['completed', null])
      const fields = Object.fromEntries(emulator.submits[0]?.fields ?? [])
      assert.deepEqual([fields['stream'], fields['partial_images']], ['true', '2'])
      assert.equal((job['cost'] as Json)['amount_usd'], 0.06111)
      assert.equal(emulator.paidPosts(), 1)
    }))

  /** Sends the previews, and the rest of the stream when it is told to. */
  function heldStream(gate: Promise<void>): Emulation {
    return {
      ...OPENAI_EMULATION,
      succeed: async (request) => {
        const reply = await OPENAI_EMULATION.succeed(request)
        const text = String(reply.body)
        const end = text.indexOf('event: image_edit.completed')
        return { ...reply, body: text.slice(0, end), rest: gate.then(() => text.slice(end)) }
      },
    }
  }

  async function startHeld(app: TestApp): Promise<{ id: string; preview: { url: string } }> {
    const json = { prompt: 'as a rug', image_urls: [photo], width: 1024, height: 1024 }
    const { body } = await app.call('/generate/image/openai/gpt-image-2', {
      json: { ...json, afterimage: { previews: true } },
    })
    const id = String(body['job_id'])
    for (;;) {
      const { preview } = (await app.call(`/jobs/${id}`)).body
      if (preview !== null) return { id, preview: preview as { url: string } }
    }
  }

  void test('they are there before the stream has ended', () => {
    const gate = Promise.withResolvers<void>()
    return withServer(heldStream(gate.promise), settings, async (app) => {
      const { id, preview } = await startHeld(app)
      const file = await app.call(new URL(preview.url).pathname, { key: null })
      const { width, height } = createImageProbe().probe(file.bytes)
      assert.deepEqual([width, height], [1024, 1024])
      gate.resolve()
      assert.equal((await app.settle(id))['status'], 'completed')
    })
  })

  void test('a cancel in the middle of the stream ends it, and the call is not made again', () =>
    withServer(heldStream(new Promise(() => undefined)), settings, async (app, emulator) => {
      const { id, preview } = await startHeld(app)
      await app.call(`/jobs/${id}/cancel`, { method: 'POST' })
      const job = await app.settle(id)
      assert.deepEqual([job['status'], job['preview']], ['cancelled', null])
      assert.equal((await app.call(new URL(preview.url).pathname, { key: null })).status, 404)
      assert.equal(emulator.paidPosts(), 1)
    }))

  void test('a stream that goes wrong after a preview ends the job once, without a second call', () =>
    withServer(OPENAI_EMULATION, settings, async (app, emulator) => {
      for (const [index, [fault, code]] of Object.entries(ENDS).entries()) {
        const job = await submit(app, `as a rug [stream:${fault}]`)
        assert.equal(job['status'], 'failed', fault)
        const error = job['error'] as Json
        assert.equal(error['code'], code, fault)
        assert.equal(error['retryable'], false, fault)
        assert.equal((job['attempts'] as Json[]).length, 1)
        assert.equal(job['preview'], null)
        assert.equal(emulator.paidPosts(), index + 1)
        // The inputs stay; of the previews nothing does.
        while (countBlobs(app) !== index + 1) await new Promise((again) => setTimeout(again, 20))
      }
    }))
})
