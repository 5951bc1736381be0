/** SIGTERM under load: what was accepted is answered, nothing is lost, and the process goes by itself. */
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../support/mutants.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import { checkDeliveries, checkIntegrity, checkJobs, settle } from './promises.ts'
import type { Scene, Sent } from './scene.ts'
import { startScene } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const STOPS = share(15, 100)
const CLIENTS = 6
const LIFE_MS = 400
/** Ten seconds are promised on a quiet machine; this one may be busy. */
const MAX_STOP_MS = 30_000

/** Sends until the server is gone. Nothing is sent twice: what was not answered must not have been accepted. */
async function load(scene: Scene, sent: Sent[], stop: AbortSignal): Promise<void> {
  const client = async (): Promise<void> => {
    while (!stop.aborted) {
      const request = scene.newRequest(sent.length % 4 === 0 ? 'local' : 'paid')
      sent.push(request)
      await scene.send(request)
      if (request.jobId === null) return
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

async function stopOnce(scene: Scene, lifeMs: number, proof: Proof): Promise<{ sent: Sent[]; ms: number }> {
  const sent: Sent[] = []
  const stop = new AbortController()
  const loading = load(scene, sent, stop.signal)
  await sleep(lifeMs)
  const begun = performance.now()
  await scene.server.kill('SIGTERM')
  const ms = performance.now() - begun
  stop.abort()
  await loading
  if (scene.server.exitCode() !== 0) proof.fail(`it ended with ${scene.server.exitCode()}`)
  if (ms > MAX_STOP_MS) proof.fail(`it took ${Math.round(ms)} ms`)
  await scene.server.start()
  return { sent, ms }
}

/** Whether the server had accepted what it never answered: then its answer was cut off. */
async function countCutOff(scene: Scene, unanswered: readonly Sent[]): Promise<number> {
  const before = new Set((await scene.listJobs()).map(({ job_id }) => job_id))
  for (const request of unanswered) await scene.send(request)
  return unanswered.filter(({ jobId }) => jobId !== null && before.has(jobId)).length
}

void test(`${STOPS} SIGTERM under load cut nobody off`, { timeout: 7_200_000 }, async (context) => {
  const proof = startProof(context, '23. graceful stop')
  const settings = { AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '1' }
  const scene = await startScene(context, 'SQLite', { isReal: true, settings, answerAfterMs: 20 })
  const random = createRandom(SEED)
  const sent: Sent[] = []
  let slowestMs = 0
  for (let stop = 0; stop < STOPS; stop += 1) {
    proof.try()
    const { sent: now, ms } = await stopOnce(scene, random(LIFE_MS), proof)
    slowestMs = Math.max(slowestMs, ms)
    const unanswered = now.filter(({ jobId }) => jobId === null)
    const cutOff = await countCutOff(scene, unanswered)
    if (cutOff > 0) proof.fail(`stop ${stop}: ${cutOff} accepted requests got no answer`)
    sent.push(...now)
  }
  const jobs = await settle(scene, sent)
  checkJobs(scene, { sent, jobs }, proof.fail)
  checkDeliveries(scene, jobs, proof.fail)
  await scene.server.kill('SIGTERM')
  checkIntegrity(scene, proof.fail)
  proof.end(`${jobs.size} jobs, the slowest stop ${Math.round(slowestMs)} ms`)
})
