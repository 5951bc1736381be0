/** Workers on one Postgres that are killed, and jobs that are cancelled in another process. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { Afterimage, Job } from '../../src/sdk/index.ts'
import { edit, startCluster } from '../support/cluster.ts'
import { photoPath } from '../support/pictures.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import type { TestPostgres } from '../support/postgres.ts'

const reason = await whyNoPostgres()

/** A neural network on a processor: some seconds for a width of 96 px, minutes for one of 900. */
async function startSlow(client: Afterimage, width: number): Promise<string> {
  const photo = await sharp(photoPath('cat')).resize(width).png().toBuffer()
  const fields = { image_url: photo.toString('base64'), scale: 2 }
  return (await client.enhance('afterimage/upscale', fields)).job_id
}

/** Follows a job until it shows one of the words. */
async function until(client: Afterimage, id: string, words: readonly string[]): Promise<Job> {
  for (;;) {
    const job = await client.jobs.get(id)
    if (words.includes(job.status)) return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const RUNNING = ['scheduled', 'processing', 'sampling']
const ENDED = ['completed', 'failed', 'cancelled']

void describe('workers on one Postgres', { skip: reason ?? false }, () => {
  let postgres: TestPostgres
  before(async () => (postgres = await openTestPostgres()))
  after(() => postgres.stop())

  void test('kill -9 of a worker: another one does its job again, and ends it once', async (t) => {
    const cluster = await startCluster(await postgres.createDatabase(), 1)
    t.after(cluster.stop)
    const { client, workers } = cluster
    const id = await startSlow(client, 96)
    await until(client, id, RUNNING)
    await workers[0]?.end('SIGKILL')
    await cluster.addWorker()
    assert.equal((await until(client, (await edit(client, 1)).job_id, ENDED)).status, 'completed')
    const job = await until(client, id, ENDED)
    assert.equal(job.status, 'completed', JSON.stringify(job))
    assert.deepEqual(
      job.attempts?.map(({ outcome }) => outcome),
      ['lost', 'completed'],
    )
    assert.equal((await fetch(job.result.urls?.[0] ?? '')).status, 200)
  })

  void test('a cancel through the api reaches the worker that runs the job', async (t) => {
    const cluster = await startCluster(await postgres.createDatabase(), 1)
    t.after(cluster.stop)
    const { client } = cluster
    const id = await startSlow(client, 900)
    await until(client, id, RUNNING)
    await client.jobs.cancel(id)
    const job = await until(client, id, ENDED)
    assert.equal(job.status, 'cancelled')
    assert.equal(
      (await until(client, (await edit(client, 1)).job_id, ENDED)).status,
      'completed',
      'its place is free',
    )
  })
})
