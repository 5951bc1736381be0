/** X-Afterimage-Cache: an equal request takes the stored result of an earlier one. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
/** Takes a seed. */
const SEEDED = '/generate/image/bytedance/seededit'
const CAT = readFileSync(photoPath('cat'))
const toUri = (bytes: Buffer): string => `data:image/jpeg;base64,${bytes.toString('base64')}`
const READ_WRITE = { 'x-afterimage-cache': 'read, write' }

let app: TestApp
let number = 0
before(async () => (app = await startTestApp()))
after(() => app.stop())

type Change = { json?: object; headers?: Record<string, string>; key?: string; path?: string }

/** Requests of one test have a prompt of their own, so that tests do not take each other's results. */
function newRequests(model = MODEL, field = 'image_urls'): (change?: Change) => Promise<TestAnswer> {
  number += 1
  const images = field === 'image_urls' ? [toUri(CAT)] : toUri(CAT)
  const request = { prompt: `invert it, number ${number}`, [field]: images }
  return ({ json, headers = READ_WRITE, key, path = model } = {}) =>
    app.call(path, { json: { ...request, ...json }, headers, ...(key === undefined ? {} : { key }) })
}

const isHit = ({ headers }: TestAnswer): boolean => headers.get('x-afterimage-cache') === 'hit'
const resultOf = (job: Record<string, unknown>): string =>
  String((job['result'] as { urls: string[] }).urls[0]).slice(app.url.length)

