/** Minutes of everything at once: the memory of the server does not grow, and what it answers is right to the end. */
import { readFileSync, writeFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { TestApp } from '../support/app.ts'
import { createCaller, form } from '../support/app.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import { residentBytes, whyNoProc } from '../support/watch-process.ts'
import type { Scene } from './scene.ts'
import { startScene } from './scene.ts'

const MINUTES = share(3, 10)
const MIB = 1024 * 1024
/** That of `watch-loop.ts`. */
const COLLECTIONS_PER_MINUTE = 3
const MAX_GROWTH_PER_MINUTE = MIB
/** Three minutes hold too few collections for a slope; their bound is the peak. */
const IS_SLOPE_TOLD = share(0, 1) === 1
const MAX_PEAK_MIB = 512
/** Caches fill and code is compiled in this share of the time. */
const WARM_UP = 0.4
const WATCH = fileURLToPath(new URL('../support/watch-loop.ts', import.meta.url))

type Call = TestApp['call']
type Step = (scene: Scene, call: Call) => Promise<number>

/** A job from its submit to its deletion, as a client does it. */
const wholeJob: Step = async (scene, call) => {
  const request = scene.newRequest(Math.random() < 0.25 ? 'local' : 'paid')
  await scene.send(request)
  if (request.jobId === null) return 0
  const { body } = await call(`/jobs/${request.jobId}?wait=60`)
  const [url] = (body['result'] as { urls?: string[] }).urls ?? []
  if (url !== undefined) await call(new URL(url).pathname, { key: null })
  return (await call(`/jobs/${request.jobId}`, { method: 'DELETE' })).status
}
const STEPS: readonly Step[] = [
  wholeJob,
  wholeJob,
  async (_, call) => {
    const { body } = await call('/assets', { method: 'POST', body: form() })
    return (await call(`/assets/${String(body['id'])}`, { method: 'DELETE' })).status
  },
  async (_, call) => (await call('/jobs?limit=20')).status,
  async (_, call) => (await call('/models')).status,
  async (_, call) => (await call('/jobs/00000000-0000-4000-8000-000000000000')).status,
  async (_, call) => (await call('/generate/image/afterimage/edit', { json: { prompt: 7 } })).status,
  async (_, call) => (await call('/openapi.json', { key: null })).status,
]
const EXPECTED = new Set([200, 400, 404, 422])

async function work(scene: Scene, signal: AbortSignal, proof: Proof): Promise<void> {
  const call = createCaller(scene.server.url, scene.server.apiKey)
  for (let n = 0; !signal.aborted; n += 1) {
    proof.try()
    const status = await STEPS[n % STEPS.length]?.(scene, call).catch((error: unknown) => String(error))
    if (!EXPECTED.has(Number(status))) proof.fail(`step ${n % STEPS.length}: ${status}`)
  }
}

/** Slope of a line through points at equal distances, in units a step. */
function slopeOf(values: readonly number[]): number {
  const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length
  const middle = (values.length - 1) / 2
  const height = mean(values)
  let [above, below] = [0, 0]
  for (const [at, value] of values.entries()) {
    above += (at - middle) * (value - height)
    below += (at - middle) ** 2
  }
  return above / below
}

type Watched = { delays: string; collected: number[] }

/** The p99 of a second that 99 of 100 seconds kept, the worst delay of all, and what was held after each collection. */
function readWatch(file: string): Watched {
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number))
  const column = (at: number): number[] =>
    lines.map((line) => line[at]).filter((value) => value !== undefined)
  const p99s = column(0).sort((a, b) => a - b)
  const median = p99s[Math.floor(p99s.length / 2)]
  const delays = `event loop p99 ${median} ms in the median second, ${Math.max(...column(1))} ms at worst`
  return { delays, collected: column(2) }
}

const minutes = `${MINUTES} minutes of mixed load`
void test(minutes, { timeout: (MINUTES + 10) * 60_000, skip: whyNoProc() }, async (context) => {
  const proof = startProof(context, '22. soak')
  const folder = mkdtempSync(join(tmpdir(), 'afterimage-soak-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const loop = join(folder, 'loop')
  writeFileSync(loop, '')
  const settings = { NODE_OPTIONS: `--import=${WATCH}`, AFTERIMAGE_TEST_LOOP: loop }
  const scene = await startScene(context, 'SQLite', { isReal: true, settings })
  const stop = new AbortController()
  const working = Promise.all(Array.from({ length: 4 }, () => work(scene, stop.signal, proof)))
  await sleep(MINUTES * 60_000)
  stop.abort()
  await working
  const { delays, collected } = readWatch(loop)
  const growth = slopeOf(collected.slice(Math.floor(collected.length * WARM_UP))) * COLLECTIONS_PER_MINUTE
  if (IS_SLOPE_TOLD && growth > MAX_GROWTH_PER_MINUTE)
    proof.fail(`memory grows by ${(growth / MIB).toFixed(2)} MB a minute`)
  const peak = Math.round(residentBytes(scene.server.pid(), 'VmHWM') / MIB)
  if (peak > MAX_PEAK_MIB) proof.fail(`memory reached ${peak} MB`)
  proof.end(`memory grows by ${(growth / MIB).toFixed(2)} MB a minute, peak ${peak} MB; ${delays}`)
})
