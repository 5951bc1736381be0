/** A key that is entered at the api process is used by the worker process, which nobody restarted. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { startCluster } from '../support/cluster.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { photoPath } from '../support/pictures.ts'
import type { TestPostgres } from '../support/postgres.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'

const reason = await whyNoPostgres()
const picture = readFileSync(photoPath('cat')).toString('base64')

void describe('keys of engines on Postgres', { skip: reason ?? false, timeout: 180_000 }, () => {
  let postgres: TestPostgres
  before(async () => (postgres = await openTestPostgres()))
  after(() => postgres.stop())

  void test('entered at the api, the job that follows at once runs at the worker', async (t) => {
    const vendor = await startEmulator(OPENAI_EMULATION)
    t.after(() => vendor.close())
    const cluster = await startCluster(await postgres.createDatabase(), 1, {
      AFTERIMAGE_OPENAI_BASE_URL: vendor.origin,
    })
    t.after(cluster.stop)
    const { client } = cluster
    await client.engines.setKey('openai', vendor.key)
    const submitted = await client.image('openai/gpt-image-2', { prompt: 'a linocut', image_urls: [picture] })
    const job = await client.jobs.wait(submitted.job_id)
    assert.deepEqual([job.status, job['engine'], vendor.posts()], ['completed', 'openai', 1])
  })
})