void describe('X-Afterimage-Cache', () => {
  void test('the second of two equal requests ends at once, with a copy of its own, for nothing', async () => {
    const submit = newRequests()
    const first = await submit()
    assert.equal(first.headers.get('x-afterimage-cache'), 'miss')
    const made = await app.settle(first.body['job_id'])
    const runs = app.engine.requests.length
    const second = await submit()
    const { body } = second
    assert.ok(isHit(second))
    assert.equal(body['status'], 'completed')
    assert.deepEqual(body['cost'], { amount_usd: 0, basis: 'reused', compute_units: 0 })
    assert.deepEqual(body['attempts'], [])
    assert.deepEqual(body['recipe'], made['recipe'])
    const [warning] = body['warnings'] as { code: string; message: string }[]
    assert.equal(warning?.code, 'result_reused')
    assert.ok(warning?.message.includes(String(first.body['job_id'])))
    assert.equal(app.engine.requests.length, runs, 'nothing ran')
    assert.notEqual(resultOf(body), resultOf(made))
    await app.call(`/jobs/${String(first.body['job_id'])}`, { method: 'DELETE' })
    assert.equal((await app.call(resultOf(made))).status, 404)
    const image = await app.call(resultOf(body))
    assert.equal((await sharp(image.bytes).metadata()).width, (await sharp(CAT).metadata()).width)
    assert.deepEqual((await app.call(`/jobs/${String(body['job_id'])}`)).body, body)
  })

  void test('other metadata is no difference; other pixels, fields, seeds, models and accounts are', async () => {
    const submit = newRequests(SEEDED, 'image_url')
    await app.settle((await submit({ json: { seed: 3 } })).body['job_id'])
    const at = 2
    const comment = Buffer.concat([Buffer.from([0xff, 0xfe, 0, 8]), Buffer.from('hello!')])
    const commented = Buffer.concat([CAT.subarray(0, at), comment, CAT.subarray(at)])
    assert.ok(isHit(await submit({ json: { seed: 3, image_url: toUri(commented) } })))
    const raccoon = toUri(readFileSync(photoPath('raccoon')))
    const others: Change[] = [
      { json: { seed: 4 } },
      { json: {} },
      { json: { seed: 3, image_url: raccoon } },
      { json: { seed: 3, prompt: 'another' } },
      { json: { seed: 3, afterimage: { output_format: 'jpeg' } } },
      { json: { seed: 3 }, path: '/generate/image/bfl/flux-1-dev' },
      { json: { seed: 3 }, key: app.otherKey },
    ]
    for (const other of others) {
      const answer = await submit(other)
      assert.equal(answer.status, 200, JSON.stringify(answer.body))
      assert.equal(answer.headers.get('x-afterimage-cache'), 'miss', Object.keys(other.json ?? {}).join())
    }
  })

  void test('reading and writing are asked for, each by itself; without a seed the form counts', async () => {
    const submit = newRequests()
    const use = (words?: string): Promise<TestAnswer> =>
      submit({ headers: words === undefined ? {} : { 'x-afterimage-cache': words } })
    for (const words of [undefined, 'off', 'read']) await app.settle((await use(words)).body['job_id'])
    assert.ok(!isHit(await use('read')), 'nobody wrote')
    await app.settle((await use('write')).body['job_id'])
    for (const words of [undefined, 'off', 'write']) {
      const answer = await use(words)
      assert.equal(answer.headers.get('x-afterimage-cache'), null)
      assert.notEqual((answer.body['cost'] as { basis: string }).basis, 'reused')
    }
    assert.ok(isHit(await use('READ')))
  })

  void test('what is not stored is not taken, and says so; it may take, and then leaves nothing', async () => {
    const submit = newRequests()
    const noStore = { afterimage: { no_store: true } }
    const hidden = await submit({ json: noStore })
    const codes = (hidden.body['warnings'] as { code: string }[]).map(({ code }) => code)
    assert.ok(codes.includes('not_cached'))
    await app.settle(hidden.body['job_id'])
    const open = await submit()
    assert.ok(!isHit(open))
    await app.settle(open.body['job_id'])
    const before = (await Array.fromAsync(app.app.blobs.list())).length
    const taken = await submit({ json: noStore })
    assert.ok(isHit(taken))
    assert.notEqual(taken.body['expires_at'], null)
    assert.equal((await Array.fromAsync(app.app.blobs.list())).length, before + 1, 'the copy, no input')
  })

  void test('damaged bytes are made anew, not handed on', async () => {
    const submit = newRequests()
    const made = await app.settle((await submit()).body['job_id'])
    const file = await app.app.state.getFile(resultOf(made).replace('/files/', '').split('.')[0] ?? '')
    await app.app.blobs.delete(String(file?.blobKey))
    assert.ok(!isHit(await submit()))
  })

  void test('under a key of their own, 20 at once are one job that took the result', async () => {
    const submit = newRequests()
    await app.settle((await submit()).body['job_id'])
    const before = (await Array.fromAsync(app.app.blobs.list())).length
    const headers = { ...READ_WRITE, 'idempotency-key': 'reuse-once' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => submit({ headers })))
    assert.equal(new Set(answers.map(({ body }) => body['job_id'])).size, 1)
    assert.equal(answers[0]?.body['status'], 'completed')
    assert.equal((await Array.fromAsync(app.app.blobs.list())).length, before + 2, 'one input, one result')
    const told = answers.map((answer) => [answer.headers.get('idempotent-replayed'), isHit(answer)].join())
    assert.deepEqual([...new Set(told)].sort(), [',true', 'true,false'], 'a replay does not say hit')
    const dry = await submit({ path: `${MODEL}?dry_run=1` })
    assert.equal(dry.status, 200)
    assert.equal(dry.headers.get('x-afterimage-cache'), null)
    assert.ok(!JSON.stringify(dry.body).includes('reused'), 'a dry run looks for no result')
  })

  void test('a strict server marks it in the header', async () => {
    const strict = await startTestApp({ settings: { AFTERIMAGE_COMPAT: 'strict' } })
    try {
      const json = { prompt: 'invert it', image_urls: [toUri(CAT)] }
      const submit = () => strict.call(MODEL, { json, headers: READ_WRITE })
      await strict.settle((await submit()).body['job_id'])
      const hit = await submit()
      assert.ok(isHit(hit))
      assert.equal(hit.body['status'], 'completed')
      assert.equal(hit.body['cost'], undefined)
    } finally {
      await strict.stop()
    }
  })

  void test('other words are refused by name', async () => {
    const submit = newRequests()
    for (const words of ['', 'yes', 'read,off', 'read;write', 'read,,write', 'only-if-cached']) {
      const { status, body } = await submit({ headers: { 'x-afterimage-cache': words } })
      assert.equal(status, 400, words)
      assert.match(String(body['message']), /^X-Afterimage-Cache: found .*; expected "read"/u)
    }
    const { status, body } = await submit({ headers: { 'X-Afterimage-Cach': 'read' } })
    assert.equal(status, 400)
    assert.match(String(body['message']), /did you mean X-Afterimage-Cache/u)
  })
})
