/** Who may call what: keys, accounts, pages of other origins. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

const NIL = '00000000-0000-0000-0000-000000000000'
const PRIVATE = [
  ['POST', '/generate/image/google/nano-banana-pro'],
  ['GET', '/jobs'],
  ['GET', `/jobs/${NIL}`],
  ['DELETE', `/jobs/${NIL}`],
  ['POST', `/jobs/${NIL}/cancel`],
  ['POST', '/assets'],
  ['GET', '/assets'],
  ['GET', `/assets/${NIL}`],
  ['DELETE', `/assets/${NIL}`],
  ['GET', '/models'],
  ['GET', '/models/google/nano-banana-pro'],
] as const

void describe('keys', () => {
  for (const [method, path] of PRIVATE)
    void test(`${method} ${path} without a key is 401`, async () => {
      const answer = await app.call(path, { method, key: null })
      assert.equal(answer.status, 401)
      assert.match(String(answer.headers.get('www-authenticate')), /^Bearer/u)
      assert.equal(answer.body['code'], 'unauthorized')
      assert.match(String(answer.body['error']), /Authorization: Bearer/u)
    })

  void test('Bearer and Key, any case, tokens with colons and slashes', async () => {
    for (const authorization of [`Bearer ${app.key}`, `Key ${app.key}`, `bearer ${app.otherKey}`]) {
      const answer = await app.call('/jobs', { key: null, headers: { authorization } })
      assert.equal(answer.status, 200, authorization)
    }
  })

  void test('unknown, malformed and revoked keys are 401', async () => {
    for (const authorization of ['Bearer nope', 'Basic abc', 'Bearer', `Bearer ${app.key} x`, app.key]) {
      const answer = await app.call('/jobs', { key: null, headers: { authorization } })
      assert.equal(answer.status, 401, authorization)
    }
  })

  void test('a key that was sent and is not known is told how to make another, not how to send it', async () => {
    const { body } = await app.call('/jobs', { key: 'nope' })
    assert.match(String(body['error']), /keys create/u)
    assert.doesNotMatch(String(body['error']), /Authorization/u)
  })

  void test('a body is not read before the key is checked', async () => {
    const answer = await app.call('/generate/image/google/nano-banana-pro', { body: '{broken', key: null })
    assert.equal(answer.status, 401)
  })

  void test('health and the OpenAPI document are public', async () => {
    for (const path of ['/healthz', '/readyz', '/openapi.json']) {
      const answer = await app.call(path, { key: null })
      assert.equal(answer.status, 200, path)
      assert.match(String(answer.headers.get('content-type')), /^application\/json/u)
    }
  })
})

void describe('accounts', () => {
  void test('what belongs to another account is answered like what never existed', async () => {
    const asset = await app.upload()
    const { body: job } = await app.call('/generate/image/google/nano-banana-pro', {
      json: { prompt: 'warmer', image_urls: [asset['image_url']] },
    })
    const foreign = [
      ['GET', `/jobs/${String(job['job_id'])}`, `/jobs/${NIL}`],
      ['POST', `/jobs/${String(job['job_id'])}/cancel`, `/jobs/${NIL}/cancel`],
      ['DELETE', `/jobs/${String(job['job_id'])}`, `/jobs/${NIL}`],
      ['GET', `/assets/${String(asset['id'])}`, `/assets/${NIL}`],
      ['DELETE', `/assets/${String(asset['id'])}`, `/assets/${NIL}`],
    ] as const
    for (const [method, path, unknown] of foreign) {
      const headers = { 'x-request-id': 'same-id-12' }
      const theirs = await app.call(path, { method, key: app.otherKey, headers })
      const nobodys = await app.call(unknown, { method, key: app.otherKey, headers })
      assert.equal(theirs.status, 404, path)
      assert.deepEqual(theirs.bytes, nobodys.bytes, path)
    }
    for (const list of ['/jobs', '/assets'])
      assert.deepEqual((await app.call(list, { key: app.otherKey })).body['items'], [])
    assert.equal((await app.call(`/assets/${String(asset['id'])}`)).status, 200)
  })

  void test('an id that is no UUID is 404, not 400', async () => {
    for (const path of ['/jobs/1', '/jobs/%00', '/assets/x', `/jobs/${'a'.repeat(150)}`])
      assert.equal((await app.call(path)).status, 404, path)
  })
})

void describe('other origins', () => {
  const origin = { origin: 'https://page.example' }

  void test('answers and errors can be read by any page', async () => {
    for (const path of ['/healthz', '/jobs/x', '/nothing', '/files/x']) {
      const { headers } = await app.call(path, { headers: origin })
      assert.equal(headers.get('access-control-allow-origin'), '*', path)
      assert.match(String(headers.get('access-control-expose-headers')), /X-Request-Id/u)
      assert.equal(headers.get('access-control-allow-credentials'), null)
    }
  })

  void test('a preflight needs no key', async () => {
    const answer = await app.call('/generate/image/google/nano-banana-pro', {
      method: 'OPTIONS',
      key: null,
      headers: {
        ...origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    })
    assert.equal(answer.status, 204)
    assert.match(String(answer.headers.get('access-control-allow-headers')), /authorization/u)
    assert.match(String(answer.headers.get('access-control-allow-methods')), /DELETE/u)
  })
})
