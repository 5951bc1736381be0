/** The whole server on emulated vendors: what a caller sees of each fault, and how often the vendor was paid. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { Engine } from '../../src/core/engine.ts'
import { createGoogleEngine } from '../../src/engines/google/engine.ts'
import { createOpenAiEngine } from '../../src/engines/openai/engine.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import type { Emulator, EmulatorFault } from '../support/emulators/emulator.ts'
import { startEmulator, TRANSPORT_FAULTS, VENDOR_FAULTS } from '../support/emulators/emulator.ts'
import { GOOGLE_EMULATION } from '../support/emulators/google.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { photoPath } from '../support/pictures.ts'

const dataUri = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const KEY = 'ak_upstream-restart-0123456789'
/** For vendors that never end, and for all others. */
const SHORT_MS = 1000
const TOTAL_MS = 30_000
const ENDLESS: ReadonlySet<EmulatorFault> = new Set(['trickle', 'silent'])
const MODELS = ['openai/gpt-image-2', 'google/nano-banana-pro'] as const

const CODES: Readonly<Partial<Record<EmulatorFault, string>>> = {
  unauthorized: 'engine_not_configured',
  rate_limited: 'unavailable',
  overloaded: 'unavailable',
  refused: 'engine_rejected',
  invalid_input: 'engine_rejected',
  gateway_timeout: 'outcome_unknown',
  truncated: 'outcome_unknown',
  trickle: 'outcome_unknown',
  silent: 'outcome_unknown',
  dropped: 'outcome_unknown',
}

type Vendors = { openai: Emulator; google: Emulator }

async function startVendors(): Promise<Vendors> {
  return { openai: await startEmulator(OPENAI_EMULATION), google: await startEmulator(GOOGLE_EMULATION) }
}

function enginesFor(vendors: Vendors, totalMs: number): Engine[] {
  const options = ({ origin, key }: Emulator) => ({
    origin,
    secret: () => key,
    clock: { now: Date.now },
    fetchResult: createGuardedFetch(),
    timeouts: { total: totalMs },
  })
  return [createOpenAiEngine(options(vendors.openai)), createGoogleEngine(options(vendors.google))]
}

const vendorOf = (vendors: Vendors, model: string): Emulator =>
  model.startsWith('openai/') ? vendors.openai : vendors.google

type Scene = {
  vendors: Vendors
  app: TestApp
  submit: (model: string, more: object) => Promise<Record<string, unknown>>
}

/** One server and its vendors for all tests of a suite. */
function useScene(totalMs: number): () => Scene {
  let scene: Scene | null = null
  before(async () => {
    const vendors = await startVendors()
    // Each submit comes an hour later, when what a refused key closed is open again.
    let skippedMs = 0
    const clock = { now: () => Date.now() + skippedMs }
    const app = await startTestApp({ engines: enginesFor(vendors, totalMs), clock })
    const submit = async (model: string, more: object): Promise<Record<string, unknown>> => {
      skippedMs += 3_600_000
      const json = { prompt: 'make it a linocut', image_urls: [dataUri], ...more }
      const { status, body } = await app.call(`/generate/image/${model}`, { json })
      assert.equal(status, 200, JSON.stringify(body))
      return body
    }
    scene = { vendors, app, submit }
  })
  after(async () => {
    await scene?.app.stop()
    await Promise.all([scene?.vendors.openai.close(), scene?.vendors.google.close()])
  })
  return () => {
    assert.ok(scene !== null)
    return scene
  }
}

function testFaults(faults: readonly EmulatorFault[], scene: () => Scene): void {
  for (const model of MODELS)
    for (const fault of faults)
      void test(`${model}, ${fault}: fails once, for a stated reason`, async () => {
        const { vendors, app, submit } = scene()
        const vendor = vendorOf(vendors, model)
        const [posts, paid] = [vendor.posts(), vendor.paidPosts()]
        const { job_id } = await submit(model, { prompt: `make it a linocut [emulate:${fault}]` })
        const job = await app.settle(job_id)
        assert.equal(job['status'], 'failed')
        const { code, message } = job['error'] as { code: string; message: string }
        assert.equal(code, CODES[fault] ?? 'engine_failed', message)
        assert.ok(!message.includes(vendor.key) && !message.includes('linocut'), message)
        assert.ok(vendor.paidPosts() - paid <= 1, 'never paid twice')
        assert.ok(vendor.posts() > posts)
      })
}

