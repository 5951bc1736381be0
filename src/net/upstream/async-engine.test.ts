import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { startServer } from '../../../test/support/http-server.ts'
import { generateInput } from '../../../test/support/requests.ts'
import type { Engine, EngineContext, EngineStatus, Handle } from '../../core/engine.ts'
import { AfterimageError } from '../../core/errors.ts'
import { mayFallBack, upstreamFaultOf } from '../../core/upstream-fault.ts'
import type { UntrustedFetch } from '../../core/ports.ts'
import { answeredWith } from '../fetch-errors.ts'
import type { AsyncAdapter } from './async-engine.ts'
import { createAsyncEngine } from './async-engine.ts'
import { jsonBody } from './body.ts'
import { toCost, UNKNOWN_COST } from './cost.ts'
import { engineContext } from '../../../test/support/engine-context.ts'

type Reply = { status: number; json: unknown }
type JobAnswer = { id: string; state: string; image?: string; at?: string }

/** A vendor with an id, a poll, and a result that is inline or described elsewhere. */
const ADAPTER: AsyncAdapter<{ upstream: string }> = {
  id: 'vendor/async',
  queue: 'vendor',
  vendor: 'Vendor',
  secretVariable: 'VENDOR_KEY',
  origin: 'https://vendor.example',
  authorize: (secret) => ({ authorization: secret }),
  models: { 'test/model': { upstream: 'm-1' } },
  capabilities: () => ({ operations: ['edit'], maxImages: 1, outputFormats: [], fields: {} }),
  imageNeeds: { formats: ['png'], maxBytes: 1000 },
  toCall: ({ input, model }) => ({
    path: '/jobs',
    body: jsonBody({ model: model.upstream, prompt: input.prompt }),
    warnings: [{ code: 'adjusted_field', path: 'width', message: 'narrower' }],
  }),
  readSubmit: ({ json }) => ({
    job: { id: (json as JobAnswer).id },
    cost: toCost(40_000, 'reported'),
  }),
  toPoll: ({ id }) => ({ path: `/jobs/${encodeURIComponent(String(id))}` }),
  readPoll: ({ json }) => {
    const { state, image, at } = json as JobAnswer
    if (state === 'refused') return { verdict: { kind: 'refused', charged: 'no', code: 'moderated' } }
    if (at !== undefined) return { state: 'done', resultCall: { path: at } }
    if (state === 'done') return { images: image === undefined ? [] : [{ base64: image }], cost: null }
    return { state: 'running', status: 'sampling', progress: null }
  },
  toCancel: ({ id }) => ({ method: 'DELETE', path: `/jobs/${encodeURIComponent(String(id))}` }),
  estimate: () => UNKNOWN_COST,
}

type Bench = {
  engine: Engine
  calls: string[]
  pauses: number[]
  start: () => Promise<Handle>
  poll: (handle: Handle) => Promise<EngineStatus>
  context: EngineContext
}

type Setup = { adapter?: AsyncAdapter<{ upstream: string }>; fetchResult?: UntrustedFetch }
const NO_FETCH: UntrustedFetch = () => Promise.reject(new Error('nothing to fetch'))

/** Polls meet the replies in turn; the last one stays. */
async function withVendor(
  replies: readonly Reply[],
  run: (bench: Bench) => Promise<void>,
  { adapter = ADAPTER, fetchResult = NO_FETCH }: Setup = {},
): Promise<void> {
  const calls: string[] = []
  const pauses: number[] = []
  const queue = [...replies]
  const answer = (request: IncomingMessage): Reply => {
    if (request.method === 'POST') return { status: 201, json: { id: 'job/7' } }
    if (request.method === 'DELETE') return { status: 200, json: {} }
    return (queue.length > 1 ? queue.shift() : queue[0]) ?? { status: 500, json: {} }
  }
  const server = await startServer(
    (request, response) => {
      calls.push(`${request.method} ${request.url}`)
      const { status, json } = answer(request)
      response.writeHead(status, { 'retry-after': '2' }).end(JSON.stringify(json))
    },
    { host: '127.0.0.1' },
  )
  const engine = createAsyncEngine(adapter, {
    origin: `http://127.0.0.1:${server.port}`,
    secret: () => 'secret',
    clock: { now: () => 0 },
    fetchResult,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
  })
  const context = engineContext({ scratchDirectory: tmpdir() })
  const start = async (): Promise<Handle> => {
    const { handle } = await engine.submit({ jobId: 'j', input: generateInput() }, context)
    // The handle goes through the database, and maybe through a restart.
    return JSON.parse(JSON.stringify(handle)) as Handle
  }
  const poll = (handle: Handle): Promise<EngineStatus> =>
    engine.poll?.(handle, context) ?? Promise.reject(new Error('cannot poll'))
  try {
    await run({ engine, calls, pauses, start, poll, context })
  } finally {
    await engine.close?.()
    await server.close()
  }
}

