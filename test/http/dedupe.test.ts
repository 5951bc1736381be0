/** X-Afterimage-Dedupe: identical submits share one job while it is under way. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const TWINS = 50
const toUri = (name: 'cat' | 'raccoon'): string =>
  `data:image/jpeg;base64,${readFileSync(photoPath(name)).toString('base64')}`
const REQUEST = { prompt: 'invert it', image_urls: [toUri('cat')] }

let app: TestApp
before(async () => (app = await startTestApp()))
after(() => app.stop())

const submit = (json: unknown = REQUEST, more: { headers?: Record<string, string>; key?: string } = {}) =>
  app.call(MODEL, {
    json,
    headers: { 'x-afterimage-dedupe': '60', ...more.headers },
    ...(more.key === undefined ? {} : { key: more.key }),
  })

void describe('X-Afterimage-Dedupe', () => {
  void test(`${TWINS} identical submits share one job, and its bytes`, async () => {
    app.engine.hold()
    const answers = await Promise.all(Array.from({ length: TWINS }, () => submit()))
    assert.equal(new Set(answers.map(({ body }) => body['job_id'])).size, 1)
    const joined = answers.filter(({ headers }) => headers.get('x-afterimage-deduplicated') === 'true')
    assert.equal(joined.length, TWINS - 1)
    assert.equal((await Array.fromAsync(app.app.blobs.list())).length, 1)
    app.engine.release()
    await app.settle(answers[0]?.body['job_id'])
  })

  void test('what differs, has ended, or belongs to another account is a job of its own', async () => {
    app.engine.hold()
    const first = await submit()
    const others = [
      await submit({ ...REQUEST, prompt: 'another' }),
      await submit({ ...REQUEST, seed: 7 }),
      await submit({ ...REQUEST, image_urls: [toUri('raccoon')] }),
      await submit(REQUEST, { key: app.otherKey }),
      await submit(REQUEST, { headers: { 'idempotency-key': 'k' } }),
    ]
    const ids = new Set([first, ...others].map(({ body }) => body['job_id']))
    assert.equal(ids.size, 1 + others.length)
    assert.equal((await submit()).body['job_id'], first.body['job_id'])
    app.engine.release()
    await app.settle(first.body['job_id'])
    assert.ok(!ids.has((await submit()).body['job_id']))
  })

  void test('one whose result is kept for later requests joins only its like', async () => {
    app.engine.hold()
    const request = { ...REQUEST, prompt: 'keep it' }
    const use = (words: string) => submit(request, { headers: { 'x-afterimage-cache': words } })
    const plain = await submit(request)
    const kept = await use('read, write')
    assert.notEqual(kept.body['job_id'], plain.body['job_id'])
    assert.equal((await use('write')).body['job_id'], kept.body['job_id'])
    assert.equal((await use('read')).body['job_id'], plain.body['job_id'])
    app.engine.release()
    for (const { body } of [plain, kept]) await app.settle(body['job_id'])
    assert.equal((await use('read')).headers.get('x-afterimage-cache'), 'hit')
  })

  void test('other times are refused by name', async () => {
    for (const seconds of ['0', '3601', 'x', '1.5']) {
      const { status, body } = await submit(REQUEST, { headers: { 'x-afterimage-dedupe': seconds } })
      assert.equal(status, 400, seconds)
      const message = `found "${seconds}"; expected whole seconds from 1 to 3600`
      assert.equal(body['message'], `X-Afterimage-Dedupe: ${message}`)
      assert.deepEqual(body['issues'], [{ path: 'X-Afterimage-Dedupe', message, code: 'invalid_request' }])
    }
  })
})