void describe('a server on emulated vendors', () => {
  const scene = useScene(TOTAL_MS)

  void test('from request to file: the engine, its cost, what was adjusted, one attempt, one call', async () => {
    const { vendors, app, submit } = scene()
    for (const model of MODELS) {
      const vendor = vendorOf(vendors, model)
      const posts = vendor.posts()
      const { job_id } = await submit(model, { width: 1600, height: 900 })
      const job = await app.settle(job_id)
      assert.equal(job['status'], 'completed', JSON.stringify(job))
      assert.equal(job['engine'], model.split('/', 1)[0])
      assert.equal((job['cost'] as { basis: string }).basis, 'tokens')
      assert.deepEqual(
        (job['warnings'] as { path: string }[]).map(({ path }) => path),
        ['width'],
      )
      assert.equal((job['attempts'] as unknown[]).length, 1)
      const [url = ''] = (job['result'] as { urls: string[] }).urls
      const { format } = createImageProbe().probe((await app.call(new URL(url).pathname)).bytes)
      assert.equal(format, 'png')
      assert.equal(vendor.posts(), posts + 1)
    }
  })

  testFaults(
    [...VENDOR_FAULTS, ...TRANSPORT_FAULTS].filter((fault) => !ENDLESS.has(fault)),
    scene,
  )

  void test('a cancel during the call ends the job, and the vendor is called once', async () => {
    const { vendors, app, submit } = scene()
    const vendor = vendors.openai
    vendor.failNext('silent')
    const posts = vendor.posts()
    const arrived = vendor.nextPost()
    const { job_id } = await submit('openai/gpt-image-2', {})
    await arrived
    await app.call(`/jobs/${String(job_id)}/cancel`, { method: 'POST' })
    assert.equal((await app.settle(job_id))['status'], 'cancelled')
    assert.equal(vendor.posts(), posts + 1)
  })
})

void describe('vendors that never end', () => {
  testFaults([...ENDLESS], useScene(SHORT_MS))
})

void test('a server that stops during the call never calls again: the outcome is said to be unknown', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-restart-'))
  const vendors = await startVendors()
  const settings = { AFTERIMAGE_DATA_DIR: directory, AFTERIMAGE_API_KEY: KEY }
  try {
    const first = await startTestApp({ settings, engines: enginesFor(vendors, 60_000) })
    vendors.openai.failNext('silent')
    const arrived = vendors.openai.nextPost()
    const json = { prompt: 'make it a linocut', image_urls: [dataUri] }
    const { body } = await first.call('/generate/image/openai/gpt-image-2', { json, key: KEY })
    await arrived
    await first.stop()
    const job = await settleAfterRestart({ settings, engines: enginesFor(vendors, 60_000) }, body['job_id'])
    assert.equal(job.error.code, 'outcome_unknown')
    assert.equal(vendors.openai.posts(), 1)
  } finally {
    await Promise.all([vendors.openai.close(), vendors.google.close()])
    rmSync(directory, { recursive: true, force: true })
  }
})

type Restart = { settings: Readonly<Record<string, string>>; engines: readonly Engine[] }

/** A second server on the same folder; answers the job once it is in a terminal state. */
async function settleAfterRestart(
  { settings, engines }: Restart,
  jobId: unknown,
): Promise<{ status: string; error: { code: string } }> {
  const config = readConfig({ AFTERIMAGE_PORT: '0', AFTERIMAGE_API_KEY: KEY, ...settings })
  const app = await createApp(config, { engines, logger: pino({ level: 'silent' }) })
  const { url } = await app.start()
  try {
    for (;;) {
      const answer = await fetch(`${url}/jobs/${String(jobId)}`, {
        headers: { authorization: `Bearer ${KEY}` },
      })
      const job = (await answer.json()) as { status: string; error: { code: string } }
      if (['completed', 'failed', 'cancelled'].includes(job.status)) return job
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  } finally {
    await app.stop()
  }
}
