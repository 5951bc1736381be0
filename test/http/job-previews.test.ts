/** Previews from the request to the address: who sees them, for how long, and who never. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestApp, TestAppOptions } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const WANTED = { prompt: 'a cat', afterimage: { previews: true } }
const photo = readFileSync(photoPath('cat'))
let app: TestApp
before(async () => (app = await startTestApp()))
after(() => app.stop())

type Body = Record<string, unknown>
type Preview = { url: string; width: number; height: number }

/** Submits to an engine that holds the job, and hands it a preview once it is inside. */
async function showOne(on: TestApp, json: Body = WANTED): Promise<{ id: string; answer: Body }> {
  on.engine.hold()
  const { body } = await on.call(MODEL, { json })
  const id = String(body['job_id'])
  while (on.engine.showPreview(photo) === 0) await new Promise((again) => setImmediate(again))
  return { id, answer: body }
}

async function untilShown(on: TestApp, id: string): Promise<{ job: Body; preview: Preview }> {
  for (;;) {
    const { body } = await on.call(`/jobs/${id}`)
    if (body['preview'] !== null) return { job: body, preview: body['preview'] as Preview }
  }
}

function blobsOf({ directory }: TestApp): string[] {
  return readdirSync(join(directory, 'data', 'blobs'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
}

async function withApp(options: TestAppOptions, run: (own: TestApp) => Promise<void>): Promise<void> {
  const own = await startTestApp(options)
  try {
    await run(own)
  } finally {
    await own.stop()
  }
}

void describe('previews', () => {
  void test('the job shows the newest at a public address, which no cache keeps', async () => {
    const { id, answer } = await showOne(app)
    assert.equal(answer['preview'], null)
    assert.deepEqual(answer['warnings'], [])
    const { job, preview } = await untilShown(app, id)
    assert.equal(job['status'], 'intermediate-complete')
    assert.deepEqual(job['result'], {}, 'clients take every address in there for a result')
    assert.equal(job['completed_at'], null)
    assert.match(preview.url, new RegExp(`^${app.url}/files/[0-9a-f]{32}\\.jpg$`, 'u'))
    const path = preview.url.slice(app.url.length)
    const file = await app.call(path, { key: null })
    assert.deepEqual([file.status, file.bytes.equals(photo)], [200, true])
    assert.equal(file.headers.get('cache-control'), 'private, no-store')
    assert.equal(file.headers.get('x-content-type-options'), 'nosniff')
    app.engine.release()
    const ended = await app.settle(id)
    assert.equal(ended['status'], 'completed')
    assert.equal(ended['preview'], null)
    assert.equal((await app.call(path, { key: null })).status, 404)
    const listed = (await app.call('/jobs?limit=1')).body['items'] as Body[]
    assert.equal(listed[0]?.['preview'], null)
  })

  void test('events tell of it', async () => {
    app.engine.hold()
    const id = String((await app.call(MODEL, { json: WANTED })).body['job_id'])
    const response = await fetch(`${app.url}/jobs/${id}/events`, {
      headers: { authorization: `Bearer ${app.key}` },
    })
    let text = ''
    const reading = (async () => {
      for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += chunk
    })()
    while (app.engine.showPreview(photo) === 0) await new Promise((again) => setImmediate(again))
    while (!text.includes('"preview":{"url"')) await new Promise((again) => setTimeout(again, 20))
    app.engine.release()
    await reading
    const jobs = [...text.matchAll(/^data: (.*)$/gmu)].map(([, data]) => JSON.parse(String(data)) as Body)
    const shown = jobs.find(({ preview }) => preview !== null)
    assert.equal(shown?.['status'], 'intermediate-complete')
    assert.deepEqual([jobs.at(-1)?.['status'], jobs.at(-1)?.['preview']], ['completed', null])
  })

  void test('a cancelled job leaves neither address nor bytes', () =>
    withApp({}, async (own) => {
      const { id } = await showOne(own)
      const { preview } = await untilShown(own, id)
      assert.equal(blobsOf(own).length, 1)
      await own.call(`/jobs/${id}`, { method: 'DELETE' })
      assert.equal((await own.settle(id))['status'], 'cancelled')
      assert.equal((await own.call(preview.url.slice(own.url.length), { key: null })).status, 404)
      while (blobsOf(own).length > 0) await new Promise((again) => setTimeout(again, 20))
    }))

  void test('nobody asked: the engine is not even told that it may', async () => {
    app.engine.hold()
    const id = String((await app.call(MODEL, { json: { prompt: 'a cat' } })).body['job_id'])
    const { length } = app.engine.requests
    while (app.engine.requests.length < length) await new Promise((again) => setImmediate(again))
    assert.equal(app.engine.showPreview(photo), 0)
    app.engine.release()
    const job = await app.settle(id)
    assert.deepEqual([job['status'], job['preview']], ['completed', null])
  })

  void test('of a job that is not stored there are none, and that is told', async () => {
    const json = { ...WANTED, afterimage: { previews: true, no_store: true } }
    const { body } = await app.call(MODEL, { json })
    const told = (body['warnings'] as Body[]).find(({ code }) => code === 'no_previews')
    assert.equal(told?.['path'], 'afterimage.previews')
    assert.match(String(told?.['message']), /no_store/u)
    await app.settle(body['job_id'])
  })

  void test('where addresses are signed, that of a preview is signed too', () =>
    withApp({ settings: { AFTERIMAGE_SIGNED_URLS: 'on' } }, async (own) => {
      const { id } = await showOne(own)
      const { preview } = await untilShown(own, id)
      const { pathname, search } = new URL(preview.url)
      assert.match(search, /signature=/u)
      assert.equal((await own.call(pathname, { key: null })).status, 403)
      assert.equal((await own.call(pathname + search, { key: null })).status, 200)
    }))

  void test('under a moderation nobody sees what nobody has decided about', () =>
    withApp({ settings: { AFTERIMAGE_MODERATION_COMMAND: '["true"]' } }, async (own) => {
      const { body } = await own.call(`/models/google/nano-banana-pro`)
      assert.equal(body['previews'], false)
      own.engine.hold()
      const submitted = (await own.call(MODEL, { json: WANTED })).body
      const told = (submitted['warnings'] as Body[]).find(({ code }) => code === 'no_previews')
      assert.match(String(told?.['message']), /moderation/u)
    }))

  void test('the catalogue tells of each model and engine whether there are some', async () => {
    const { body } = await app.call('/models/google/nano-banana-pro')
    assert.equal(body['previews'], true)
    const engines = (body['engines'] as Body[]).map(({ id, previews }) => [id, previews])
    assert.deepEqual(Object.fromEntries(engines)['afterimage/draft'], true)
    assert.deepEqual(Object.fromEntries(engines)['google'], false)
  })
})

void describe('an engine that shows none', () => {
  void test('is told of as for every other field', () =>
    withApp({ isEngineReal: true }, async (own) => {
      const input = { prompt: 'sepia', image_url: (await own.upload())['image_url'] }
      const warn = { ...input, afterimage: { previews: true } }
      const { body } = await own.call('/generate/image/afterimage/edit', { json: warn })
      const told = (body['warnings'] as Body[]).find(({ path }) => path === 'afterimage.previews')
      assert.equal(told?.['code'], 'unsupported_field')
      await own.settle(body['job_id'])
      const refuse = { ...input, afterimage: { previews: true, on_unsupported: 'error' } }
      const refused = await own.call('/generate/image/afterimage/edit', { json: refuse })
      assert.deepEqual([refused.status, refused.body['code']], [400, 'unsupported_field'])
      assert.equal((await own.call('/models/afterimage/edit')).body['previews'], false)
    }))

  void test('false asks for nothing, and another type is refused', async () => {
    const off = await app.call(MODEL, { json: { prompt: 'x y z', afterimage: { previews: false } } })
    assert.equal(off.status, 200)
    const odd = await app.call(MODEL, { json: { prompt: 'x y z', afterimage: { previews: 'yes' } } })
    assert.equal(odd.status, 400)
    assert.match(String(odd.body['message']), /afterimage\.previews/u)
  })
})
