/** Waiting for a job: server-sent events and the long poll. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
let app: TestApp
before(async () => (app = await startTestApp()))
after(() => app.stop())

async function submit(on = app): Promise<string> {
  return String((await on.call(MODEL, { json: { prompt: 'a cat' } })).body['job_id'])
}

type Event = { id: number; job: Record<string, unknown> }

/** Opens a stream and answers its events one by one; null when the server has closed it. */
async function openStream(on: TestApp, id: string, headers: Record<string, string> = {}) {
  const stop = new AbortController()
  const response = await fetch(`${on.url}/jobs/${id}/events`, {
    headers: { authorization: `Bearer ${on.key}`, ...headers },
    signal: stop.signal,
  })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const next = async (): Promise<Event | null> => {
    for (;;) {
      const found = /^(?:[^]*?\n)?id: (\d+)\ndata: (.*)\n\n/u.exec(text)
      if (found !== null) {
        text = text.slice(found[0].length)
        return { id: Number(found[1]), job: JSON.parse(String(found[2])) as Event['job'] }
      }
      const chunk = await reader?.read()
      if (chunk?.value === undefined) return null
      text += chunk.value
    }
  }
  return { response, next, close: () => stop.abort() }
}

void describe('GET /jobs/{id}/events', () => {
  void test('begins with the job as it stands, tells its end at once, and closes', async () => {
    app.engine.hold()
    const id = await submit()
    const { response, next } = await openStream(app, id)
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.equal(response.headers.get('access-control-allow-origin'), '*')
    const first = await next()
    assert.equal(first?.job['job_id'], id)
    app.engine.release()
    const events = [first]
    for (let event = await next(); event !== null; event = await next()) events.push(event)
    const versions = events.map((event) => event?.id ?? 0)
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    )
    assert.equal(events.at(-1)?.job['status'], 'completed')
    assert.deepEqual(events.at(-1)?.job, (await app.call(`/jobs/${id}`)).body)
  })

  void test('resumes after the last event, and says 204 when there is nothing more', async () => {
    const id = await submit()
    await app.settle(id)
    const { next } = await openStream(app, id)
    const last = await next()
    assert.equal(last?.job['status'], 'completed')
    assert.equal(await next(), null)
    const missed = await openStream(app, id, { 'last-event-id': String((last?.id ?? 0) - 1) })
    assert.deepEqual(await missed.next(), last)
    const again = await openStream(app, id, { 'last-event-id': String(last?.id) })
    assert.equal(again.response.status, 204)
  })

  void test('tells a cancel, and knows nothing of the jobs of others', async () => {
    app.engine.hold()
    const id = await submit()
    const stranger = await app.call(`/jobs/${id}/events`, { key: app.otherKey })
    const unknown = await app.call(`/jobs/${crypto.randomUUID()}/events`)
    assert.equal(stranger.status, 404)
    assert.equal(stranger.body['message'], unknown.body['message'])
    assert.equal((await app.call(`/jobs/${id}/events`, { key: null })).status, 401)
    const { next } = await openStream(app, id)
    await next()
    await app.call(`/jobs/${id}/cancel`, { method: 'POST' })
    let last: Event | null = null
    for (let event = await next(); event !== null; event = await next()) last = event
    assert.equal(last?.job['status'], 'cancelled')
    app.engine.release()
  })

  void test('a key has at most 20 streams, and gets the place of one that it closes', async () => {
    app.engine.hold()
    const id = await submit()
    const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(app, id)))
    const refused = await app.call(`/jobs/${id}/events`)
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) > 0)
    streams[0]?.close()
    let opened = await openStream(app, id)
    for (let tries = 0; opened.response.status === 429 && tries < 100; tries += 1)
      opened = await openStream(app, id)
    assert.equal(opened.response.status, 200)
    app.engine.release()
    for (const { next } of [...streams.slice(1), opened]) while ((await next()) !== null);
  })

  void test('ends when the server stops', async () => {
    const own = await startTestApp()
    own.engine.hold()
    const { next } = await openStream(own, await submit(own))
    assert.notEqual(await next(), null)
    const startedAt = performance.now()
    await own.stop()
    assert.ok(performance.now() - startedAt < 2500, 'it does not wait until connections are cut')
    while ((await next()) !== null);
  })
})

void describe('GET /jobs/{id}?wait=', () => {
  void test('answers when the job has ended', async () => {
    app.engine.hold()
    const id = await submit()
    const waiting = app.call(`/jobs/${id}?wait=60`)
    await app.call('/healthz')
    app.engine.release()
    const { status, body } = await waiting
    assert.equal(status, 200)
    assert.equal(body['status'], 'completed')
    assert.equal((await app.call(`/jobs/${id}?wait=60`)).body['status'], 'completed')
  })

  void test('answers the job as it stands when the time is over', async () => {
    app.engine.hold()
    const id = await submit()
    const { status, body } = await app.call(`/jobs/${id}?wait=1`)
    assert.equal(status, 200)
    assert.ok(!['completed', 'failed', 'cancelled'].includes(String(body['status'])))
    app.engine.release()
  })

  void test('other times are refused, and unknown jobs at once', async () => {
    const id = await submit()
    for (const wait of ['0', '61', '-1', '1.5', 'x']) {
      const { status, body } = await app.call(`/jobs/${id}?wait=${wait}`)
      assert.equal(status, 400, wait)
      assert.equal((body['issues'] as { path: string }[])[0]?.path, 'wait')
    }
    assert.equal((await app.call(`/jobs/${crypto.randomUUID()}?wait=60`)).status, 404)
  })
})
