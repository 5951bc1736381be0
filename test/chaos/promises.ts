/** What must hold of every request, whatever happened to the server in between. */
import { DatabaseSync } from 'node:sqlite'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scene, Sent, WireJob } from './scene.ts'
import { until } from './scene.ts'

const TERMINAL = new Set(['completed', 'failed', 'cancelled'])

/** The end of a job as somebody saw it; a later look must find the same. */
export type Ends = Map<string, Pick<WireJob, 'status' | 'completed_at' | 'result'>>

/** Notes the ends that are new, and says which known one has changed. */
export function noteEnds(ends: Ends, jobs: readonly WireJob[], fail: (reason: string) => void): void {
  for (const { job_id: id, status, completed_at, result } of jobs) {
    if (completed_at === null) continue
    const end = { status, completed_at, result }
    const known = ends.get(id)
    if (known === undefined) ends.set(id, end)
    else if (JSON.stringify(known) !== JSON.stringify(end))
      fail(`${id} ended twice: ${JSON.stringify([known, end])}`)
  }
}

/** Sends again what was not answered, waits for every end and every delivery. Answers the jobs. */
export async function settle(scene: Scene, sent: readonly Sent[]): Promise<Map<string, WireJob>> {
  await until('every request is answered', async () => {
    const open = sent.filter(({ jobId }) => jobId === null)
    await Promise.all(open.slice(0, 50).map((request) => scene.send(request)))
    return open.length === 0
  })
  const jobs = await untilAllEnded(scene)
  await until('every job is delivered', () => {
    const delivered = new Set(scene.receiver.received.map(({ body }) => jobIdOf(body)))
    return jobs.every(({ job_id }) => delivered.has(job_id))
  })
  return new Map(jobs.map((job) => [job.job_id, job]))
}

/** Thousands of jobs take their time on a busy machine, but each end is followed by another. */
const NO_END_MS = 300_000
/** Looked for less often the more there are: reading a list of ten thousand jobs takes the time that they need to end. */
const PAUSE_MS_PER_JOB = 0.5

async function untilAllEnded(scene: Scene): Promise<WireJob[]> {
  let [fewest, lastEnd] = [Number.POSITIVE_INFINITY, performance.now()]
  for (;;) {
    const jobs = await scene.listJobs()
    const open = jobs.filter(({ status }) => !TERMINAL.has(status))
    if (open.length === 0) return jobs
    if (open.length < fewest) [fewest, lastEnd] = [open.length, performance.now()]
    // What they wait for is the only trace of a job that never ends.
    if (performance.now() - lastEnd > NO_END_MS)
      throw new Error(`${open.length} of ${jobs.length} jobs do not end: ${JSON.stringify(open.slice(0, 5))}`)
    await sleep(PAUSE_MS_PER_JOB * jobs.length)
  }
}

function jobIdOf(body: string): string {
  return (JSON.parse(body) as WireJob).job_id
}

/**
 * @param sent every request that the scene ever got
 * @param fail told of each broken promise
 */
export function checkJobs(
  scene: Scene,
  { sent, jobs }: { sent: readonly Sent[]; jobs: ReadonlyMap<string, WireJob> },
  fail: (reason: string) => void,
): void {
  if (jobs.size !== sent.length) fail(`${sent.length} requests made ${jobs.size} jobs`)
  const results = new Set<string>()
  for (const request of sent) {
    const job = jobs.get(request.jobId ?? '')
    if (job === undefined) {
      fail(`${request.jobId} is lost`)
      continue
    }
    if (job.created_at !== request.createdAt) fail(`${job.job_id} was made twice`)
    const calls = scene.upstream.calls.get(request.prompt) ?? 0
    const fault = faultOf(job, request, calls)
    if (fault !== null) fail(`${request.kind} ${job.job_id}: ${fault}; ${JSON.stringify(job)}`)
    for (const url of job.result.urls ?? [])
      if (results.has(url)) fail(`${url} is the result of two jobs`)
      else results.add(url)
  }
}