const ok = (json: Partial<JobAnswer>): Reply => ({ status: 200, json })
const BUSY: Reply = { status: 503, json: {} }

void test('an address that has expired is asked for again, once, and only a new one is fetched', async () => {
  const adapter: typeof ADAPTER = {
    ...ADAPTER,
    readPoll: ({ json }) => ({ images: [{ url: (json as JobAnswer).at ?? '' }], cost: null }),
  }
  for (const [second, expected] of [
    ['https://cdn.example/new', ['old', 'old', 'new']],
    ['https://cdn.example/old', ['old', 'old']],
  ] as const) {
    const fetched: string[] = []
    const fetchResult: UntrustedFetch = (url) => {
      fetched.push(url.slice(-3))
      return url.endsWith('new')
        ? Promise.resolve({ body: Readable.from([Buffer.from('pixels')]), contentType: null })
        : Promise.reject(answeredWith('cdn.example', 403))
    }
    const replies = [ok({ at: 'https://cdn.example/old' }), ok({ at: second })]
    await withVendor(
      replies,
      async ({ calls, start, poll }) => {
        const ended = await poll(await start()).then(
          ({ state }) => state,
          ({ message }: Error) => message,
        )
        assert.match(ended, second.endsWith('new') ? /^completed$/u : /could not be fetched.*403/u)
        assert.deepEqual(fetched, expected)
        assert.equal(calls.filter((call) => call.startsWith('POST')).length, 1)
      },
      { adapter, fetchResult },
    )
  }
})

void test('a vendor that names thousands of results gets the first ones fetched, and it is told', async () => {
  const adapter: typeof ADAPTER = {
    ...ADAPTER,
    readPoll: () => ({
      images: Array.from({ length: 5000 }, (_, n) => ({ url: `https://cdn.example/${n}` })),
      cost: null,
    }),
  }
  const fetched: string[] = []
  const fetchResult: UntrustedFetch = (url) => {
    fetched.push(url)
    return Promise.resolve({ body: Readable.from([Buffer.from('pixels')]), contentType: null })
  }
  const run = async ({ start, poll }: Bench): Promise<void> => {
    const status = await poll(await start())
    assert.ok(status.state === 'completed')
    assert.equal(status.outputs.length, 64)
    assert.equal(fetched.length, 64)
    assert.match(status.warnings.at(-1)?.message ?? '', /held 5000 images/u)
    for (const output of status.outputs) if (output.kind === 'file') rmSync(output.path)
  }
  await withVendor([ok({})], run, { adapter, fetchResult })
})

void test('a file that is away is asked for again until the deadline, where it is paid for', async () => {
  const away: UntrustedFetch = () => Promise.reject(new AfterimageError('input_unreachable', 'It is away.'))
  const done = ok({ id: 'job/7', at: '/r' })
  const address = { url: 'https://cdn.example/a.png' }
  const adapter: AsyncAdapter<{ upstream: string }> = {
    ...ADAPTER,
    readResult: () => ({ images: [address], cost: null }),
  }
  await withVendor(
    [done],
    async ({ start, poll, pauses }) => {
      const status = await poll(await start())
      assert.ok(status.state === 'running')
      assert.equal(status.pollAfterMs, 30_000)
      assert.equal(
        pauses.length,
        5,
        'one address is tried for half a minute, then the vendor is asked for another',
      )
    },
    { adapter, fetchResult: away },
  )
  await withVendor(
    [done],
    async ({ start, poll }) => assert.rejects(poll(await start()), { code: 'unavailable' }),
    { adapter: { ...adapter, isRepeatable: true }, fetchResult: away },
  )
})

void test('one submit, polls until it is done; warnings and reported cost outlive a restart', async () => {
  const replies = [ok({ state: 'running' }), ok({ state: 'done', image: 'AAAA' })]
  await withVendor(replies, async ({ calls, start, poll }) => {
    const handle = await start()
    assert.equal((await poll(handle)).state, 'running')
    const done = await poll(handle)
    assert.ok(done.state === 'completed')
    assert.equal(done.outputs.length, 1)
    assert.deepEqual(
      done.warnings.map(({ path }) => path),
      ['width'],
    )
    assert.equal(done.cost?.microUsd, 40_000)
    assert.deepEqual(calls, ['POST /jobs', 'GET /jobs/job%2F7', 'GET /jobs/job%2F7'])
  })
})

void test('a result that is told elsewhere is asked for there', async () => {
  const replies = [ok({ state: 'done', at: '/results/7' }), ok({ state: 'done', image: 'AAAA' })]
  await withVendor(replies, async ({ calls, start, poll }) => {
    assert.equal((await poll(await start())).state, 'completed')
    assert.equal(calls.at(-1), 'GET /results/7')
  })
})

