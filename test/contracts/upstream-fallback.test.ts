/** The whole server on two emulated engines for one model: who gets the job when the first does not take it. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Engine } from '../../src/core/engine.ts'
import type { UpstreamEngineOptions } from '../../src/net/upstream/engine-options.ts'
import { createFalEngine } from '../../src/engines/fal/engine.ts'
import { createGoogleEngine } from '../../src/engines/google/engine.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { Emulator, EmulatorFault } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { FAL_EMULATION } from '../support/emulators/fal.ts'
import { GOOGLE_EMULATION } from '../support/emulators/google.ts'
import { photoPath } from '../support/pictures.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
const dataUri = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`

type Attempt = { engine: string; outcome: string; error?: string }
type Fate = { status: string; engine: string; attempts: string[]; posts: [google: number, fal: number] }

const optionsOf = ({ origin, key }: Emulator): UpstreamEngineOptions => ({
  origin,
  secret: () => key,
  clock: { now: Date.now },
  fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
})
const enginesOf = (google: Emulator, fal: Emulator): Engine[] => [
  createGoogleEngine(optionsOf(google)),
  createFalEngine(optionsOf(fal)),
]

/** What a refused key or account closed is open again in the next test. */
let skippedMs = 0
const HOUR_MS = 3_600_000
beforeEach(() => {
  skippedMs += HOUR_MS
})

let [google, fal, app]: [Emulator?, Emulator?, TestApp?] = []
const scene = (): { google: Emulator; fal: Emulator; app: TestApp } => {
  assert.ok(google !== undefined && fal !== undefined && app !== undefined)
  return { google, fal, app }
}
before(async () => {
  google = await startEmulator(GOOGLE_EMULATION)
  fal = await startEmulator(FAL_EMULATION)
  app = await startTestApp({ engines: enginesOf(google, fal), clock: { now: () => Date.now() + skippedMs } })
})
after(async () => {
  await app?.stop()
  await Promise.all([google?.close(), fal?.close()])
})

/** Submits with faults for google's next calls; answers the job and how often each vendor was called. */
async function fate(
  faults: readonly EmulatorFault[],
  { headers = {}, json = {} }: { headers?: Record<string, string>; json?: object } = {},
): Promise<Fate & { job: Record<string, unknown> }> {
  const { google, fal, app } = scene()
  const before = [google.posts(), fal.posts()] as const
  for (const fault of faults) google.failNext(fault)
  const body = { prompt: 'make it a linocut', image_urls: [dataUri], ...json }
  const submitted = await app.call(MODEL, { json: body, headers })
  assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
  assert.equal(submitted.body['engine'], 'google')
  const job = await app.settle(submitted.body['job_id'])
  const attempts = job['attempts'] as Attempt[]
  for (const { outcome, error } of attempts) assert.equal(error === undefined, outcome === 'completed')
  return {
    job,
    status: String(job['status']),
    engine: String(job['engine']),
    attempts: attempts.map(({ engine, outcome }) => `${engine} ${outcome}`),
    posts: [google.posts() - before[0], fal.posts() - before[1]],
  }
}

/** The engines of a dry run of which one may cost at most so many dollars. */
async function routesWithin(dollars: number): Promise<string[]> {
  const { body } = await scene().app.call(`${MODEL}?dry_run=1`, {
    json: { prompt: 'make it a linocut', image_urls: [dataUri] },
    headers: { 'X-Max-Cost': String(dollars) },
  })
  return (body['routes'] as { engine: string }[]).map(({ engine }) => engine)
}

