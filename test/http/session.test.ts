/** Signing in to the Studio: the printed link, a key, the cookie, and who may use it. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createSessions } from '../../src/http/session-store.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

let server: TestApp
before(async () => (server = await startTestApp()))
after(() => server.stop())

const cookieOf = (headers: Headers): string => (headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
const signIn = (json: unknown, origin = server.url) =>
  server.call('/session', { json, key: null, headers: { origin } })

void describe('POST /session', () => {
  void test('a key gives an HttpOnly, SameSite=Strict cookie that opens the API', async () => {
    const { status, headers, body } = await signIn({ key: server.key })
    assert.equal(status, 200)
    assert.equal(body['account'], 'default')
    assert.match(headers.get('set-cookie') ?? '', /; Path=\/; HttpOnly; SameSite=Strict$/u)
    const jobs = await server.call('/jobs', { key: null, headers: { cookie: cookieOf(headers) } })
    assert.equal(jobs.status, 200)
  })

  void test('an unknown key, no key and another origin are refused without a cookie', async () => {
    for (const [answer, status] of [
      [await signIn({ key: 'ak_unknown-0123456789' }), 401],
      [await signIn({}), 400],
      [await signIn({ link: 'x' }), 401],
      [await signIn({ key: server.key }, 'https://evil.test'), 403],
    ] as const) {
      assert.equal(answer.status, status)
      assert.equal(answer.headers.get('set-cookie'), null)
    }
  })

  void test('a body longer than any key is refused: whoever has none must not fill the memory', async () => {
    const long = await signIn({ key: 'x'.repeat(17 * 1024) })
    assert.equal(long.status, 413)
    assert.equal(long.body['code'], 'payload_too_large')
    const end = { method: 'DELETE', key: null, json: 'x'.repeat(17 * 1024) }
    assert.equal((await server.call('/session', end)).status, 413)
  })

  void test('a used link tells how to get in without a restart', async () => {
    const { body } = await signIn({ link: 'x' })
    assert.match(String(body['message']), /"npx afterimage keys create".* while it runs/u)
  })

  void test('with the cookie, a write needs the page of this server; reading does not', async () => {
    const cookie = cookieOf((await signIn({ key: server.key })).headers)
    const write = (origin: Record<string, string>) =>
      server.call('/jobs/00000000-0000-4000-8000-000000000000/cancel', {
        method: 'POST',
        key: null,
        headers: { cookie, ...origin },
      })
    assert.equal((await write({})).status, 403)
    assert.equal((await write({ origin: 'http://127.0.0.1:1' })).status, 403)
    assert.equal((await write({ origin: server.url })).status, 404)
  })

  void test('signing out and revoking the key both end the session', async () => {
    const cookie = cookieOf((await signIn({ key: server.otherKey })).headers)
    const account = async () =>
      (await server.call('/session', { key: null, headers: { cookie } })).body['account']
    assert.equal(await account(), 'other')
    const [key] = await server.app.state.listKeys('other')
    const second = cookieOf((await signIn({ key: server.otherKey })).headers)
    const out = { method: 'DELETE', key: null, headers: { cookie: second, origin: server.url } }
    assert.match((await server.call('/session', out)).headers.get('set-cookie') ?? '', /Max-Age=0/u)
    const late = await server.call('/jobs', { key: null, headers: { cookie: second } })
    assert.equal(late.status, 401)
    await server.app.state.revokeKey(key?.id ?? '', 'other')
    assert.equal(await account(), null)
    assert.equal((await server.call('/jobs', { key: null, headers: { cookie } })).status, 401)
  })
})

void describe('an announced job', () => {
  void test('is what a sign-in, a look of who is signed in, and an upload are; not a stranger', async () => {
    const during = async (act: () => Promise<unknown>): Promise<number> => {
      const before = server.engine.warmUps()
      await act()
      return server.engine.warmUps() - before
    }
    let cookie = ''
    assert.equal(
      await during(async () => (cookie = cookieOf((await signIn({ key: server.key })).headers))),
      1,
    )
    const look = (headers: Record<string, string>) => server.call('/session', { key: null, headers })
    assert.equal(await during(() => look({ cookie })), 1)
    assert.equal(await during(() => look({})), 0)
    assert.equal(await during(() => look({ cookie: `${cookie}x` })), 0)
    assert.equal(await during(() => signIn({ key: 'ak_unknown-0123456789' })), 0)
    assert.equal(await during(() => server.upload()), 1)
    assert.equal(await during(() => server.call('/assets', { method: 'POST', key: null })), 0)
  })
})

void describe('sessions', () => {
  const DAY_MS = 24 * 3600_000
  const sessionsAt = (clock: { now: () => number }) =>
    createSessions({ clock, store: server.app.state.sessions })

  void test('a link is not used where nobody could be signed in', async () => {
    const store = server.app.state.sessions
    const add = () => Promise.reject(new Error('the database is away'))
    let isAway = true
    const sessions = createSessions({
      clock: Date,
      store: { ...store, add: (...values) => (isAway ? add() : store.add(...values)) },
    })
    const link = sessions.createLink({ accountId: 'default', keyHash: 'ab' })
    await assert.rejects(sessions.exchangeLink(link), /away/u)
    isAway = false
    assert.ok(await sessions.exchangeLink(link))
    assert.equal(await sessions.exchangeLink(link), null)
  })

  void test('a link works once, and not after ten minutes; sessions end after a week', async () => {
    let passed = 0
    const sessions = sessionsAt({ now: () => Date.now() + passed })
    const key = { accountId: 'default', keyHash: 'ab' }
    const link = sessions.createLink(key)
    const tokens = await Promise.all([sessions.exchangeLink(link), sessions.exchangeLink(link)])
    assert.equal(tokens[1], null)
    const token = tokens[0] ?? ''
    assert.deepEqual(await sessions.find(token), key)
    assert.equal(await sessions.exchangeLink(link), null)
    assert.equal(await sessions.find(link), null)
    const late = sessions.createLink(key)
    passed = 10 * 60_000
    assert.equal(await sessions.exchangeLink(late), null)
    passed = 6 * DAY_MS
    assert.deepEqual(await sessions.find(token), key)
    passed = 7 * DAY_MS + 60_000
    assert.equal(await sessions.find(token), null)
  })

  void test('another process of the same state knows them; no token is stored', async () => {
    const token = await sessionsAt({ now: () => Date.now() }).open({ accountId: 'a', keyHash: 'b' })
    const other = sessionsAt({ now: () => Date.now() })
    assert.deepEqual(await other.find(token), { accountId: 'a', keyHash: 'b' })
    assert.equal(await server.app.state.sessions.find(token), null)
    await other.close(token)
    assert.equal(await other.find(token), null)
  })
})

void describe('GET /', () => {
  void test('serves the page or says how to build it, under a policy that names this server only', async () => {
    const { status, headers, bytes } = await server.call('/', { key: null })
    assert.ok(status === 200 || status === 503)
    assert.match(headers.get('content-type') ?? '', /^text\/html/u)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'; script-src 'self';/u)
    if (status === 503) assert.match(bytes.toString(), /npm run build:studio/u)
  })

  void test('names outside the folder are unknown', async () => {
    for (const name of ['..%2findex.html', '.env', 'nothing.js', 'a.exe'])
      assert.equal((await server.call(`/studio/${name}`, { key: null })).status, 404, name)
  })
})
