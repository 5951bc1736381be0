/** kill -9 at random moments while jobs are at every vendor that works asynchronously: each is paid once, and found again. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Emulation, EmulatedRequest, Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import type { EmulatedId } from '../support/emulators/index.ts'
import { EMULATIONS, emulatorSettings } from '../support/emulators/index.ts'
import { createRandom } from '../support/mutants.ts'
import { createPngBomb } from '../support/png.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { WireJob } from './scene.ts'
import { until } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const KILLS = share(20, 100)
/** Longest life of a server that is up, in milliseconds. */
const LIFE_MS = 1500
/** A vendor answers after at most so long, so that kills find calls under way. */
const ANSWER_MS = 150
const CLIENTS = 4
/** Between a client's jobs: a machine at home takes one at a time, and what is sent beyond that is only waited for. */
const THINK_MS = 250
const PICTURE = `data:image/png;base64,${createPngBomb(64, 'rgb8').toString('base64')}`

type Target = {
  engine: EmulatedId
  /** The engine's id where one emulator serves two. */
  named?: string
  path: string
  fields: object
  /** At home: may be called again, at no cost. */
  isFree?: true
  /** The vendor lists what it took, so that a submit whose answer was lost is found. */
  isFound?: true
}

/** A model of each engine that takes a job and is asked for it later. */
const TARGETS: readonly Target[] = [
  { engine: 'bfl', path: 'image/bfl/flux-1.1-pro', fields: { width: 640, height: 640 } },
  { engine: 'fal', path: 'image/qwen/2512', fields: {} },
  { engine: 'ideogram', path: 'image/ideogram/ideogram-4.5-edit', fields: { image_url: PICTURE } },
  { engine: 'openai', named: 'openai-responses', path: 'image/openai/gpt-image-2', fields: {} },
  { engine: 'replicate', path: 'image/bfl/flux-1-dev', fields: {}, isFound: true },
  { engine: 'krea', path: 'image/google/imagen-4', fields: {} },
  { engine: 'luma', path: 'image/luma/uni-1', fields: {} },
  {
    engine: 'runway',
    path: 'image/runway/gen-4-image',
    fields: { reference_images: [{ url: PICTURE, tag: 'rug' }] },
  },
  {
    engine: 'topaz',
    path: 'enhance/topaz/generative-enhance',
    fields: { image_url: PICTURE, width: 128, height: 128 },
  },
  {
    engine: 'comfyui',
    path: 'image/comfyui/flux-klein-edit',
    fields: { image_url: PICTURE },
    isFree: true,
  },
  { engine: 'sdcpp', path: 'image/local/sdcpp', fields: {}, isFree: true },
]

type Sent = { target: Target; mark: string; key: string; jobId: string | null }
type Scene = {
  server: ServerProcess
  emulators: ReadonlyMap<EmulatedId, Emulator>
  call: (path: string, more?: { json?: object; headers?: Record<string, string> }) => Promise<unknown>
}

