import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { jobJson, startScriptedServer } from '../../test/sdk/scripted-server.ts'
import type { Reply } from '../../test/sdk/scripted-server.ts'
import type { KreaAPIError } from './errors.ts'
import { ConnectionError, TimeoutError } from './errors.ts'
import { resolveSettings } from './options.ts'
import { createTransport } from './transport.ts'
import type { Answer, TransportRequest } from './transport.ts'

const get: TransportRequest = { method: 'GET', path: '/jobs/j1', isRepeatable: true }
const submit: TransportRequest = {
  method: 'POST',
  path: '/generate/image/a/b',
  body: { json: {} },
  isRepeatable: false,
}
const keyed: TransportRequest = { ...submit, isRepeatable: true }
const ok: Reply = { body: jobJson('j1', 'queued') }

type Outcome = { answer: Answer | null; error: KreaAPIError | null; tries: number; pauses: number[] }

/** Sends one request to a server that gives these replies in turn, the last one for ever. */
async function tryWith(request: TransportRequest, replies: readonly Reply[]): Promise<Outcome> {
  const server = await startScriptedServer((_, index) => replies[Math.min(index, replies.length - 1)] ?? ok)
  const pauses: number[] = []
  const settings = resolveSettings({ baseUrl: server.url, timeoutMs: 5000 })
  const sleep = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms))
  const send = createTransport(settings, { sleep })
  let answer: Answer | null = null
  let error: KreaAPIError | null = null
  try {
    answer = await send(request)
  } catch (thrown) {
    error = thrown as KreaAPIError
  } finally {
    await server.close()
  }
  return { answer, error, tries: server.received.length, pauses }
}

const unavailable = (status: number, retryAfter?: string): Reply => ({
  status,
  headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
  body: { error: 'not now', code: 'unavailable' },
})

void describe('retries', () => {
  void test('a GET survives lost connections and 429, 502, 503, 504', async () => {
    for (const fault of ['hangup', ...[429, 502, 503, 504].map((status) => unavailable(status))] as Reply[]) {
      const { answer, tries } = await tryWith(get, [fault, fault, ok])
      assert.deepEqual(answer?.body, jobJson('j1', 'queued'), JSON.stringify(fault))
      assert.equal(tries, 3)
    }
  })

  void test('a submit is never sent again when the job may exist', async () => {
    for (const fault of [
      'hangup',
      unavailable(502),
      unavailable(503),
      unavailable(504),
      unavailable(500),
    ] as Reply[]) {
      const { error, tries } = await tryWith(submit, [fault, ok])
      assert.equal(tries, 1, JSON.stringify(fault))
      assert.ok(error !== null)
    }
  })

  void test('a submit that was refused before acceptance is sent again', async () => {
    for (const fault of [unavailable(429), unavailable(429, '0'), unavailable(503, '0')]) {
      const { answer, tries } = await tryWith(submit, [fault, ok])
      assert.ok(answer !== null)
      assert.equal(tries, 2)
    }
  })

  void test('with an idempotency key a submit is retried like a GET', async () => {
    const { answer, tries } = await tryWith(keyed, ['hangup', unavailable(502), ok])
    assert.ok(answer !== null)
    assert.equal(tries, 3)
  })

  void test('Retry-After is honoured in seconds and as a date; else the pause doubles with jitter', async () => {
    assert.deepEqual((await tryWith(get, [unavailable(429, '7'), ok])).pauses, [7000])
    const date = new Date(Date.now() + 20_000).toUTCString()
    const [pause = 0] = (await tryWith(get, [unavailable(503, date), ok])).pauses
    assert.ok(pause > 15_000 && pause <= 20_000, `${pause}`)
    const [first = 0, second = 0] = (await tryWith(get, [unavailable(503), unavailable(503), ok])).pauses
    assert.ok(first >= 250 && first <= 500, `${first}`)
    assert.ok(second >= 500 && second <= 1000, `${second}`)
  })

  void test('a server that wants a pause of over a minute gets an error that says so', async () => {
    const { error, tries } = await tryWith(get, [unavailable(429, '61'), ok])
    assert.equal(tries, 1)
    assert.equal(error?.name, 'RateLimitError')
    assert.equal(error?.retryAfterMs, 61_000)
  })

  void test('retries end after two, and other faults get none', async () => {
    assert.equal((await tryWith(get, [unavailable(503)])).tries, 3)
    for (const status of [400, 401, 404, 422, 500]) assert.equal((await tryWith(get, [{ status }])).tries, 1)
  })

  void test('a DELETE whose first answer was lost counts the 404 after it as done', async () => {
    const remove: TransportRequest = { method: 'DELETE', path: '/assets/a', isRepeatable: true }
    const lost = await tryWith(remove, ['hangup', { status: 404 }])
    assert.deepEqual([lost.error, lost.tries], [null, 2])
    assert.equal((await tryWith(remove, [{ status: 404 }])).error?.name, 'NotFoundError')
  })
})

