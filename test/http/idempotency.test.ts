/** Idempotency-Key: requests that may be sent twice and count once. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { KEPT_MS } from '../../src/core/idempotency.ts'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { form, startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'
import { share, startProof } from '../support/proof.ts'
import { createServerProcess } from '../support/server-process.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const TWINS = share(50, 100)
const ROUNDS = share(1, 4)
const source = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const REQUEST = { prompt: 'invert it', image_urls: [source] }

let now = Date.now()
let app: TestApp
before(async () => (app = await startTestApp({ clock: { now: () => now } })))
after(() => app.stop())

const newKey = (): string => crypto.randomUUID()
const submit = (key: string, json: unknown = REQUEST, more: { key?: string; path?: string } = {}) =>
  app.call(more.path ?? MODEL, {
    json,
    headers: { 'idempotency-key': key },
    ...(more.key === undefined ? {} : { key: more.key }),
  })
const countJobs = async (): Promise<number> =>
  ((await app.call('/jobs?limit=1000')).body['items'] as unknown[]).length
const isReplayed = ({ headers }: TestAnswer): boolean => headers.get('idempotent-replayed') === 'true'
/** Results of jobs that still run would be counted as what a request left behind. */
const untilQuiet = async (): Promise<void> => {
  for (const key of [app.key, app.otherKey])
    for (const job of (await app.call('/jobs', { key })).body['items'] as { job_id: string }[])
      if (key === app.key) await app.settle(job.job_id)
      else await app.call(`/jobs/${job.job_id}?wait=60`, { key })
}
const countBlobs = async (): Promise<number> => (await Array.fromAsync(app.app.blobs.list())).length

void describe('Idempotency-Key on a submit', () => {
  void test('the same request again gets the same answer, also after the job has ended', async () => {
    const key = newKey()
    const before = await countJobs()
    const first = await submit(key)
    assert.equal(first.status, 200)
    assert.equal(isReplayed(first), false)
    await app.settle(first.body['job_id'])
    const reordered = { image_urls: [source], prompt: 'invert it' }
    for (const json of [REQUEST, reordered]) {
      const again = await submit(key, json)
      assert.equal(again.status, 200)
      assert.deepEqual(again.bytes, first.bytes)
      assert.equal(isReplayed(again), true)
    }
    assert.equal(await countJobs(), before + 1)
  })

  void test('another body or path is refused by name, whatever became of the first', async () => {
    const key = newKey()
    await app.settle((await submit(key)).body['job_id'])
    const before = await countJobs()
    for (const answer of [
      await submit(key, { ...REQUEST, prompt: 'another' }),
      await submit(key, REQUEST, { path: '/generate/image/google/nano-banana' }),
    ]) {
      assert.equal(answer.status, 422)
      assert.equal(answer.body['code'], 'idempotency_mismatch')
      assert.match(String(answer.body['message']), /^Idempotency-Key: /u)
    }
    assert.equal(await countJobs(), before)
  })

  void test(`${TWINS} at the same time make one job, and leave nobody's bytes behind`, async (context) => {
    const proof = startProof(context, '14. idempotency: twins of a submit')
    for (let round = 0; round < ROUNDS; round += 1) {
      proof.try(TWINS)
      await submitTwins()
    }
    proof.end()
  })

  async function submitTwins(): Promise<void> {
    await untilQuiet()
    const key = newKey()
    const [jobs, blobs] = [await countJobs(), await countBlobs()]
    app.engine.hold()
    const answers = await Promise.all(Array.from({ length: TWINS }, () => submit(key)))
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1)
    assert.equal(answers.filter(isReplayed).length, TWINS - 1)
    assert.equal(await countJobs(), jobs + 1)
    assert.equal(await countBlobs(), blobs + 1)
    app.engine.release()
  }

  void test('a refused request leaves its key free, and a dry run takes none', async () => {
    const key = newKey()
    assert.equal((await submit(key, { ...REQUEST, image_urls: ['data:,x'] })).status, 422)
    assert.equal((await submit(key, REQUEST, { path: `${MODEL}?dry_run=1` })).status, 200)
    const accepted = await submit(key)
    assert.equal(accepted.status, 200)
    assert.equal(isReplayed(accepted), false)
  })

  void test('the same key of another account is another key', async () => {
    const key = newKey()
    const mine = await submit(key)
    const theirs = await submit(key, { prompt: 'something else' }, { key: app.otherKey })
    assert.equal(theirs.status, 200)
    assert.notEqual(theirs.body['job_id'], mine.body['job_id'])
    assert.equal(isReplayed(theirs), false)
  })

  void test('is kept for 24 hours', async () => {
    const key = newKey()
    const first = await submit(key)
    now += KEPT_MS - 1000
    assert.equal((await submit(key)).body['job_id'], first.body['job_id'])
    now += 1000
    const next = await submit(key)
    assert.equal(next.status, 200)
    assert.notEqual(next.body['job_id'], first.body['job_id'])
  })

  void test('is 1 to 255 characters of ASCII', async () => {
    assert.equal((await submit('k'.repeat(255))).status, 200)
    for (const key of ['', 'k'.repeat(256), 'ä']) {
      const { status, body } = await submit(key)
      assert.equal(status, 400, key)
      assert.match(String(body['message']), /^Idempotency-Key: /u)
    }
  })
})