async function startScene(context: TestContext): Promise<Scene> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-upstream-kill-'))
  const random = createRandom(SEED + 1)
  const emulators = new Map<EmulatedId, Emulator>()
  for (const { engine } of TARGETS)
    emulators.set(engine, await startEmulator(unhurried(EMULATIONS[engine](), () => random(ANSWER_MS))))
  const server = await createServerProcess(directory, {
    ...emulatorSettings(emulators),
    // Replicate's predictions name it, and are found by it.
    AFTERIMAGE_PUBLIC_URL: 'https://afterimage.example',
    AFTERIMAGE_OPENAI_RESPONSES_MODEL: 'gpt-5.6-luna',
    AFTERIMAGE_LOG_LEVEL: 'error',
  })
  context.after(async () => {
    await server.kill()
    await Promise.all([...emulators.values()].map((emulator) => emulator.close()))
    rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  return { server, emulators, call: (path, more) => call(server, path, more) }
}

/** The call has arrived, and is paid, before its answer is on the way. */
function unhurried(emulation: Emulation, pauseMs: () => number): Emulation {
  return {
    ...emulation,
    succeed: async (request) => {
      await sleep(pauseMs())
      return emulation.succeed(request)
    },
  }
}

async function call(
  { url, apiKey }: ServerProcess,
  path: string,
  { json, headers }: { json?: object; headers?: Record<string, string> } = {},
): Promise<unknown> {
  const answer = await fetch(url + path, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    signal: AbortSignal.timeout(10_000),
  })
  const body = await answer.text()
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.slice(0, 300)}`)
  return JSON.parse(body) as unknown
}

async function send({ call: ask }: Scene, request: Sent): Promise<void> {
  const { target, mark, key } = request
  const headers = { 'idempotency-key': key, 'x-afterimage-engine': target.named ?? target.engine }
  const json = { ...target.fields, prompt: mark }
  const job = (await ask(`/generate/${target.path}`, { json, headers })) as WireJob
  request.jobId = job.job_id
}

/** Sends until told to stop; what is not answered is sent again under its key, now or at the end. */
async function load(scene: Scene, sent: Sent[], signal: AbortSignal): Promise<void> {
  const client = async (): Promise<void> => {
    while (!signal.aborted) {
      const target = TARGETS[sent.length % TARGETS.length]
      if (target === undefined) return
      const key = crypto.randomUUID()
      const request: Sent = { target, mark: `a rug called ${key}`, key, jobId: null }
      sent.push(request)
      while (request.jobId === null && !signal.aborted) {
        await scene.server.untilReady()
        await send(scene, request).catch(() => sleep(20))
      }
      await sleep(THINK_MS)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
}

async function killAtRandom({ server }: Scene, proof: Proof): Promise<void> {
  const random = createRandom(SEED)
  for (let kill = 1; kill <= KILLS; kill += 1) {
    proof.try()
    await sleep(random(LIFE_MS))
    await server.kill()
    await server.start()
  }
}

async function settle(scene: Scene, sent: readonly Sent[]): Promise<ReadonlyMap<string, WireJob>> {
  for (const request of sent.filter(({ jobId }) => jobId === null)) await send(scene, request)
  const jobs = new Map<string, WireJob>()
  await until(
    'every job has ended',
    async () => {
      for (const { jobId } of sent) {
        if (jobId === null || jobs.has(jobId)) continue
        const job = (await scene.call(`/jobs/${jobId}`)) as WireJob
        if (job.completed_at === null) return false
        jobs.set(jobId, job)
      }
      return true
    },
    600_000,
  )
  return jobs
}

/** Billable calls that arrived whole, by the mark in their prompt. */
function countCalls({ emulators }: Scene, sent: readonly Sent[]): ReadonlyMap<string, number> {
  const texts = [...emulators].map(
    ([id, { submits }]) => [id, submits.map((submit) => textOf(submit))] as const,
  )
  const byEngine = new Map(texts)
  return new Map(
    sent.map(({ mark, target }) => {
      const calls = byEngine.get(target.engine)?.filter((text) => text.includes(mark)) ?? []
      return [mark, calls.length] as const
    }),
  )
}

function textOf({ json, fields }: EmulatedRequest): string {
  return JSON.stringify([json ?? null, fields])
}

function faultOf(job: WireJob | undefined, { target }: Sent, calls: number): string | null {
  if (job === undefined) return 'is lost'
  if (target.isFree === true) return job.status === 'completed' ? null : `ended as ${job.status}`
  if (calls > 1) return `was paid ${calls} times`
  if (job.status === 'completed') return calls === 1 ? null : 'completed without a call'
  if (calls === 1 && target.isFound === true) return `was taken, and not found again: ${job.status}`
  // Killed between the journal and the answer: nobody knows whether it was paid, so it is not called again.
  return job.error?.code === 'outcome_unknown' ? null : `ended as ${job.status}`
}

void test(
  `${KILLS} kill -9 over ${TARGETS.length} asynchronous engines: every job is paid once at most, and none is lost`,
  { timeout: 3_600_000 },
  async (context) => {
    const proof = startProof(context, '2b. kill -9 over asynchronous engines')
    const scene = await startScene(context)
    const sent: Sent[] = []
    const stop = new AbortController()
    const background = load(scene, sent, stop.signal)
    // An error in here must end the test, not leave a loop behind that keeps the process alive.
    try {
      await killAtRandom(scene, proof)
    } finally {
      stop.abort()
    }
    await background
    const jobs = await settle(scene, sent)
    const calls = countCalls(scene, sent)
    for (const request of sent) {
      const job = jobs.get(request.jobId ?? '')
      const fault = faultOf(job, request, calls.get(request.mark) ?? 0)
      if (fault !== null)
        proof.fail(`${request.target.engine} ${request.jobId} ${fault}; ${JSON.stringify(job)}`)
    }
    proof.end(summarise({ sent, jobs, calls }))
  },
)

function summarise({
  sent,
  jobs,
  calls,
}: {
  sent: readonly Sent[]
  jobs: ReadonlyMap<string, WireJob>
  calls: ReadonlyMap<string, number>
}): string {
  const billed = sent.filter(({ target }) => target.isFree !== true)
  const isUnknown = ({ jobId }: Sent): boolean => jobs.get(jobId ?? '')?.error?.code === 'outcome_unknown'
  const unknown = billed.filter(isUnknown)
  const paid = billed.reduce((sum, { mark }) => sum + (calls.get(mark) ?? 0), 0)
  const unpaid = unknown.filter(({ mark }) => calls.get(mark) === 0).length
  const resumed = billed.filter(
    (request) => !isUnknown(request) && (jobs.get(request.jobId ?? '')?.attempts.length ?? 0) > 1,
  ).length
  return (
    `${billed.length} paid jobs, ${paid} paid calls, ${resumed} resumed, ${unknown.length} ended unknown ` +
    `(${unpaid} of them had not arrived); ${sent.length - billed.length} jobs at home, all completed`
  )
}