void describe('a model with two engines', () => {
  void test('an account without credit moves the job to the next one, and the job tells both', async () => {
    const { job, ...found } = await fate(['no_credit'])
    const attempts = ['google failed', 'fal completed']
    assert.deepEqual(found, { status: 'completed', engine: 'fal', attempts, posts: [1, 1] })
    const warnings = job['warnings'] as { code: string; message: string }[]
    const told = warnings.find(({ code }) => code === 'engine_fallback')
    assert.match(String(told?.message), /^google did not make the picture, so the job went to fal: .*credit/u)
    assert.equal((job['result'] as { urls: string[] }).urls.length, 1)
  })

  void test('a refusal, and a call that may have been paid, go nowhere else', async () => {
    for (const fault of ['refused', 'dropped', 'server_error', 'invalid_input'] as const) {
      const { status, engine, posts } = await fate([fault])
      assert.deepEqual(
        { status, engine, posts },
        { status: 'failed', engine: 'google', posts: [1, 0] },
        fault,
      )
    }
  })

  void test('an overloaded one is asked again, and only then the next', async () => {
    const passing = await fate(['overloaded'])
    assert.deepEqual([passing.engine, passing.posts], ['google', [2, 0]])
    const lasting = await fate(['overloaded', 'overloaded', 'overloaded'])
    assert.deepEqual([lasting.engine, lasting.posts], ['fal', [3, 1]])
  })

  void test('a request that named its engine gets that one or none', async () => {
    const { status, attempts, posts } = await fate(['no_credit'], {
      headers: { 'X-Afterimage-Engine': 'google' },
    })
    assert.deepEqual(
      { status, attempts, posts },
      { status: 'failed', attempts: ['google failed'], posts: [1, 0] },
    )
  })

  void test('an account without credit is not called again for a while, and no job is lost by that', async () => {
    await fate(['no_credit'])
    const { job, ...found } = await fate([])
    const attempts = ['google failed', 'fal completed']
    assert.deepEqual(found, { status: 'completed', engine: 'fal', attempts, posts: [0, 1] })
    const [first] = job['attempts'] as Attempt[]
    assert.match(String(first?.error), /credit.* It is not called before \d\d:\d\d UTC/u)
    const headers = { 'X-Afterimage-Engine': 'google' }
    const { status, posts } = await fate([], { headers })
    assert.deepEqual({ status, posts }, { status: 'failed', posts: [0, 0] }, 'it fails at once, and says why')
    skippedMs += HOUR_MS
    assert.deepEqual((await fate([])).posts, [1, 0])
  })

  void test('what one request may cost limits who may take over', async () => {
    const { body } = await scene().app.call(`${MODEL}?dry_run=1`, {
      json: { prompt: 'make it a linocut', image_urls: [dataUri] },
    })
    const routes = body['routes'] as { engine: string; cost: { amount_usd: number | null } }[]
    assert.deepEqual(
      routes.map(({ engine, cost }) => [engine, cost.amount_usd === null]),
      [
        ['google', false],
        ['fal', true],
      ],
    )
    const price = routes[0]?.cost.amount_usd ?? assert.fail()
    assert.deepEqual(await routesWithin(price), ['google'])
    // What fal asks for this model is not known, and so not within a limit.
    const { status, posts, job } = await fate(['no_credit'], { headers: { 'X-Max-Cost': String(price) } })
    assert.deepEqual({ status, posts }, { status: 'failed', posts: [1, 0] })
    assert.match((job['error'] as { message: string }).message, /more than was set aside/u)
  })
})

void test("the operator's order of engines", async () => {
  const { google, fal } = scene()
  const posts = [google.posts(), fal.posts()] as const
  const settings = { AFTERIMAGE_ROUTES: '{"google/*": ["fal", "google"]}' }
  const other = await startTestApp({ settings, engines: enginesOf(google, fal) })
  try {
    fal.failNext('no_credit')
    const json = { prompt: 'make it a linocut', image_urls: [dataUri] }
    const { body } = await other.call(MODEL, { json })
    assert.equal(body['engine'], 'fal')
    assert.equal((await other.settle(body['job_id']))['engine'], 'google')
    assert.deepEqual([google.posts() - posts[0], fal.posts() - posts[1]], [1, 1])
  } finally {
    await other.stop()
  }
})
