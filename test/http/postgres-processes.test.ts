/** One process that answers requests and two that run jobs, on one Postgres and one data folder. */
import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Afterimage } from '../../src/sdk/index.ts'
import type { Job } from '../../src/sdk/index.ts'
import { callApi, edit, readEvents, startCluster } from '../support/cluster.ts'
import type { Cluster } from '../support/cluster.ts'
import { runProgram } from '../support/run-program.ts'
import { startPooler } from '../support/pooler.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import type { TestPostgres } from '../support/postgres.ts'

const BIN = fileURLToPath(new URL('../../bin/afterimage.js', import.meta.url))
const reason = await whyNoPostgres()
/** The job that the first webhook in a sink brings; the test's own time limits the wait. */
async function firstMessage(cluster: Cluster, path: string): Promise<Job> {
  for (;;) {
    const { items } = await callApi(cluster, `${path}?wait=10`)
    const [message] = items as { body: string }[]
    if (message !== undefined) return JSON.parse(message.body) as Job
  }
}

async function assertResult(job: Job): Promise<void> {
  assert.equal(job.status, 'completed', JSON.stringify(job))
  const [url = ''] = job.result.urls ?? []
  const answer = await fetch(url)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('content-type'), 'image/jpeg')
  assert.ok((await answer.arrayBuffer()).byteLength > 100)
}

void describe('several processes on one Postgres', { skip: reason ?? false, timeout: 110_000 }, () => {
  let postgres: TestPostgres
  before(async () => (postgres = await openTestPostgres()))
  after(() => postgres.stop())

  void test('the api takes jobs, both workers run them, results and events come from the api', async (t) => {
    const url = await postgres.createDatabase()
    const cluster = await startCluster(url, 2)
    t.after(cluster.stop)
    const { client, api, workers } = cluster
    const owners = async (): Promise<unknown[]> =>
      postgres.query(`SELECT DISTINCT lease_owner FROM jobs WHERE phase = 'ended'`, url)

    let submitted = 0
    do {
      const jobs = await Promise.all(Array.from({ length: 6 }, () => edit(client, (submitted += 1))))
      const events = await Promise.all(jobs.map(({ job_id }) => readEvents(cluster, job_id)))
      for (const statuses of events) assert.equal(statuses.at(-1), 'completed', api.output())
      for (const { job_id } of jobs) await assertResult(await client.jobs.get(job_id))
    } while ((await owners()).length < 2)
    assert.equal((await owners()).length, 2, 'each worker has run jobs, the api none')

    const sink = await callApi(cluster, '/webhooks/sink', 'POST')
    const told = await edit(client, (submitted += 1), { webhookUrl: String(sink['url']) })
    const message = await firstMessage(cluster, new URL(String(sink['url'])).pathname)
    assert.deepEqual([message.job_id, message.status], [told.job_id, 'completed'], 'sent by the api')

    const keys = await runProgram([process.execPath, BIN, 'keys', 'create', 'phone'], {
      env: { PATH: process.env['PATH'], AFTERIMAGE_DATA_DIR: tmpdir(), DATABASE_URL: url },
    })
    const [token = ''] = /^ak_\S+/mu.exec(keys.output) ?? []
    const listed = await new Afterimage({ apiKey: token, baseUrl: api.url }).jobs.list({ limit: 1000 })
    assert.equal(listed.items.length, submitted)

    const codes = await Promise.all(workers.map(({ end }) => end('SIGTERM')))
    assert.deepEqual(codes, [0, 0], 'both end in order')
    const waiting = await edit(client, 0)
    assert.equal((await client.jobs.get(waiting.job_id)).status, 'queued', 'nobody runs it')
  })

  void test('behind a pooler in transaction mode, where nobody is told of anything', async (t) => {
    const pooler = await startPooler(await postgres.createDatabase())
    const cluster = await startCluster(`${pooler.url}&pgbouncer=true`, 1)
    t.after(async () => {
      await cluster.stop()
      await pooler.stop()
    })
    const job = await edit(cluster.client, 1)
    const events = await readEvents(cluster, job.job_id)
    assert.equal(events.at(-1), 'completed', cluster.api.output())
    await assertResult(await cluster.client.jobs.get(job.job_id))
  })
})
