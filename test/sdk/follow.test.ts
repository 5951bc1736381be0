/** Waiting for jobs by their events, against a real server and against servers that have none. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Afterimage } from '../../src/sdk/index.ts'
import type { Fetch } from '../../src/sdk/options.ts'
import { AfterimageError } from '../../src/core/errors.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { jobJson, startScriptedServer } from './scripted-server.ts'

const PATH = 'image/google/nano-banana-pro'
let app: TestApp
before(async () => (app = await startTestApp()))
after(() => app.stop())

/** A client that keeps the paths that it asked for; `change` may break an answer. */
function createClient(change: (path: string, answer: Response) => Response = (_path, answer) => answer) {
  const paths: string[] = []
  const fetch: Fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input).pathname
    paths.push(path.replace(/[0-9a-f-]{36}/u, 'ID'))
    return change(path, await globalThis.fetch(input, init))
  }
  return { krea: new Afterimage({ apiKey: app.key, baseUrl: app.url, fetch }), paths }
}

void describe('waiting by events', () => {
  void test('asks once, then hears of every change and the end', async () => {
    app.engine.hold()
    const { krea, paths } = createClient()
    const seen: string[] = []
    const { data, job } = await krea.subscribe(PATH, {
      input: { prompt: 'a cat' },
      onQueueUpdate: ({ status }) => {
        seen.push(status)
        if (seen.length === 2) app.engine.release()
      },
    })
    assert.equal(job.status, 'completed')
    assert.equal(data.urls.length, 1)
    assert.equal(seen.at(-1), 'completed')
    assert.deepEqual(paths, [`/generate/${PATH}`, '/jobs/ID', '/jobs/ID/events'])
  })

  void test('a failure is thrown with the job, as polling throws it', async () => {
    app.engine.hold()
    app.engine.failNext(new AfterimageError('engine_rejected', 'No raccoons.'))
    const { krea } = createClient()
    const waiting = krea.subscribe(PATH, { input: { prompt: 'a raccoon' } })
    app.engine.release()
    await assert.rejects(waiting, { name: 'JobFailedError', message: /No raccoons/u })
  })

  void test('timeoutMs and the signal end it, and the job goes on', async () => {
    app.engine.hold()
    const { krea } = createClient()
    const { job_id: id } = await krea.generateRaw(PATH, { prompt: 'a cat' })
    await assert.rejects(krea.jobs.wait(id, { timeoutMs: 50 }), { name: 'TimeoutError' })
    const stop = new AbortController()
    const reason = new Error('enough')
    const waiting = krea.jobs.wait(id, { signal: stop.signal, onUpdate: () => stop.abort(reason) })
    await assert.rejects(waiting, reason)
    app.engine.release()
    assert.equal((await krea.jobs.wait(id)).status, 'completed')
  })

  void test('a stream that is refused, empty or no stream is followed by polling', async () => {
    const broken = [
      new Response('{}', { status: 404 }),
      new Response('', { headers: { 'content-type': 'text/event-stream' } }),
      new Response('<html>', { headers: { 'content-type': 'text/html' } }),
      new Response('data: {"job_id"\n\n', { headers: { 'content-type': 'text/event-stream' } }),
    ]
    for (const answer of broken) {
      app.engine.hold()
      const { krea, paths } = createClient((path, real) => {
        if (!path.endsWith('/events')) return real
        app.engine.release()
        return answer
      })
      const { job } = await krea.subscribe(PATH, { input: { prompt: 'a cat' }, intervalMs: 10 })
      assert.equal(job.status, 'completed')
      assert.equal(paths.filter((path) => path === '/jobs/ID/events').length, 1)
      assert.ok(paths.filter((path) => path === '/jobs/ID').length >= 2)
    }
  })

  void test('a server that names no events is only polled', async () => {
    const states = ['queued', 'processing', 'completed']
    const server = await startScriptedServer((_request, index) => ({
      body: jobJson('j1', states[index] ?? 'completed'),
    }))
    const krea = new Afterimage({ apiKey: 'k', baseUrl: server.url })
    await krea.jobs.wait('j1', { intervalMs: 1 })
    assert.deepEqual(new Set(server.received.map(({ url }) => url)), new Set(['/jobs/j1']))
    await server.close()
  })
})
