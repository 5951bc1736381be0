/** kill -9 at random moments while jobs are submitted, run, paid for and delivered; on Postgres its server dies too. */
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom } from '../support/mutants.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import type { Ends } from './promises.ts'
import {
  checkBlobs,
  checkDeliveries,
  checkIntegrity,
  checkJobs,
  checkResults,
  checkScratch,
  noteEnds,
  settle,
} from './promises.ts'
import type { Database, Scene, Sent } from './scene.ts'
import { startScene } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const KILLS: Readonly<Record<Database, number>> = { SQLite: share(120, 1000), Postgres: share(20, 300) }
const CLIENTS = 4
/** Longest life of a server that is up, in milliseconds. */
const LIFE_MS = 500
/** Every so many kills one comes before the server is up. */
const EARLY = 10
const START_MS = 1000
/** Every so many kills the Postgres server goes first. */
const WITH_POSTGRES = 4
const SWEPT_AFTER_MS = 2500

/** Sends until told to stop; what is not answered is sent again under its key, now or at the end. */
async function load(scene: Scene, sent: Sent[], signal: AbortSignal): Promise<void> {
  const client = async (): Promise<void> => {
    while (!signal.aborted) {
      const request = scene.newRequest(sent.length % 4 === 0 ? 'local' : 'paid')
      sent.push(request)
      while (request.jobId === null && !signal.aborted) {
        await scene.server.untilReady()
        await scene.send(request)
      }
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

async function watch(
  scene: Scene,
  ends: Ends,
  { proof, signal }: { proof: Proof; signal: AbortSignal },
): Promise<void> {
  while (!signal.aborted) {
    await scene.server.untilReady()
    noteEnds(ends, await scene.listNewest().catch(() => []), proof.fail)
    await sleep(200)
  }
}

async function killAtRandom(scene: Scene, kills: number, proof: Proof): Promise<void> {
  const random = createRandom(SEED)
  const { server, postgres } = scene
  for (let kill = 1; kill <= kills; kill += 1) {
    proof.try()
    await sleep(random(LIFE_MS))
    if (postgres !== null && kill % WITH_POSTGRES === 0) {
      await postgres.kill()
      await postgres.start()
      await sleep(random(LIFE_MS))
    }
    await server.kill()
    if (kill % EARLY === 0) {
      const starting = server.start().catch(() => null)
      await sleep(random(START_MS))
      await server.kill()
      await starting
    }
    await server.start()
  }
}

/** What the kills left behind goes at a start, once it is older than the margin for the clocks of file systems. */
async function sweep({ server }: Scene): Promise<void> {
  await server.kill('SIGTERM')
  await sleep(SWEPT_AFTER_MS)
  await server.start()
  await server.kill('SIGTERM')
}

async function prove(scene: Scene, kills: number, proof: Proof): Promise<string> {
  const sent: Sent[] = []
  const ends: Ends = new Map()
  const stop = new AbortController()
  const background = Promise.all([
    load(scene, sent, stop.signal),
    watch(scene, ends, { proof, signal: stop.signal }),
  ])
  // An error in here must end the test, not leave loops behind that keep the process alive.
  try {
    await killAtRandom(scene, kills, proof)
  } finally {
    stop.abort()
  }
  await background
  const acknowledged = sent.filter(({ jobId }) => jobId !== null).length
  const jobs = await settle(scene, sent)
  noteEnds(ends, [...jobs.values()], proof.fail)
  checkJobs(scene, { sent, jobs }, proof.fail)
  checkDeliveries(scene, jobs, proof.fail)
  const fetched = await checkResults(jobs, proof.fail)
  await sweep(scene)
  checkIntegrity(scene, proof.fail)
  const blobs = checkBlobs(scene, jobs, proof.fail)
  checkScratch(scene, proof.fail)
  const deliveries = scene.receiver.received.length
  return `${acknowledged} acknowledged under fire, ${jobs.size} jobs, ${deliveries} deliveries, ${fetched} results fetched, ${blobs} blobs`
}

/** Declares the test on one database; with a reason it is skipped. */
export function testKills(database: Database, skip: string | false = false): void {
  void test(
    `${KILLS[database]} kill -9 at random moments on ${database} lose nothing`,
    { timeout: 7_200_000, skip },
    async (context) => {
      const proof = startProof(context, `1. kill -9 at random, ${database}`)
      const scene = await startScene(context, database)
      const notes = await prove(scene, KILLS[database], proof)
      proof.end(notes)
    },
  )
}
