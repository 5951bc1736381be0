/** The wall clock is set while jobs run: nothing stalls, nothing is done twice, nobody is flooded. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { share, startProof } from '../support/proof.ts'
import { checkIntegrity } from './promises.ts'
import type { Scene, Sent } from './scene.ts'
import { startScene, until } from './scene.ts'

const SHIFT = fileURLToPath(new URL('../support/clock-shift.ts', import.meta.url))
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const ROUNDS = share(1, 3)
const PER_JUMP = 6
/** Longer than a lease is renewed; jobs that are under way live through it. */
const ANSWER_MS = 400

/** What is added to the clock, in milliseconds; the zone of the summer time ones is in `TZ`. */
const JUMPS: Readonly<Record<string, number>> = {
  'an hour ahead': HOUR_MS,
  'an hour back': -HOUR_MS,
  'a day ahead': DAY_MS,
  'a day back': -DAY_MS,
  'into summer time': Date.parse('2027-03-28T00:59:58Z') - Date.now(),
  'out of summer time': Date.parse('2027-10-31T00:59:58Z') - Date.now(),
}

/** Sends some jobs, sets the clock while they run, sends some more. */
async function jump(scene: Scene, setClock: (offsetMs: number) => void, offsetMs: number): Promise<Sent[]> {
  const sent = Array.from({ length: PER_JUMP }, (_, n) => scene.newRequest(n % 3 === 0 ? 'local' : 'paid'))
  const [before, after] = [sent.slice(0, PER_JUMP / 2), sent.slice(PER_JUMP / 2)]
  await Promise.all(before.map((request) => scene.send(request)))
  await sleep(ANSWER_MS / 2)
  setClock(offsetMs)
  await sleep(ANSWER_MS / 4)
  await Promise.all(after.map((request) => scene.send(request)))
  return sent
}

const name = `the clock is set ${Object.keys(JUMPS).length * ROUNDS} times while jobs run`
void test(name, { timeout: 1_800_000 }, async (context) => {
  const proof = startProof(context, '20. clock jumps (preloaded clock)')
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-clock-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'offset')
  const setClock = (offsetMs: number): void => {
    writeFileSync(`${file}.new`, `${offsetMs}\n`)
    renameSync(`${file}.new`, file)
  }
  setClock(0)
  const settings = {
    NODE_OPTIONS: `--import=${SHIFT}`,
    AFTERIMAGE_TEST_CLOCK: file,
    TZ: 'Europe/Berlin',
  }
  const scene = await startScene(context, 'SQLite', { isReal: true, answerAfterMs: ANSWER_MS, settings })
  const sent: Sent[] = []
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [what, offsetMs] of Object.entries(JUMPS)) {
      proof.try()
      const now = await jump(scene, setClock, offsetMs)
      sent.push(...now)
      const ids = new Set(now.map(({ jobId }) => jobId))
      await until(`jobs end and are delivered after ${what}`, async () => {
        const ended = (await scene.listJobs()).filter(
          ({ job_id: id, status }) => ids.has(id) && status === 'completed',
        )
        const delivered = new Set(
          scene.receiver.received.map(({ body }) => (JSON.parse(body) as { job_id: string }).job_id),
        )
        return ended.length === PER_JUMP && ended.every(({ job_id: id }) => delivered.has(id))
      }).catch(async (error: unknown) => {
        const jobs = (await scene.listJobs()).filter(({ job_id: id }) => ids.has(id))
        const ends = jobs.map(({ status, attempts }) => [status, ...attempts.map(({ outcome }) => outcome)])
        proof.fail(`${String(error)}: ${JSON.stringify(ends)}`)
      })
      setClock(0)
    }
  for (const [prompt, calls] of scene.upstream.calls)
    if (calls > 1) proof.fail(`${prompt} was paid ${calls} times`)
  const jobs = await scene.listJobs()
  if (jobs.length !== sent.length) proof.fail(`${sent.length} requests made ${jobs.length} jobs`)
  const deliveries = scene.receiver.received.length
  if (deliveries > jobs.length) proof.fail(`${jobs.length} jobs were delivered ${deliveries} times`)
  await scene.server.kill('SIGTERM')
  checkIntegrity(scene, proof.fail)
  proof.end(`${jobs.length} jobs, ${deliveries} deliveries`)
})