void describe('faults', () => {
  void test('each status has its class, and the answer is in the error', async () => {
    const names: Record<number, string> = {
      400: 'InvalidRequestError',
      401: 'AuthenticationError',
      402: 'KreaAPIError',
      403: 'AuthenticationError',
      404: 'NotFoundError',
      410: 'KreaAPIError',
      413: 'InvalidRequestError',
      422: 'InvalidRequestError',
      500: 'ServerError',
      501: 'ServerError',
    }
    const issues = [{ path: 'prompt', message: 'is missing', code: 'required' }]
    for (const [status, name] of Object.entries(names)) {
      const body = {
        error: 'prompt: is missing',
        message: 'prompt: is missing',
        code: 'x',
        issues,
        request_id: 'r9',
      }
      const { error } = await tryWith(submit, [{ status: Number(status), body }])
      assert.equal(error?.name, name)
      assert.equal(error?.status, Number(status))
      assert.equal(error?.message, 'prompt: is missing')
      assert.equal(error?.code, 'x')
      assert.equal(error?.requestId, 'r9')
      assert.deepEqual(error?.issues, issues)
      assert.deepEqual(error?.body, body)
    }
  })

  void test('error bodies of other servers are read too', async () => {
    const cases: readonly [body: unknown, message: string][] = [
      [{ error: { message: 'no such field', code: 'bad' } }, 'no such field'],
      [{ message: 'too wide' }, 'too wide'],
      [{ detail: 'gone' }, 'gone'],
      [
        { detail: [{ loc: ['body', 'width'], msg: 'must be 1 or more' }] },
        'The request is not valid.\nbody.width: must be 1 or more',
      ],
      ['<html>524</html>', '422 without a JSON error (an HTML page; is the base URL right?)'],
      ['upstream gone', '422 without a JSON error: upstream gone'],
      ['', '422 without a JSON error'],
    ]
    for (const [body, message] of cases)
      assert.equal((await tryWith(submit, [{ status: 422, body }])).error?.message, message)
  })

  void test('a page where JSON is expected is an error, an empty answer only to a DELETE is not', async () => {
    assert.match(String((await tryWith(get, [{ body: '<html>' }])).error?.message), /not JSON/u)
    assert.match(String((await tryWith(get, [{ body: '' }])).error?.message), /not JSON/u)
    const remove: TransportRequest = { method: 'DELETE', path: '/jobs/a', isRepeatable: false }
    assert.equal((await tryWith(remove, [{ body: '' }])).error, null)
  })

  void test('nobody listening: every request may be repeated, and the error names address and reason', async () => {
    const port = await freePort()
    let pauses = 0
    const settings = resolveSettings({ baseUrl: `http://127.0.0.1:${port}` })
    const send = createTransport(settings, { sleep: () => Promise.resolve(void (pauses += 1)) })
    await assert.rejects(send(submit), (error: unknown) => {
      assert.ok(error instanceof ConnectionError)
      assert.equal(error.code, 'ECONNREFUSED')
      assert.equal(error.status, 0)
      assert.ok(error.message.includes(`http://127.0.0.1:${port}`))
      return true
    })
    assert.equal(pauses, 2)
  })

  void test('a server that stays silent is a TimeoutError, once', async () => {
    const server = await startScriptedServer(() => 'silence')
    try {
      const send = createTransport(resolveSettings({ baseUrl: server.url, timeoutMs: 1000 }))
      await assert.rejects(
        send(get),
        (error: unknown) => error instanceof TimeoutError && /1000 ms/u.test(error.message),
      )
      assert.equal(server.received.length, 1)
    } finally {
      await server.close()
    }
  })

  void test("a caller's signal stops a request and a pause, with its own reason", async () => {
    const server = await startScriptedServer((_, index) => (index === 0 ? unavailable(429, '30') : 'silence'))
    try {
      const send = createTransport(resolveSettings({ baseUrl: server.url }))
      const reason = new Error('the user left')
      const controller = new AbortController()
      const options = { signal: controller.signal }
      const paused = send({ ...get, options })
      while (server.received.length === 0) await new Promise((again) => setTimeout(again, 5))
      setTimeout(() => controller.abort(reason), 20)
      await assert.rejects(paused, reason)
      await assert.rejects(send({ ...get, options }), reason)
      assert.equal(server.received.length, 1)
    } finally {
      await server.close()
    }
  })

  void test('a redirected submit is an error, not a GET that loses the job', async () => {
    const redirect: Reply = { status: 302, headers: { location: '/elsewhere' } }
    const { error, tries } = await tryWith(submit, [redirect, ok])
    assert.equal(error?.name, 'ConnectionError')
    assert.equal(tries, 1)
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
