/** Row 18: one provider hangs while three are healthy; the throughput of these against the same load without the fourth. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulation, Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import type { EmulatedId } from '../support/emulators/index.ts'
import { EMULATIONS, emulatorSettings } from '../support/emulators/index.ts'
import { isLong, share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'

/** Pairs of a phase with and one without the hanging provider; five minutes of hanging in the long run. */
const ROUNDS = share(6, 30)
/** Noise of the machine must not fail what is sound: more pairs are measured until the median is steady. */
const MAX_ROUNDS = isLong ? ROUNDS : ROUNDS * 3
const PHASE_MS = isLong ? 10_000 : 4000
/** Until the jobs of the phase before have gone. */
const SETTLE_MS = 500
const MIN_RATIO = 0.95
/** A vendor paints so long, so that the load is bound by waiting and leaves the machine air. */
const PAINT_MS = 200
const CLIENTS_PER_ENGINE = 3
/** More than the hanging provider's slots, so that jobs wait behind those that hang. */
const HANGING_JOBS = 40

type Target = { engine: EmulatedId; path: string; fields?: object }

const HEALTHY: readonly Target[] = [
  { engine: 'google', path: 'image/google/nano-banana' },
  { engine: 'bfl', path: 'image/bfl/flux-1.1-pro', fields: { width: 640, height: 640 } },
  { engine: 'fal', path: 'image/qwen/2512' },
]
const HANGING: Target = { engine: 'openai', path: 'image/openai/gpt-image' }

type Scene = {
  server: ServerProcess
  call: (method: string, path: string, json?: object) => Promise<{ job_id: string; status: string }>
}

async function startScene(context: TestContext): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-provider-hang-'))
  const emulators = new Map<EmulatedId, Emulator>()
  for (const { engine } of [...HEALTHY, HANGING])
    emulators.set(engine, await startEmulator(unhurried(EMULATIONS[engine]()), { keep: 10 }))
  emulators.get(HANGING.engine)?.failAlways('submit', 'silent')
  const server = await createServerProcess(directory, {
    ...emulatorSettings(emulators),
    // The limit of an account would stop the healthy jobs of this one, whatever provider the others wait for.
    AFTERIMAGE_MAX_RUNNING_PER_ACCOUNT: '1000',
    AFTERIMAGE_LOG_LEVEL: 'error',
  })
  context.after(async () => {
    await server.kill()
    await Promise.all([...emulators.values()].map((emulator) => emulator.close()))
    rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  const headers = { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' }
  return {
    server,
    call: async (method, path, json) => {
      const body = json === undefined ? {} : { body: JSON.stringify(json) }
      const answer = await fetch(server.url + path, { method, headers, ...body })
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
      return (await answer.json()) as { job_id: string; status: string }
    },
  }
}

function unhurried(emulation: Emulation): Emulation {
  return {
    ...emulation,
    succeed: async (request) => {
      if (emulation.isBillable(request)) await sleep(PAINT_MS)
      return emulation.succeed(request)
    },
  }
}

/** @returns how many jobs of the healthy providers were completed */
async function measure({ call }: Scene, phaseMs: number): Promise<number> {
  const end = performance.now() + phaseMs
  let completed = 0
  const client = async ({ engine, path, fields }: Target): Promise<void> => {
    while (performance.now() < end) {
      const { job_id: id } = await call('POST', `/generate/${path}`, {
        ...fields,
        prompt: `a rug of ${engine}`,
      })
      const { status } = await call('GET', `/jobs/${id}?wait=30`)
      if (status !== 'completed') throw new Error(`${engine}: a healthy job ended as ${status}`)
      if (performance.now() < end) completed += 1
    }
  }
  await Promise.all(
    HEALTHY.flatMap((target) => Array.from({ length: CLIENTS_PER_ENGINE }, () => client(target))),
  )
  return completed
}

async function measureBesideHanging(scene: Scene): Promise<number> {
  const ids: string[] = []
  for (let count = 0; count < HANGING_JOBS; count += 1)
    ids.push(
      (await scene.call('POST', `/generate/${HANGING.path}`, { prompt: 'a rug that never comes' })).job_id,
    )
  const completed = await measure(scene, PHASE_MS)
  for (const id of ids) {
    const { status } = await scene.call('GET', `/jobs/${id}`)
    if (['completed', 'failed'].includes(status)) throw new Error(`a hanging job ended as ${status}`)
    await scene.call('DELETE', `/jobs/${id}`)
  }
  await sleep(SETTLE_MS)
  return completed
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = Math.floor(sorted.length / 2)
  const [low = 0, high = low] =
    sorted.length % 2 === 1 ? [sorted[middle]] : sorted.slice(middle - 1, middle + 1)
  return (low + high) / 2
}

void test(
  'a provider that hangs costs the healthy ones no throughput',
  { timeout: 3_600_000 },
  async (context) => {
    const proof = startProof(context, '18. one provider hangs beside three healthy ones')
    const scene = await startScene(context)
    await measure(scene, PHASE_MS / 2)
    const ratios: number[] = []
    let jobs = 0
    while (ratios.length < ROUNDS || (medianOf(ratios) < MIN_RATIO && ratios.length < MAX_ROUNDS)) {
      proof.try()
      // By turns first and second, so that a drift of the machine favours neither.
      const isHangingFirst = ratios.length % 2 === 0
      const early = isHangingFirst ? await measureBesideHanging(scene) : await measure(scene, PHASE_MS)
      const late = isHangingFirst ? await measure(scene, PHASE_MS) : await measureBesideHanging(scene)
      const [beside, alone] = isHangingFirst ? [early, late] : [late, early]
      jobs += beside + alone
      ratios.push(beside / alone)
    }
    const median = medianOf(ratios)
    if (median < MIN_RATIO)
      proof.fail(`median ratio ${median.toFixed(3)} of ${ratios.map((r) => r.toFixed(2)).join(' ')}`)
    proof.end(
      `median ratio ${median.toFixed(3)}, from ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}; ` +
        `${jobs} jobs, ${HANGING_JOBS} hang at a time`,
    )
  },
)