void test('a vendor that stumbles while it is polled is asked again, and never paid again', async () => {
  await withVendor(
    [BUSY, BUSY, ok({ state: 'done', image: 'AAAA' })],
    async ({ calls, pauses, start, poll }) => {
      assert.equal((await poll(await start())).state, 'completed')
      assert.deepEqual(pauses, [2000, 2000], "the vendor's hint is longer than ours")
      assert.equal(calls.filter((call) => call.startsWith('POST')).length, 1)
    },
  )
})

void test('a poll fails when the vendor is away for most of an hour, and is not called unpaid', async () => {
  const failToPoll = async ({ start, poll }: Bench): Promise<void> => {
    const handle = await start()
    await assert.rejects(poll(handle), (error) => {
      const fault = upstreamFaultOf(error)
      assert.deepEqual([fault?.kind, fault?.charged, fault?.call], ['transient', 'maybe', 'follow'])
      return true
    })
  }
  await withVendor([BUSY], async (bench) => {
    await failToPoll(bench)
    assert.equal(bench.calls.length, 101)
    assert.ok(bench.pauses.reduce((sum, ms) => sum + ms, 0) > 45 * 60_000)
  })
  const atHome = { adapter: { ...ADAPTER, isRepeatable: true } }
  const run = async (bench: Bench): Promise<void> => {
    await failToPoll(bench)
    assert.equal(bench.calls.length, 7, 'a machine at home that is off is not waited for')
  }
  await withVendor([BUSY], run, atHome)
})

void test('a refusal found while polling speaks about the job, and goes nowhere else', async () => {
  await withVendor([ok({ state: 'refused' })], async ({ start, poll }) => {
    await assert.rejects(poll(await start()), (error) => {
      const fault = upstreamFaultOf(error)
      assert.ok(fault !== null && !mayFallBack(fault))
      assert.deepEqual([fault.kind, fault.charged, fault.call], ['refused', 'no', 'submit'])
      return true
    })
  })
})

void test('a job that is done without an image is a fault', async () => {
  await withVendor([ok({ state: 'done' })], async ({ start, poll }) => {
    await assert.rejects(poll(await start()), { code: 'engine_failed' })
  })
})

void test('cancel reaches the vendor although the signal of the attempt has fired', async () => {
  await withVendor([ok({ state: 'running' })], async ({ engine, calls, start, context }) => {
    const handle = await start()
    const aborted = { ...context, signal: AbortSignal.abort('cancelled') }
    assert.equal(await engine.cancel?.(handle, aborted), 'cancelled')
    assert.equal(calls.at(-1), 'DELETE /jobs/job%2F7')
  })
})

void test('a job whose submit was not answered is looked for', async () => {
  const found: AsyncAdapter<{ upstream: string }> = {
    ...ADAPTER,
    recover: async ({ jobId }, send) => {
      const { json } = await send({ path: `/find/${jobId}` })
      const { id } = json as Partial<JobAnswer>
      return id === undefined ? null : { id }
    },
  }
  await withVendor(
    [ok({}), ok({ id: 'job/9' })],
    async ({ engine, calls, context }) => {
      const request = { jobId: 'j', input: generateInput() }
      assert.equal(await engine.recover?.(request, context), null)
      const handle = await engine.recover?.(request, context)
      assert.deepEqual(handle, { job: { id: 'job/9' }, warnings: [], cost: null })
      assert.deepEqual(calls, ['GET /find/j', 'GET /find/j'])
      await engine.submit(request, context)
      assert.equal(calls.at(-1), 'POST /jobs', 'an engine that costs money never looks before it submits')
    },
    { adapter: found },
  )
  await withVendor(
    [ok({ id: 'job/9' })],
    async ({ engine, calls, context }) => {
      assert.equal(engine.isRepeatable, true)
      await engine.submit({ jobId: 'j', input: generateInput() }, context)
      assert.deepEqual(calls, ['GET /find/j'], 'a repeatable one takes what is there')
    },
    { adapter: { ...found, isRepeatable: true } },
  )
})

void test('what must be there before is sent first, and its failure was not paid', async () => {
  const uploading: AsyncAdapter<{ upstream: string }> = {
    ...ADAPTER,
    toCall: async (request, send) => {
      await send({ method: 'PUT', path: '/upload', body: jsonBody({}) })
      return ADAPTER.toCall(request, send)
    },
  }
  const run = async ({ calls, start }: Bench): Promise<void> => {
    await start()
    assert.deepEqual(calls, ['PUT /upload', 'POST /jobs'])
  }
  await withVendor([ok({})], run, { adapter: uploading })
  await withVendor(
    [BUSY],
    async ({ start }) => {
      await assert.rejects(start(), (error) => upstreamFaultOf(error)?.charged === 'no')
    },
    { adapter: uploading },
  )
})