void describe('Idempotency-Key on an upload', () => {
  const upload = (key: string, body: FormData) =>
    app.call('/assets', { body, headers: { 'idempotency-key': key } })

  void test('the parts count, not the bytes of the form; a repeated one stores nothing', async () => {
    const key = newKey()
    await untilQuiet()
    const first = await upload(key, form())
    assert.equal(first.status, 200)
    const blobs = await countBlobs()
    const again = await upload(key, form())
    assert.deepEqual(again.bytes, first.bytes)
    assert.equal(isReplayed(again), true)
    assert.equal(await countBlobs(), blobs)
  })

  void test('another picture or description is refused, and stores nothing', async () => {
    const key = newKey()
    await upload(key, form())
    const blobs = await countBlobs()
    const described = form()
    described.append('description', 'a cat')
    for (const body of [form('raccoon'), described])
      assert.equal((await upload(key, body)).body['code'], 'idempotency_mismatch')
    assert.equal(await countBlobs(), blobs)
  })

  void test(`${TWINS} at the same time make one asset`, async () => {
    const key = newKey()
    const answers = await Promise.all(Array.from({ length: TWINS }, () => upload(key, form())))
    assert.equal(new Set(answers.map(({ bytes }) => bytes.toString())).size, 1)
    assert.equal(answers.filter(isReplayed).length, TWINS - 1)
  })
})

void describe('Idempotency-Key and kill -9', () => {
  void test(
    'what was answered before the kill is answered again after it',
    { timeout: 120_000 },
    async (t) => {
      const directory = mkdtempSync(join(tmpdir(), 'afterimage-idempotency-'))
      const server = await createServerProcess(directory)
      t.after(async () => {
        await server.kill()
        rmSync(directory, { recursive: true, force: true })
      })
      await server.start()
      const send = async (key: string): Promise<string> => {
        const answer = await fetch(server.url + MODEL, {
          method: 'POST',
          headers: {
            authorization: `Bearer ${server.apiKey}`,
            'content-type': 'application/json',
            'idempotency-key': key,
          },
          body: JSON.stringify({ prompt: 'a red circle' }),
        })
        assert.equal(answer.status, 200)
        return answer.text()
      }
      const [answered, cut] = [Array.from({ length: 10 }, newKey), Array.from({ length: 10 }, newKey)]
      const answers = await Promise.all(answered.map(send))
      // Nobody knows what becomes of these; the next try makes the job, or finds it.
      const broken = Promise.allSettled([...cut, ...cut].map(send))
      await server.kill()
      await broken
      await server.start()
      assert.deepEqual(await Promise.all(answered.map(send)), answers)
      await Promise.all([...cut, ...cut].map(send))
      const list = await fetch(`${server.url}/jobs`, {
        headers: { authorization: `Bearer ${server.apiKey}` },
      })
      const { items } = (await list.json()) as { items: unknown[] }
      assert.equal(items.length, answered.length + cut.length)
    },
  )
})
