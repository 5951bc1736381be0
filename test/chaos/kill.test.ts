/**
 * kill -9 at random moments while jobs are submitted and run.
 * AFTERIMAGE_CHAOS_KILLS and AFTERIMAGE_CHAOS_JOBS set other numbers than the 30 and 200 of CI.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Job } from '../../src/sdk/index.ts'
import { Krea } from '../../src/sdk/index.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { ServerProcess } from '../support/server-process.ts'

const KILLS = Number(process.env['AFTERIMAGE_CHAOS_KILLS'] ?? 30)
const JOBS = Number(process.env['AFTERIMAGE_CHAOS_JOBS'] ?? 200)
const CLIENTS = 4
const photo = readFileSync(new URL('../support/photos/cat.jpg', import.meta.url))

/** Submits until enough jobs are acknowledged; whatever fails while the server is down is tried again. */
async function submitJobs(krea: Krea, acknowledged: Map<string, string>): Promise<void> {
  let next = 0
  const client = async (): Promise<void> => {
    while (acknowledged.size < JOBS) {
      const seed = (next += 1)
      const input = {
        image_url: photo.toString('base64'),
        prompt: 'make it slightly warmer',
        seed,
        width: 96,
      }
      const job = await krea.image('afterimage/edit', input).catch(() => null)
      if (job === null) await new Promise((resolve) => setTimeout(resolve, 20))
      else acknowledged.set(job.job_id, job.created_at)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

/** Terminal states as they are first seen; a later look must find the same. */
async function watchJobs(krea: Krea, seen: Map<string, Job>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const page = await krea.jobs.list({ limit: 1000 }).catch(() => null)
    for (const job of page?.items ?? [])
      if (job.completed_at !== null && !seen.has(job.job_id)) seen.set(job.job_id, job)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

async function killAtRandom(server: ServerProcess): Promise<void> {
  for (let kill = 0; kill < KILLS; kill += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 700))
    await server.kill('SIGKILL')
    await server.start()
  }
}

void test(
  `${KILLS} kill -9 while ${JOBS} jobs are submitted and run lose nothing`,
  { timeout: 900_000 },
  async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-chaos-'))
    const server = await createServerProcess(directory)
    t.after(async () => {
      await server.kill()
      rmSync(directory, { recursive: true, force: true })
    })
    await server.start()
    const krea = new Krea({ apiKey: server.apiKey, baseUrl: server.url, maxRetries: 0, timeoutMs: 10_000 })
    const acknowledged = new Map<string, string>()
    const seen = new Map<string, Job>()
    const stop = new AbortController()
    const watching = watchJobs(krea, seen, stop.signal)
    // An error in here must end the test, not leave a loop behind that keeps the process alive.
    t.after(() => stop.abort())
    await Promise.all([submitJobs(krea, acknowledged), killAtRandom(server)])

    for (const [id] of acknowledged) await krea.jobs.wait(id, { intervalMs: 200, timeoutMs: 300_000 })
    stop.abort()
    await watching

    const all = await Array.fromAsync(krea.jobs.list({ limit: 1000 }))
    const byId = new Map(all.map((job) => [job.job_id, job]))
    assert.equal(byId.size, all.length, 'no job is listed twice')
    const urls = new Set<string>()
    for (const [id, createdAt] of acknowledged) {
      const job = byId.get(id)
      assert.equal(job?.status, 'completed', `${id}\n${server.output().slice(-2000)}`)
      assert.equal(job.created_at, createdAt)
      assert.equal(job.result.urls?.length, 1)
      const attempts = (job as { attempts?: { outcome: string }[] }).attempts ?? []
      assert.equal(attempts.filter(({ outcome }) => outcome === 'completed').length, 1, 'completed once')
      for (const url of job.result.urls ?? []) {
        assert.ok(!urls.has(url), 'no result is shared')
        urls.add(url)
        const answer = await fetch(url)
        assert.equal(answer.status, 200)
        assert.equal((await answer.bytes()).length, Number(answer.headers.get('content-length')))
      }
      const before = seen.get(id)
      if (before !== undefined)
        assert.deepEqual([job.completed_at, job.result], [before.completed_at, before.result])
    }
    // Jobs that were stored although their answer never reached the client count too: they must end as well.
    assert.deepEqual(
      all.filter(({ status }) => status !== 'completed').map(({ job_id, status }) => [job_id, status]),
      [],
    )
    t.diagnostic(
      `${acknowledged.size} acknowledged, ${all.length} stored, ${KILLS} kills, ${urls.size} results fetched`,
    )
    await assertNothingLeft(directory, all.length)
  },
)

/** One input and one result a job and nothing else: no temporary file, no orphan. */
async function assertNothingLeft(directory: string, jobs: number): Promise<void> {
  const blobs = readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  )
  const settled = blobs.filter(({ name }) => /^[0-9a-f]{32}$/u.test(name)).length
  // The sweep runs at start: what the last kill left is at most what was under way then.
  assert.ok(settled >= jobs * 2, `${settled} blobs for ${jobs} jobs`)
  assert.ok(
    settled <= jobs * 2 + 2 * CLIENTS + 8,
    `${settled} blobs for ${jobs} jobs: orphans were not swept`,
  )
}
