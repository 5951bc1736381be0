/** API keys with scopes and limits, as a caller meets them. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

let app: TestApp
let now = 1_800_000_000_000
before(async () => {
  app = await startTestApp({ clock: { now: () => now } })
})
after(() => app.stop())

const make = async (wanted: Record<string, unknown>): Promise<{ token: string; id: string }> => {
  const { status, body } = await app.call('/keys', { json: wanted })
  assert.equal(status, 200, JSON.stringify(body))
  return { token: String(body['token']), id: String(body['id']) }
}
const EDIT = '/generate/image/google/nano-banana-pro?dry_run=1'
const edit = (key: string): Promise<TestAnswer> => app.call(EDIT, { json: { prompt: 'warmer' }, key })

void describe('/keys', () => {
  void test('a key is told once, listed without its token, used, and revoked at once', async () => {
    const { token, id } = await make({
      name: 'laptop',
      account: 'team',
      max_cost_usd: 0.25,
      models: ['google/*'],
    })
    assert.match(token, /^ak_[\w-]{43}$/u)
    assert.equal((await edit(token)).status, 200)
    const listed = await app.call('/keys?account=team')
    const [item] = listed.body['items'] as Record<string, unknown>[]
    assert.deepEqual(
      [item?.['id'], item?.['scopes'], item?.['max_cost_usd'], item?.['models']],
      [id, ['generate'], 0.25, ['google/*']],
    )
    assert.equal(item?.['last_used_at'], new Date(now).toISOString())
    assert.doesNotMatch(JSON.stringify(listed.body), new RegExp(token, 'u'))
    assert.equal((await app.call(`/keys/${id}`, { method: 'DELETE' })).status, 404, 'not of the own account')
    assert.equal((await app.call(`/keys/${id}?account=team`, { method: 'DELETE' })).status, 200)
    assert.equal((await edit(token)).status, 401)
  })

  void test('every fault of a new key is named', async () => {
    const { status, body } = await app.call('/keys', {
      json: {
        name: '',
        scopes: ['root'],
        rpm: 3,
        requests_per_minute: 0,
        monthly_budget_usd: -1,
        expires_at: 'soon',
      },
    })
    assert.equal(status, 400)
    const paths = (body['issues'] as { path: string }[]).map(({ path }) => path)
    assert.deepEqual(paths.sort(), [
      'expires_at',
      'monthly_budget_usd',
      'name',
      'requests_per_minute',
      'rpm',
      'scopes',
    ])
  })

  void test('an operator cannot lock itself out by revoking the key it uses', async () => {
    const { token, id } = await make({ name: 'second', scopes: ['admin'] })
    assert.equal((await app.call(`/keys/${id}`, { method: 'DELETE', key: token })).status, 409)
  })
})

void describe('scopes', () => {
  const NIL = '00000000-0000-0000-0000-000000000000'
  const READ = ['/jobs', '/assets', '/models', '/webhooks/deliveries']
  const WRITE = [
    ['POST', EDIT],
    ['POST', '/assets'],
    ['POST', `/jobs/${NIL}/cancel`],
    ['DELETE', `/jobs/${NIL}`],
    ['DELETE', `/assets/${NIL}`],
    ['POST', '/webhooks/sink'],
  ] as const
  const ADMIN = [
    ['GET', '/keys'],
    ['POST', '/keys'],
    ['DELETE', `/keys/${NIL}`],
  ] as const
  const statusOf = async (method: string, path: string, key: string): Promise<number> =>
    (await app.call(path, { method, key })).status

  void test('`read` looks and changes nothing', async () => {
    const { token } = await make({ name: 'reader', scopes: ['read'] })
    for (const path of READ) assert.equal(await statusOf('GET', path, token), 200, path)
    for (const [method, path] of [...WRITE, ...ADMIN])
      assert.equal(await statusOf(method, path, token), 403, `${method} ${path}`)
  })

  void test('`generate` is no operator, and a key of another account is none by itself', async () => {
    const { token } = await make({ name: 'maker' })
    for (const key of [token, app.otherKey]) {
      for (const path of READ) assert.equal(await statusOf('GET', path, key), 200, path)
      for (const [method, path] of WRITE) assert.notEqual(await statusOf(method, path, key), 403, path)
      for (const [method, path] of ADMIN) assert.equal(await statusOf(method, path, key), 403, path)
    }
  })
})

void describe('the end of a key', () => {
  void test('one that has ended before it is made is a mistake', async () => {
    const { status, body } = await app.call('/keys', {
      json: { name: 'late', expires_at: new Date(now).toISOString() },
    })
    assert.equal(status, 400)
    assert.match(String(body['error']), /^expires_at: expected a time in the future/u)
  })
})

void describe('limits of a key', () => {
  void test('other models are refused by name before the body is read', async () => {
    const { token } = await make({ name: 'narrow', models: ['afterimage/edit', 'bfl/*'] })
    const { status, body } = await app.call(EDIT, { body: '{broken', key: token })
    assert.equal(status, 403)
    assert.match(String(body['error']), /google\/nano-banana-pro; allowed: afterimage\/edit, bfl\/\*/u)
  })

  void test('an expired key is 401, on the millisecond', async () => {
    const { token } = await make({ name: 'short', expires_at: new Date(now + 1000).toISOString() })
    now += 999
    assert.equal((await edit(token)).status, 200)
    now += 1
    const { status, body } = await edit(token)
    assert.equal(status, 401)
    assert.match(String(body['error']), /expired/u)
  })

  void test('requests per minute: every answer tells, the one too many is 429 with Retry-After', async () => {
    const { token } = await make({ name: 'slow', requests_per_minute: 2 })
    const standing = ({ headers }: TestAnswer): (string | null)[] =>
      ['limit', 'remaining', 'reset'].map((name) => headers.get(`ratelimit-${name}`))
    assert.deepEqual(standing(await app.call('/jobs', { key: token })), ['2', '1', '30'])
    assert.deepEqual(standing(await app.call('/jobs/none', { key: token })), ['2', '0', '60'])
    const refused = await app.call('/jobs', { key: token })
    assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '30'])
    assert.deepEqual(standing(refused), ['2', '0', '30'])
    now += 30_000
    assert.equal((await app.call('/jobs', { key: token })).status, 200)
    assert.equal((await app.call('/jobs')).headers.get('ratelimit-limit'), null)
  })
})
