import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startServer } from '../../../test/support/http-server.ts'
import { maySubmitAgain, unanswered, upstreamError, upstreamFaultOf } from '../../core/upstream-fault.ts'
import { createUpstreamClient } from './client.ts'
import { beforeSubmit, follow, PAID_TRIES, QUICK_TRIES } from './follow.ts'

const PIXELS = Buffer.from([137, 80, 78, 71, 0, 255])

/** Answers 503 as often as told, then bytes. */
async function withServer(failures: number, run: (origin: string) => Promise<void>): Promise<void> {
  let left = failures
  const server = await startServer(
    (_request, response) => {
      if (left > 0) response.writeHead(503).end()
      else response.writeHead(200, { 'content-type': 'image/png' }).end(PIXELS)
      left -= 1
    },
    { host: '127.0.0.1' },
  )
  try {
    await run(`http://127.0.0.1:${server.port}`)
  } finally {
    await server.close()
  }
}

void test('an answer that is no JSON goes to a file, also after a stumble', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-follow-'))
  await withServer(1, async (origin) => {
    const client = createUpstreamClient({
      vendor: 'Vendor',
      secretVariable: 'KEY',
      origin,
      secret: () => 'secret',
      authorize: () => ({}),
      clock: { now: () => 0 },
    })
    const pauses: number[] = []
    const wait = (ms: number): Promise<void> => Promise.resolve(void pauses.push(ms))
    const scene = { client, signal: new AbortController().signal, wait }
    const saveTo = join(directory, 'result')
    assert.equal((await follow(scene, { path: '/view', saveTo })).text, '')
    assert.deepEqual(await readFile(saveTo), PIXELS)
    assert.deepEqual(pauses, [500])
    await assert.rejects(follow(scene, { path: '/view' }), { code: 'engine_failed' })
    await client.close()
  })
  await rm(directory, { recursive: true })
})

void test('what is paid for is asked for through most of an hour, everything else for half a minute', async () => {
  const triesFor = async (maxTries?: number): Promise<number> => {
    const fault = unanswered('transient', { call: 'follow', charged: 'maybe' })
    let tries = 0
    const send = (): Promise<never> => {
      tries += 1
      return Promise.reject(upstreamError(fault, 'It is away.'))
    }
    const scene = { client: { send }, signal: new AbortController().signal, wait: () => Promise.resolve() }
    await assert.rejects(follow({ ...scene, ...(maxTries === undefined ? {} : { maxTries }) }, { path: '/' }))
    return tries
  }
  assert.deepEqual([await triesFor(), await triesFor(PAID_TRIES)], [QUICK_TRIES, 100])
})

void test('what goes wrong before the billable call was surely not paid', () => {
  const during = (kind: 'transient' | 'timeout' | 'invalid_input') =>
    beforeSubmit(upstreamError(unanswered(kind, { call: 'follow', charged: 'maybe' }), 'An upload failed.'))
  const passing = [during('transient'), during('timeout')].map(upstreamFaultOf)
  for (const fault of passing) assert.ok(fault !== null && maySubmitAgain(fault))
  assert.deepEqual(
    [upstreamFaultOf(during('invalid_input'))?.charged, during('invalid_input').code],
    ['no', 'engine_rejected'],
  )
  assert.equal(beforeSubmit(new TypeError('x')).code, 'internal')
})
