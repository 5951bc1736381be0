/** What belongs to one account does not exist for another: same status, same bytes, on every route and kind of id. */
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createRandom } from '../support/mutants.ts'
import { createPngBomb } from '../support/png.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const INTERLEAVINGS = 100
const PICTURE = `data:image/png;base64,${createPngBomb(16, 'rgb8').toString('base64')}`
const MODEL = '/generate/image/google/nano-banana-pro'

let app: TestApp
let jobId = ''
let assetId = ''
before(async () => {
  app = await startTestApp()
  jobId = await submit()
  await app.settle(jobId)
  assetId = String((await app.upload())['id'])
})
after(() => app.stop())

async function submit(): Promise<string> {
  const { status, body } = await app.call(MODEL, { json: { image_urls: [PICTURE], prompt: 'warmer' } })
  assert.equal(status, 200, JSON.stringify(body))
  return String(body['job_id'])
}

/** Everything that a caller can compare, without what differs between any two answers. */
function visible({ status, headers, bytes }: TestAnswer): unknown {
  const ofRequest = new Set(['date', 'x-request-id'])
  const kept = [...headers].filter(([name]) => !ofRequest.has(name))
  return { status, kept, text: bytes.toString('utf8').replaceAll(/"request_id":"[^"]*"/gu, '') }
}

const ROUTES: readonly (readonly [method: string, path: string])[] = [
  ['GET', '/jobs/ID'],
  ['HEAD', '/jobs/ID'],
  ['DELETE', '/jobs/ID'],
  ['GET', '/jobs/ID?wait=1'],
  ['GET', '/jobs/ID/events'],
  ['POST', '/jobs/ID/cancel'],
  ['GET', '/assets/ID'],
  ['DELETE', '/assets/ID'],
  ['GET', '/webhooks/deliveries/ID'],
  ['POST', '/webhooks/deliveries/ID/replay'],
  ['GET', '/keys/ID/webhook-secret'],
  ['POST', '/keys/ID/webhook-secret/rotate'],
  ['DELETE', '/keys/ID'],
]

void describe('accounts', () => {
  void test('a foreign id answers byte for byte like an unknown one', async (context) => {
    const keyId = (await app.app.state.listKeys('default'))[0]?.id ?? ''
    let tried = 0
    for (const [method, path] of ROUTES)
      for (const id of [jobId, assetId, keyId, jobId.toUpperCase()]) {
        const ask = (asked: string): Promise<TestAnswer> =>
          app.call(path.replace('ID', asked), { method, key: app.otherKey })
        const [foreign, unknown] = [await ask(id), await ask(crypto.randomUUID())]
        assert.deepEqual(visible(foreign), visible(unknown), `${method} ${path}`)
        assert.ok([403, 404].includes(foreign.status), `${method} ${path}: ${foreign.status}`)
        tried += 1
      }
    context.diagnostic(`tried ${tried}`)
    assert.equal((await app.call(`/jobs/${jobId}`)).status, 200, 'and nothing of it was deleted')
    assert.equal((await app.call(`/assets/${assetId}`)).status, 200)
  })

  void test('lists, filters and cursors show nothing of another account', async () => {
    for (const path of ['/jobs', '/assets', '/webhooks/deliveries'])
      for (const query of ['', '?limit=1000', '?cursor=2999-01-01T00:00:00Z', `?job_id=${jobId}`]) {
        const { status, body } = await app.call(path + query, { key: app.otherKey })
        assert.equal(status, 200, path + query)
        assert.deepEqual(body['items'], [], path + query)
      }
  })

  void test('?account= is for keys and usage, and for the operator', async () => {
    const { state } = app.app
    const named = await state.listKeys('default')
    const first = String(named[0]?.id)
    for (const scopes of [['read'], ['generate'], undefined]) {
      const json = { account: 'other', name: 'limited', ...(scopes === undefined ? {} : { scopes }) }
      const key = String((await app.call('/keys', { json })).body['token'])
      const refused = [
        ['GET', '/keys?account=default'],
        ['GET', '/keys?account=other'],
        ['GET', '/usage?account=default'],
        ['DELETE', `/keys/${first}?account=default`],
        ['GET', '/engines'],
        ['PUT', '/engines/openai/key'],
        ['DELETE', '/engines/openai/key'],
      ] as const
      for (const [method, path] of refused) {
        const { status, body } = await app.call(path, { method, key })
        assert.deepEqual([status, body['code']], [403, 'forbidden'], `${method} ${path}`)
      }
      const forged = await app.call('/keys', { json: { account: 'default', scopes: ['admin'] }, key })
      assert.equal(forged.status, 403)
      assert.equal((await app.call('/usage', { key })).body['account'], 'other')
    }
    const ids = (keys: typeof named) => keys.map(({ id, revokedAt }) => [id, revokedAt])
    assert.deepEqual(ids(await state.listKeys('default')), ids(named), 'nothing was made or revoked')
  })

  void test('also the operator sees jobs, assets and deliveries of the own account only', async () => {
    const json = { account: 'third', scopes: ['admin'] }
    const key = String((await app.call('/keys', { json })).body['token'])
    for (const path of ['/jobs', '/assets', '/webhooks/deliveries'])
      assert.deepEqual((await app.call(`${path}?account=default`, { key })).body['items'], [], path)
    for (const [kind, id] of [
      ['jobs', jobId],
      ['assets', assetId],
    ] as const)
      for (const method of ['GET', 'DELETE']) {
        const ask = (asked: string) => app.call(`/${kind}/${asked}?account=default`, { method, key })
        const foreign = await ask(id)
        assert.equal(foreign.status, 404, `${method} ${kind}`)
        assert.deepEqual(visible(foreign), visible(await ask(crypto.randomUUID())))
      }
    const asset = (await app.call(`/assets/${assetId}`)).body
    const preview = `${new URL(String(asset['image_url'])).pathname}/preview`
    const strange = `/files/${'0'.repeat(32)}.jpg/preview`
    assert.deepEqual(visible(await app.call(preview, { key })), visible(await app.call(strange, { key })))
    const { body } = await app.call('/usage?account=default', { key })
    assert.equal(body['account'], 'default')
    assert.ok((body['items'] as unknown[]).length > 0)
  })

  void test('a key is revoked where it is, and nowhere else', async () => {
    const { id } = (await app.call('/keys', { json: { account: 'other' } })).body
    const revoke = async (query: string): Promise<number> =>
      (await app.call(`/keys/${String(id)}${query}`, { method: 'DELETE' })).status
    assert.equal(await revoke(''), 404)
    assert.equal(await revoke('?account=third'), 404)
    assert.equal(await revoke('?account=other'), 200)
  })

  void test('only the exact key is a key', async () => {
    const { key } = app
    const forged = [
      '',
      'Bearer',
      'Bearer ',
      `bearer${key}`,
      `Basic ${key}`,
      `Bearer ${key.slice(0, -1)}`,
      `Bearer ${key}x`,
      `Bearer ${key} x`,
      `Bearer ${key.toUpperCase()}`,
      `Bearer Bearer ${key}`,
      key,
      `Bearer ${'a'.repeat(8000)}`,
      'Bearer null',
      'Bearer undefined',
      "Bearer ' OR 1=1 --",
      'Bearer %00',
      `Bearer ${key},${key}`,
      `Token ${key}`,
    ]
    for (const authorization of forged) {
      const answer = await app.call('/jobs', { key: null, headers: { authorization } })
      assert.equal(answer.status, 401, authorization.slice(0, 40))
      assert.equal(answer.body['code'], 'unauthorized')
      assert.ok(!JSON.stringify(answer.body).includes(key), 'the key is not echoed')
    }
    assert.equal((await app.call(`/jobs?api_key=${key}`, { key: null })).status, 401, 'no key in the query')
  })
})

void describe('files', () => {
  void test('no spelling of a path leaves the store', async (context) => {
    const names = [
      '../afterimage.db',
      '..%2f..%2fetc%2fpasswd',
      '%2e%2e%2fsecret.key',
      '....//secret.key',
      '%00',
      'a%00.png',
      `${'0'.repeat(32)}%2f..%2f..`,
      `${'0'.repeat(32)}.png%00`,
      'A'.repeat(32),
      '..%5c..%5csecret.key',
      '%c0%ae%c0%ae/',
      '..;/secret.key',
      'tmp',
      '~root',
      '%252e%252e%252f',
      '0'.repeat(31),
      'constructor',
      `${'0'.repeat(32)}.toolongending`,
    ]
    for (const name of names) {
      const answer = await app.call(`/files/${name}`, { key: null })
      assert.ok([400, 404].includes(answer.status), `${name}: ${answer.status}`)
      assert.equal(answer.headers.get('content-type'), 'application/json; charset=utf-8')
    }
    context.diagnostic(`tried ${names.length}`)
  })

  void test('ranges of any form give the file, a part of it, or 416', async () => {
    const { body } = await app.call(`/jobs/${jobId}`)
    const [url = ''] = (body['result'] as { urls: string[] }).urls
    const path = new URL(url).pathname
    const whole = (await app.call(path, { key: null })).bytes
    const ranges = [
      'bytes=0-',
      'bytes=0-0',
      'bytes=-1',
      'bytes=-0',
      'bytes=999999-',
      'bytes=5-2',
      'bytes=0-99999999999999999999',
      `bytes=${'0-1,'.repeat(500)}0-1`,
      'bytes=--1',
      'bytes=1e3-',
      'bytes=0x1-',
      'BYTES=0-1',
      'bytes = 0-1',
      'none=0-1',
      'bytes=a-b',
      'bytes=-999999999999999',
    ]
    for (const range of ranges)
      for (const method of ['GET', 'HEAD']) {
        const answer = await app.call(path, { key: null, method, headers: { range } })
        assert.ok([200, 206, 416].includes(answer.status), `${range}: ${answer.status}`)
        assert.ok(answer.bytes.length <= Math.max(whole.length, 1000), range)
        if (answer.status === 206 && method === 'GET')
          assert.ok(whole.includes(answer.bytes), `${range} is a part of the file`)
      }
  })

  void test('the answer to one caller never names an address that a header forged', async () => {
    const evil = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      forwarded: 'host=evil.example',
      'x-original-url': '/jobs',
      origin: 'https://evil.example',
      referer: 'https://evil.example',
    }
    const answer = await app.call(`/jobs/${jobId}`, { headers: evil })
    assert.doesNotMatch(answer.bytes.toString('utf8') + JSON.stringify([...answer.headers]), /evil\.example/u)
    assert.notEqual(answer.headers.get('access-control-allow-credentials'), 'true')
  })
})

