/** One job of one model on one engine whose vendor misbehaves: real store, real runner, real HTTP, a clock by hand. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileBlobStore } from '../../src/blobs/files.ts'
import type { Model } from '../../src/catalogue/index.ts'
import type { Engine } from '../../src/core/engine.ts'
import type { GenerateInput, Job } from '../../src/core/job.ts'
import { isTerminal } from '../../src/core/job.ts'
import { planJob } from '../../src/core/plan-job.ts'
import { createRunJob } from '../../src/core/run-job.ts'
import type { BlobStore, StateStore } from '../../src/core/ports.ts'
import { upstreamFaultOf } from '../../src/core/upstream-fault.ts'
import type { UpstreamFault } from '../../src/core/upstream-fault.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { parseGenerate } from '../../src/wire/parse.ts'
import type { EmulatedEngine } from '../support/emulated-engines.ts'
import type { Emulator, EmulatorFault } from '../support/emulators/emulator.ts'
import { ADDRESS_FAULTS, startEmulator } from '../support/emulators/emulator.ts'
import { paint } from '../support/emulators/picture.ts'
import { inputImage } from '../support/requests.ts'
import { ACCOUNT, createClock, newJob } from './state-store-fixtures.ts'
import { plainBody } from './wire-variants.ts'

/** `after`: when the vendor is asked for a job that it took; `any`: whichever call the fault can meet. */
export type FaultCase = { fault: EmulatorFault; call: 'submit' | 'after' | 'any' }

export type FaultOutcome = {
  posts: number
  paid: number
  /** At home, where another call costs nothing. */
  isFree: boolean
  attempts: number
  status: Job['status']
  code: string | null
  fault: Pick<UpstreamFault, 'kind' | 'charged'> | null
  warnings: readonly string[]
  message: string
}

/** More calls than are ever made for one job, so that no fault passes within it. */
const LASTING = 120
const LEASE_MS = 60_000
const SIZE = { width: 640, height: 480 }
/** A vendor that never ends, and every other. */
const SHORT_MS = 1500
const LONG_MS = 60_000
/** Of a job whose vendor never answers; it is asked again and again until then. */
const DEADLINE_MS = 10_000
const ENDLESS: ReadonlySet<EmulatorFault> = new Set(['silent', 'trickle', 'stalled'])

export type FaultSubject = {
  model: Model
  engine: EmulatedEngine
  /** Where the vendor is said to be, instead of its emulator. */
  origin?: string
  /** How long a connection may take, in milliseconds. */
  connectMs?: number
}

/** Null where this engine does not serve the model, or cannot meet this fault. */
export async function runFaultCase(
  { model, engine: emulated, ...reached }: FaultSubject,
  { fault, call }: FaultCase,
): Promise<FaultOutcome | null> {
  const emulation = emulated.emulation()
  if (isAtAddress(fault) && emulation.succeedAt === undefined) return null
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-faults-'))
  const emulator = await startEmulator(emulation)
  const clock = createClock()
  const store = createSqliteStateStore({ file: join(directory, 'state.db'), clock })
  const blobs = createFileBlobStore({ directory: join(directory, 'blobs') })
  const faults: UpstreamFault[] = []
  const engine = noteFaults(
    emulated.create({
      origin: reached.origin ?? emulator.origin,
      secret: () => emulator.key,
      clock,
      fetchResult: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
      pause: () => Promise.resolve(),
      timeouts: {
        total: ENDLESS.has(fault) ? SHORT_MS : LONG_MS,
        ...(reached.connectMs === undefined ? {} : { connect: reached.connectMs }),
      },
    }),
    faults,
  )
  try {
    if (engine.capabilities(model.id) === null || (call === 'after' && engine.poll === undefined)) return null
    misbehave(emulator, { fault, call })
    const job = await runToEnd({
      model,
      engine,
      store,
      blobs,
      clock,
      directory,
      deadlineMs: ENDLESS.has(fault) ? DEADLINE_MS : LONG_MS,
    })
    const { kind, charged } = faults.at(-1) ?? { kind: null, charged: null }
    return {
      posts: emulator.posts(),
      paid: emulator.paidPosts(),
      isFree: engine.isRepeatable,
      attempts: job.attempts.length,
      status: job.status,
      code: job.error?.code ?? null,
      // Whether the deadline of the job or that of a call came first is the clock's affair.
      fault: kind === null || job.error?.code === 'engine_timeout' ? null : { kind, charged },
      warnings: [...new Set(job.warnings.map(({ path }) => path))],
      message: job.error?.message ?? '',
    }
  } finally {
    await engine.close?.()
    await store.close()
    await emulator.close()
    await rm(directory, { recursive: true, force: true })
  }
}

