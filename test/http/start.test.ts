/** Starting and stopping: first key, sample, lock, port, shutdown. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import type { App } from '../../src/app.ts'
import { greet } from '../../src/cli/greeting.ts'
import { readConfig } from '../../src/config.ts'
import { createTestEngine } from '../support/test-engine.ts'
import { startTestApp } from '../support/app.ts'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-start-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const settings = (name: string, more: Record<string, string> = {}) => ({
  AFTERIMAGE_DATA_DIR: join(directory, name),
  AFTERIMAGE_PORT: '0',
  AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '0',
  ...more,
})
const open = (name: string, more: Record<string, string> = {}): Promise<App> =>
  createApp(readConfig(settings(name, more)), {
    engines: [createTestEngine()],
    logger: pino({ level: 'silent' }),
  })

void describe('first start', () => {
  void test('makes a key and a sample; what it prints works; the next start makes neither', async () => {
    const app = await open('first')
    const { url, access, signInUrl } = await app.start()
    assert.equal(access.kind, 'created')
    if (access.kind !== 'created') return
    assert.match(access.token, /^ak_[\w-]{43}$/u)
    const text = greet({ url, access, config: { host: '127.0.0.1', publicUrl: null } })
    const body = /-d '(.*)'/u.exec(text)?.[1] ?? ''
    const [, address = ''] = /^curl -s (\S+) \\$/mu.exec(text) ?? []
    const headers = { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' }
    const answer = await fetch(address, { method: 'POST', headers, body })
    assert.equal(answer.status, 200, await answer.clone().text())
    const link = new URL(signInUrl ?? '').searchParams.get('signin')
    const signIn = { method: 'POST', headers: { origin: url, 'content-type': 'application/json' } }
    const session = await fetch(`${url}/session`, { ...signIn, body: JSON.stringify({ link }) })
    assert.equal(((await session.json()) as { account: string }).account, 'default')
    await app.stop()
    if (process.platform !== 'win32') assert.equal(statSync(join(directory, 'first')).mode & 0o777, 0o700)

    const again = await open('first')
    const second = await again.start()
    assert.equal(second.access.kind, 'existing')
    const kept = await fetch(`${second.url}/assets`, { headers })
    assert.equal(((await kept.json()) as { items: unknown[] }).items.length, 1)
    await again.stop()
    assert.doesNotMatch(greet({ ...second, config: { host: '127.0.0.1', publicUrl: null } }), /ak_/u)
  })

  void test('a given key is taken, and never printed', async () => {
    const apiKey = 'given-key-0123456789'
    for (let round = 0; round < 2; round += 1) {
      const app = await open('given', { AFTERIMAGE_API_KEY: apiKey })
      const { url, access } = await app.start()
      assert.equal(access.kind, 'given')
      const answer = await fetch(`${url}/jobs`, { headers: { authorization: `Key ${apiKey}` } })
      assert.equal(answer.status, 200)
      assert.ok(!greet({ url, access, config: { host: '127.0.0.1', publicUrl: null } }).includes(apiKey))
      await app.stop()
    }
  })

  void test('refuses another address than loopback while no key exists', async () => {
    const app = await open('remote', { AFTERIMAGE_HOST: '0.0.0.0' })
    await assert.rejects(app.start(), { code: 'unauthorized', message: /keys create/u })
    await app.stop()
    const keyed = await open('remote', {
      AFTERIMAGE_HOST: '0.0.0.0',
      AFTERIMAGE_API_KEY: 'given-key-0123456789',
    })
    await keyed.start()
    await keyed.stop()
  })
})

void describe('the data folder and the port', () => {
  void test('a second server on the same folder is refused', { timeout: 20_000 }, async () => {
    const app = await open('shared')
    await assert.rejects(open('shared'), { code: 'unavailable' })
    await app.stop()
    await (await open('shared')).stop()
  })

  void test('a taken port is named with the way out', async () => {
    const app = await open('port-a')
    const { url } = await app.start()
    const other = await open('port-b', { AFTERIMAGE_PORT: new URL(url).port })
    await assert.rejects(other.start(), { code: 'unavailable', message: /AFTERIMAGE_PORT or --port/u })
    await other.stop()
    await app.stop()
    const again = await open('port-b')
    assert.equal((await again.start()).access.kind, 'created', 'the key is shown by the start that works')
    await again.stop()
  })
})

void describe('stop', () => {
  void test('gives a running job back, and the next start finishes it', async () => {
    const engine = createTestEngine()
    const config = readConfig(settings('resume', { AFTERIMAGE_API_KEY: 'given-key-0123456789' }))
    const app = await createApp(config, { engines: [engine], logger: pino({ level: 'silent' }) })
    const { url } = await app.start()
    engine.hold()
    const answer = await fetch(`${url}/generate/image/google/nano-banana-pro`, {
      method: 'POST',
      headers: { authorization: 'Bearer given-key-0123456789', 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a card please' }),
    })
    const { job_id: id } = (await answer.json()) as { job_id: string }
    await app.stop()
    await app.stop()
    await assert.rejects(fetch(url))

    const next = await createApp(config, { engines: [createTestEngine()], logger: pino({ level: 'silent' }) })
    await next.start()
    const ended = await untilEnded(next, id)
    assert.equal(ended, 'completed')
    await next.stop()
  })

  void test('readyz says when the database is gone', async () => {
    const app = await startTestApp()
    await app.app.state.close()
    const { status, body } = await app.call('/readyz')
    assert.equal(status, 503)
    assert.equal(body['code'], 'unavailable')
    await app.stop()
  })
})

void describe('readyz', () => {
  void test('says when images cannot be written', async () => {
    const app = await startTestApp()
    const blobs = join(app.directory, 'data', 'blobs')
    rmSync(blobs, { recursive: true })
    writeFileSync(blobs, 'no folder')
    const { status, body } = await app.call('/readyz')
    assert.deepEqual([status, body['code']], [503, 'unavailable'])
    assert.doesNotMatch(JSON.stringify(body), /afterimage-app/u, 'without its paths')
    await app.stop()
  })

  void test('a disk below the mark refuses new bytes, and the server stays ready', async () => {
    const app = await startTestApp({ measureFreeDisk: () => Promise.resolve(1000) })
    const { status, body } = await app.call('/readyz')
    assert.deepEqual([status, body['disk']], [200, 'low'])
    const submit = await app.call('/generate/image/google/nano-banana-pro', { json: { prompt: 'x' } })
    assert.deepEqual([submit.status, submit.body['code']], [507, 'storage_full'])
    assert.equal((await app.call('/jobs')).status, 200)
    await app.stop()
    const roomy = await startTestApp({ measureFreeDisk: () => Promise.resolve(2 ** 40) })
    assert.equal((await roomy.call('/readyz')).body['disk'], 'ok')
    await roomy.stop()
  })
})

async function untilEnded(app: App, id: string): Promise<string | undefined> {
  const deadline = performance.now() + 20_000
  for (;;) {
    const job = await app.state.getJob(id, 'default')
    if (job === null || job.completedAt !== null || performance.now() > deadline) return job?.status
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