void describe('races', () => {
  void test(`${INTERLEAVINGS} interleavings of cancel, delete and get (seed ${SEED}): no 5xx and no lost bytes`, async (context) => {
    const random = createRandom(SEED)
    const statuses = new Map<number, number>()
    const count = (status: number): void => void statuses.set(status, (statuses.get(status) ?? 0) + 1)
    const jobs: string[] = []
    for (let round = 0; round < INTERLEAVINGS; round += 1) {
      const id = await submit()
      jobs.push(id)
      // Half of them race the end of the job too.
      if (random(2) === 0) await app.settle(id)
      const actions = Array.from({ length: 2 + random(5) }, () => random(4))
      const calls = actions.map((action) => {
        if (action === 0) return app.call(`/jobs/${id}`, { method: 'DELETE' })
        if (action === 1) return app.call(`/jobs/${id}/cancel`, { method: 'POST' })
        return app.call(action === 2 ? `/jobs/${id}` : '/jobs?limit=5')
      })
      for (const { status } of await Promise.all(calls)) count(status)
    }
    let completed = 0
    for (const id of jobs) if (await isWhole(id)) completed += 1
    assert.ok(completed > 0, 'some jobs survive')
    context.diagnostic(`tried ${INTERLEAVINGS}: ${JSON.stringify([...statuses])}`)
    assert.deepEqual(
      [...statuses.keys()].filter((status) => ![200, 404, 409].includes(status)),
      [],
    )
  })

  void test('deleting everything leaves no bytes in the store', async () => {
    for (;;) {
      const { body } = await app.call('/jobs?limit=1000')
      const items = body['items'] as readonly { job_id: string }[]
      if (items.length === 0) break
      await Promise.all(items.map(({ job_id }) => app.call(`/jobs/${job_id}`, { method: 'DELETE' })))
    }
    await app.call(`/assets/${assetId}`, { method: 'DELETE' })
    const left: string[] = []
    const deadline = performance.now() + 10_000
    do {
      left.length = 0
      for await (const { key } of app.app.blobs.list()) left.push(key)
    } while (left.length > 0 && performance.now() < deadline)
    assert.deepEqual(left, [])
    assert.ok(existsSync(join(app.directory, 'data')))
  })
})

/** Whether a job completed and gives all its bytes; every other one has ended or is gone. */
async function isWhole(id: string): Promise<boolean> {
  const { status } = await app.call(`/jobs/${id}`)
  if (status === 404) return false
  const job = await app.settle(id)
  if (job['status'] !== 'completed') return false
  for (const url of (job['result'] as { urls: string[] }).urls)
    assert.equal((await app.call(new URL(url).pathname, { key: null })).status, 200, url)
  return true
}
