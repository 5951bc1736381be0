/** OpenAI in the background over the end of a server: the next one on the same data fetches the picture. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createCaller } from '../support/app.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_API_EMULATION } from '../support/emulators/openai-responses.ts'
import { photoPath } from '../support/pictures.ts'

const KEY = 'ak_restart-account-0123456789'
const picture = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`

void test('a server that ends during a generation loses nothing, and nothing is paid twice', async (t) => {
  const vendor = await startEmulator(OPENAI_API_EMULATION)
  t.after(vendor.close)
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-background-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  const config = readConfig({
    AFTERIMAGE_PORT: '0',
    AFTERIMAGE_DATA_DIR: directory,
    AFTERIMAGE_API_KEY: KEY,
    AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '0',
    OPENAI_API_KEY: vendor.key,
    AFTERIMAGE_OPENAI_BASE_URL: vendor.origin,
    AFTERIMAGE_OPENAI_RESPONSES_MODEL: 'gpt-5.6-luna',
  })
  const start = async () => {
    const app = await createApp(config, { logger: pino({ level: 'silent' }) })
    t.after(app.stop)
    const { url } = await app.start()
    return { stop: app.stop, call: createCaller(url, KEY) }
  }

  vendor.failAlways('follow', 'silent')
  const first = await start()
  const json = { prompt: 'make it a linocut', image_urls: [picture] }
  const submitted = await first.call('/generate/image/openai/gpt-image-2', { json })
  assert.equal(submitted.status, 200)
  while (vendor.requests.at(-1)?.method !== 'GET') await pause(20)
  await first.stop()
  vendor.failAlways('follow', null)

  const second = await start()
  const isOver = (status: unknown): boolean => ['completed', 'failed', 'cancelled'].includes(String(status))
  const look = async () => (await second.call(`/jobs/${String(submitted.body['job_id'])}?wait=20`)).body
  let job = await look()
  while (!isOver(job['status'])) job = await look()
  assert.deepEqual([job['status'], job['engine']], ['completed', 'openai-responses'], JSON.stringify(job))
  assert.equal(vendor.posts(), 1)
  assert.ok(vendor.requests.every(({ path }) => !path.endsWith('/cancel')))
})
