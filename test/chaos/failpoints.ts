/** kill -9 at every named point of a job's way, on both databases. */
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Failpoint } from '../support/failpoints.ts'
import { FAILPOINTS, SQLITE_FAILPOINTS } from '../support/failpoints.ts'
import { createRandom } from '../support/mutants.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import { checkDeliveries, checkIntegrity, checkJobs, checkResults, settle } from './promises.ts'
import type { Database, Scene, Sent } from './scene.ts'
import { startScene } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const ROUNDS: Readonly<Record<Database, number>> = { SQLite: share(2, 20), Postgres: share(1, 5) }
const KINDS = ['paid', 'paid', 'local', 'paid'] as const
/** Where the process does not die by itself: the vendor has been called, and does not answer before the kill. */
const DURING = 'during the upstream call'

/** Between further jobs: where the point lies far behind the accept, a busy machine would take in thousands first. */
const BETWEEN_MS = 20

type Point = Failpoint | typeof DURING

/** One death: armed, loaded until it dies, started again. */
async function die(
  scene: Scene,
  { point, hits, sent }: { point: Point; hits: number; sent: Sent[] },
): Promise<void> {
  const { server, upstream } = scene
  if (point === DURING) upstream.onCall(() => void server.kill())
  else server.send({ point, hits })
  const requests = KINDS.map((kind) => scene.newRequest(kind))
  sent.push(...requests)
  // One after the other, so that some are done and some are not begun when it dies; more of them where several jobs
  // passed the point together.
  const load = (async () => {
    for (const request of requests) await scene.send(request)
    while (server.isRunning()) {
      const another = scene.newRequest('paid')
      sent.push(another)
      await scene.send(another)
      await sleep(BETWEEN_MS)
    }
  })()
  await server.untilGone()
  upstream.onCall(null)
  await load
  await server.start()
}

async function prove(
  scene: Scene,
  { points, rounds }: { points: readonly Point[]; rounds: number },
  proof: Proof,
) {
  const random = createRandom(SEED)
  const sent: Sent[] = []
  for (const point of points) {
    const fail = (reason: string): void => proof.fail(`${point}: ${reason}`)
    for (let round = 0; round < rounds; round += 1) {
      proof.try()
      await die(scene, { point, hits: 1 + random(3), sent })
    }
    // Everything so far, not only this point: a later kill must not undo what an earlier one left.
    const jobs = await settle(scene, sent)
    checkJobs(scene, { sent, jobs }, fail)
    checkDeliveries(scene, jobs, fail)
  }
  const jobs = await settle(scene, sent)
  const fetched = await checkResults(jobs, proof.fail)
  await scene.server.kill('SIGTERM')
  checkIntegrity(scene, proof.fail)
  const unknown = [...jobs.values()].filter(({ status }) => status === 'failed').length
  const paid = [...scene.upstream.calls.values()].reduce((sum, calls) => sum + calls, 0)
  return `${points.length} points, ${jobs.size} jobs, ${paid} paid calls, ${unknown} ended unknown, ${fetched} results fetched`
}

const points = (database: Database): readonly Point[] => [
  ...FAILPOINTS.filter((point) => database === 'SQLite' || !SQLITE_FAILPOINTS.includes(point)),
  DURING,
]

/** Declares the test on one database; with a reason it is skipped. */
export function testFailpoints(database: Database, skip: string | false = false): void {
  const named = points(database)
  void test(
    `${named.length} points times ${ROUNDS[database]} on ${database}: kill -9 loses and doubles nothing`,
    { timeout: 7_200_000, skip },
    async (context) => {
      const proof = startProof(context, `2. kill -9 at failpoints, ${database}`)
      const scene = await startScene(context, database)
      const notes = await prove(scene, { points: named, rounds: ROUNDS[database] }, proof)
      proof.end(notes)
    },
  )
}
