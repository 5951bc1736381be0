/** Every route of our own OpenAPI document: no forged key opens it, and no foreign id differs from an unknown one. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createPngBomb } from '../support/png.ts'
import { startProof } from '../support/proof.ts'

const PICTURE = `data:image/png;base64,${createPngBomb(16, 'rgb8').toString('base64')}`
const MODEL = '/generate/image/google/nano-banana-pro'
const METHODS = ['get', 'post', 'put', 'patch', 'delete']

type Operation = { security?: readonly unknown[] }
type Route = { method: string; path: string; isPublic: boolean }

let app: TestApp
let routes: readonly Route[] = []
/** Ids of the first account, by their kind. */
const ids: Record<string, string> = {}

before(async () => {
  app = await startTestApp()
  const paths = (await app.call('/openapi.json')).body['paths'] as Record<string, Record<string, Operation>>
  routes = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.includes(method))
      .map(([method, { security }]) => ({
        path,
        method: method.toUpperCase(),
        isPublic: security?.length === 0,
      })),
  )
  const sink = (await app.call('/webhooks/sink', { method: 'POST' })).body
  const job = await app.call(MODEL, {
    json: { image_urls: [PICTURE], prompt: 'warmer' },
    headers: { 'x-webhook-url': String(sink['url']) },
  })
  assert.equal(job.status, 200, JSON.stringify(job.body))
  const done = await app.settle(job.body['job_id'])
  const [result = ''] = (done['result'] as { urls: string[] }).urls
  const delivery = await untilDelivery(String(job.body['job_id']))
  Object.assign(ids, {
    job: String(job.body['job_id']),
    asset: String((await app.upload())['id']),
    key: (await app.app.state.listKeys('default'))[0]?.id ?? '',
    file: new URL(result).pathname.split('/').at(-1) ?? '',
    sink: new URL(String(sink['url'])).pathname.split('/').at(-1) ?? '',
    delivery,
  })
})
after(() => app.stop())

async function untilDelivery(jobId: string): Promise<string> {
  for (;;) {
    const { body } = await app.call(`/webhooks/deliveries?job_id=${jobId}`)
    const [first] = body['items'] as readonly { id: string }[]
    if (first !== undefined) return first.id
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** What differs between any two answers to one question is taken out. */
function visible({ status, headers, bytes }: TestAnswer): unknown {
  const ofRequest = new Set(['date', 'x-request-id'])
  const kept = [...headers].filter(([name]) => !ofRequest.has(name) && !name.startsWith('ratelimit'))
  return { status, kept, text: bytes.toString('utf8').replaceAll(/"request_id":"[^"]*"/gu, '') }
}

/** Forty things that are no key, made of one that is. */
function forgeries(key: string, dead: readonly string[]): readonly (string | null)[] {
  const bearer = (token: string): string => `Bearer ${token}`
  const wrongTokens = [
    key.slice(0, -1),
    key.slice(1),
    `${key}x`,
    `x${key}`,
    key.toUpperCase(),
    key.split('').toReversed().join(''),
    `${key},${key}`,
    `${key}%00`,
    `"${key}"`,
    encodeURIComponent(`${key}/`),
    Buffer.from(key).toString('base64'),
    Buffer.from(key).toString('hex'),
    'a'.repeat(8000),
    'null',
    'undefined',
    'true',
    '0',
    '[]',
    '{}',
    "'OR'1'='1",
    '*',
    '%',
    '_',
    '../secret.key',
    '__proto__',
    'constructor',
    ...dead,
  ].map(bearer)
  const wrongSchemes = [
    key,
    '',
    'Bearer',
    'Bearer ',
    `bearer${key}`,
    `Bearer  ${key} x`,
    `Bearer Bearer ${key}`,
    `Basic ${key}`,
    `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
    `Digest ${key}`,
    `Token ${key}`,
  ]
  return [null, ...wrongTokens, ...wrongSchemes]
}

void describe('every route of the OpenAPI document', () => {
  void test('no forged, revoked or expired key opens one that is not public', async (context) => {
    const proof = startProof(context, '11. forged keys on every route')
    const make = async (json: object): Promise<Record<string, unknown>> =>
      (await app.call('/keys', { json })).body
    const revoked = await make({ name: 'revoked' })
    assert.equal((await app.call(`/keys/${String(revoked['id'])}`, { method: 'DELETE' })).status, 200)
    const expired = await make({ name: 'expired', expires_at: new Date(Date.now() + 1000).toISOString() })
    const dead = [revoked, expired].map(({ token }) => String(token))
    assert.match(dead.join(), /^[^,]{16,},[^,]{16,}$/u)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const forged = forgeries(app.key, dead)
    assert.ok(forged.length >= 40, `${forged.length}`)
    const guarded = routes.filter(({ isPublic }) => !isPublic)
    assert.ok(guarded.length > 50)
    for (const { method, path } of guarded)
      for (const authorization of forged) {
        proof.try()
        const headers: Record<string, string> = authorization === null ? {} : { authorization }
        const { status, body } = await app.call(path.replaceAll(/\{\w+\}/gu, ids['job'] ?? ''), {
          method,
          key: null,
          headers,
        })
        const isRefused =
          status === 401 && body['code'] === 'unauthorized' && body['error'] === body['message']
        if (!isRefused) proof.fail(`${method} ${path} with ${authorization?.slice(0, 40)}: ${status}`)
        if (JSON.stringify(body).includes(app.key)) proof.fail(`${method} ${path} tells the key`)
      }
    proof.end(`${guarded.length} operations`)
  })

  void test('an id of another account answers byte for byte like an unknown one, whatever it names', async (context) => {
    const proof = startProof(context, '13. isolation over every route')
    const withId = routes.filter(({ path, isPublic }) => path.includes('{') && !isPublic)
    assert.ok(withId.length >= 10)
    for (const { method, path } of withId.filter((route) => !route.path.startsWith('/models/')))
      for (const [kind, id] of Object.entries(ids)) {
        proof.try()
        const ask = (asked: string): Promise<TestAnswer> =>
          app.call(path.replace('{id}', asked), { method, key: app.otherKey })
        // Of the same form, so that only its owner can make a difference.
        const unknown =
          kind === 'file' || kind === 'sink' ? id.replaceAll(/[\da-f]/gu, '0') : crypto.randomUUID()
        const [foreign, nobodys] = [await ask(id), await ask(unknown)]
        try {
          assert.deepEqual(visible(foreign), visible(nobodys))
          assert.ok([403, 404].includes(foreign.status), `${foreign.status}`)
        } catch (error) {
          proof.fail(`${method} ${path} with a ${kind}: ${String(error)}`)
        }
      }
    for (const path of ['/jobs', '/assets', '/webhooks/deliveries', '/webhooks/disabled'])
      for (const query of ['', '?limit=1000', `?job_id=${ids['job']}`, '?account=default']) {
        proof.try()
        const { status, body } = await app.call(path + query, { key: app.otherKey })
        const seen = JSON.stringify(body['items'] ?? [])
        if (status === 200 && seen !== '[]') proof.fail(`${path}${query} shows ${seen.slice(0, 200)}`)
      }
    for (const [kind, path] of [
      ['job', '/jobs'],
      ['asset', '/assets'],
      ['delivery', '/webhooks/deliveries'],
    ] as const)
      assert.equal((await app.call(`${path}/${ids[kind]}`)).status, 200, `the ${kind} is still there`)
    proof.end(`${withId.length} operations`)
  })
})