function isAtAddress(fault: EmulatorFault): boolean {
  return (ADDRESS_FAULTS as readonly string[]).includes(fault)
}

function misbehave(emulator: Emulator, { fault, call }: FaultCase): void {
  for (let count = 0; count < LASTING; count += 1) {
    if (call !== 'after') emulator.failNext(fault)
    if (call !== 'submit') emulator.failNextFollow(fault)
  }
}

/** The store keeps the sentence of a fault, not its kind. */
function noteFaults(engine: Engine, faults: UpstreamFault[]): Engine {
  const note = (error: unknown): never => {
    const fault = upstreamFaultOf(error)
    if (fault !== null) faults.push(fault)
    throw error
  }
  const { poll } = engine
  return {
    ...engine,
    submit: (request, context) => engine.submit(request, context).catch(note),
    ...(poll === undefined ? {} : { poll: (handle, context) => poll(handle, context).catch(note) }),
  }
}

type Scene = {
  model: Model
  engine: Engine
  store: StateStore
  blobs: BlobStore
  clock: ReturnType<typeof createClock>
  directory: string
  deadlineMs: number
}

/** Submits one job and works until it has ended; pauses between attempts pass at once. */
async function runToEnd(scene: Scene): Promise<Job> {
  const { engine, store, blobs, clock, directory, deadlineMs } = scene
  const runJob = createRunJob({
    moderation: null,
    state: store,
    blobs,
    clock,
    probe: createImageProbe(),
    engines: new Map([[engine.id, engine]]),
    planFallbacks: () => [],
    isUnknownResubmitted: false,
    onOutcomeUnknown: () => undefined,
    scratchDirectory: join(directory, 'scratch'),
    timeoutMsOf: () => deadlineMs,
    onInternalError: (error) => {
      throw error
    },
  })
  const { id } = await store.submit(await plannedJob(scene))
  for (;;) {
    const job = await store.getJob(id, ACCOUNT)
    if (job === null) throw new Error('the job is gone')
    if (isTerminal(job.status)) return job
    const [claimed] = await store.claim({ owner: 'worker', slots: { [job.queue]: 1 }, leaseMs: LEASE_MS })
    if (claimed === undefined) clock.advance((await store.nextWakeMs()) ?? LEASE_MS)
    else await runJob(claimed, new AbortController().signal)
  }
}

async function plannedJob({ model, engine, blobs }: Scene): Promise<ReturnType<typeof newJob>> {
  const body = { ...plainBody(model), afterimage: { precise_edit: true } }
  const parsed = parseGenerate({ model, body, mode: 'aliases', newSeed: () => 7 })
  const images = await Promise.all(
    parsed.sources.map(async ({ role, path, strength, tag }) => {
      const stored = await blobs.put(await paint(SIZE, 'png'))
      const info = { ...SIZE, format: 'png', orientation: 1, frames: 1, hasAlpha: false } as const
      return inputImage(path, { role, strength, tag, info, blobKey: stored.key, bytes: stored.bytes })
    }),
  )
  const input: GenerateInput = { ...parsed.input, images }
  const { id, queue, capabilities } = engine
  const offers = [{ id, queue, isDraft: false, capabilities, estimate: null }]
  const plan = planJob({ model, input, offers, isDraftEnabled: false, engine: id })
  return { ...newJob({ model: model.id, input }), plan }
}

/** True for models that can work on a picture. */
export function takesPictures(model: Model): boolean {
  return model.fields.some((field) => 'role' in field)
}