function faultOf(job: WireJob, { kind }: Sent, calls: number): string | null {
  const completed = job.attempts.filter(({ outcome }) => outcome === 'completed').length
  if (calls > (kind === 'paid' ? 1 : 0)) return `the vendor was paid ${calls} times`
  if (job.status === 'completed') {
    if (job.result.urls?.length !== 1) return 'completed without its result'
    if (kind === 'paid' && calls !== 1) return 'completed without a call'
    return completed === 1 ? null : `completed ${completed} times`
  }
  // Killed between the journal and the answer: nobody knows whether it was paid, so it is not called again.
  const isUnknown = kind === 'paid' && job.error?.code === 'outcome_unknown'
  if (!isUnknown) return `ended as ${job.status}`
  return job.attempts.some(({ outcome }) => outcome === 'unknown' || outcome === 'submitting')
    ? null
    : 'the call that may have been paid is not in the journal'
}

/** One id for all tries of a delivery, and the body is the job as it ended. */
export function checkDeliveries(
  scene: Scene,
  jobs: ReadonlyMap<string, WireJob>,
  fail: (reason: string) => void,
): void {
  const ids = new Map<string, string>()
  for (const { body, headers } of scene.receiver.received) {
    const told = JSON.parse(body) as WireJob
    const id = String(headers['webhook-id'])
    const known = ids.get(told.job_id) ?? id
    ids.set(told.job_id, id)
    if (known !== id) fail(`${told.job_id} was delivered as ${known} and as ${id}`)
    const job = jobs.get(told.job_id)
    if (job?.status !== told.status || job.completed_at !== told.completed_at)
      fail(`${told.job_id} was delivered as ${told.status}, and is ${job?.status}`)
  }
}

/** Every result is served whole. */
export async function checkResults(
  jobs: ReadonlyMap<string, WireJob>,
  fail: (reason: string) => void,
): Promise<number> {
  let fetched = 0
  for (const job of jobs.values())
    for (const url of job.result.urls ?? []) {
      const answer = await fetch(url)
      const { length } = await answer.bytes()
      if (answer.status !== 200 || length !== Number(answer.headers.get('content-length')))
        fail(`${url}: ${answer.status}, ${length} bytes`)
      fetched += 1
    }
  return fetched
}

/** SQLite's own look at the file; the server must be down. */
export function checkIntegrity({ directory, postgres }: Scene, fail: (reason: string) => void): void {
  if (postgres !== null) return
  const database = new DatabaseSync(join(directory, 'afterimage.db'))
  const found = database.prepare('PRAGMA integrity_check').all()
  database.close()
  if (JSON.stringify(found) !== '[{"integrity_check":"ok"}]') fail(JSON.stringify(found))
}

/** One input a job, one result a completed one, and nothing else; answers how many there are. */
export function checkBlobs(
  { directory }: Scene,
  jobs: ReadonlyMap<string, WireJob>,
  fail: (reason: string) => void,
): number {
  const entries = readdirSync(join(directory, 'blobs'), { recursive: true, withFileTypes: true })
  const blobs = entries.filter((entry) => entry.isFile() && /^[0-9a-f]{32}$/u.test(entry.name)).length
  const completed = [...jobs.values()].filter(({ status }) => status === 'completed').length
  const needed = jobs.size + completed
  if (blobs !== needed) fail(`${blobs} blobs, ${needed} are needed`)
  return blobs
}

/** Working folders hold people's pictures. Of several owners of a Postgres one may live, so there only age tells. */
export function checkScratch({ directory, postgres }: Scene, fail: (reason: string) => void): void {
  if (postgres !== null) return
  const left = readdirSync(join(directory, 'scratch'))
  if (left.length > 0) fail(`${left.length} working folders are left: ${left.slice(0, 3).join(', ')}`)
}
