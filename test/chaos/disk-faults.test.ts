/** A disk that is full, one that fails to sync, and a folder that turned read-only: refused whole, and well again after. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import type { TestAnswer } from '../support/app.ts'
import { createCaller } from '../support/app.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import { createRandom } from '../support/mutants.ts'
import { createSmallDisk, createSwitch, whyNoMounts } from '../support/mounts.ts'
import { createPngBomb } from '../support/png.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { until } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const ROUNDS = share(5, 20)
const SUBMITS = 8
const REFUSALS = new Set([503, 507])
const TERMINAL = new Set(['completed', 'failed', 'cancelled'])
const MODEL = '/generate/image/openai/gpt-image-2'
/** Big enough that a disk with some room left holds a part of it. */
const PICTURE = `data:image/png;base64,${Buffer.concat([createPngBomb(64, 'rgb8'), Buffer.alloc(100_000, 7)]).toString('base64')}`

type Sent = { key: string; jobId: string | null }
type Fault = {
  hurt: (round: number) => Promise<void> | void
  heal: () => Promise<void> | void
  server: ServerProcess
}

async function send(server: ServerProcess, sent: Sent): Promise<TestAnswer> {
  const json = { prompt: sent.key, image_urls: [PICTURE] }
  const answer = await createCaller(server.url, server.apiKey)(MODEL, {
    json,
    headers: { 'idempotency-key': sent.key },
  })
  if (answer.status === 200) sent.jobId = String(answer.body['job_id'])
  return answer
}

/** One round: hurt, submit, heal, submit again what was refused. */
async function suffer({ hurt, heal, server }: Fault, round: number, proof: Proof): Promise<Sent[]> {
  proof.try()
  const all = Array.from({ length: SUBMITS }, (): Sent => ({ key: crypto.randomUUID(), jobId: null }))
  await hurt(round)
  for (const sent of all) {
    const { status, body } = await send(server, sent)
    if (status !== 200 && !REFUSALS.has(status))
      proof.fail(`round ${round}: ${status} ${JSON.stringify(body)}`)
  }
  const call = createCaller(server.url, server.apiKey)
  const list = await call('/jobs?limit=1')
  if (list.status !== 200 && !REFUSALS.has(list.status)) proof.fail(`reading meanwhile: ${list.status}`)
  await heal()
  await until('what was refused is taken', async () => {
    for (const sent of all.filter(({ jobId }) => jobId === null)) await send(server, sent)
    return all.every(({ jobId }) => jobId !== null)
  })
  return all
}

async function prove(fault: Fault, proof: Proof): Promise<string> {
  const { server } = fault
  const sent: Sent[] = []
  for (let round = 0; round < ROUNDS; round += 1) sent.push(...(await suffer(fault, round, proof)))
  const call = createCaller(server.url, server.apiKey)
  type Job = { job_id: string; status: string; error?: { code: string } }
  let jobs: Job[] = []
  await until('every job has ended', async () => {
    jobs = (await call('/jobs?limit=1000')).body['items'] as Job[]
    return jobs.every(({ status }) => TERMINAL.has(status))
  })
  const ids = new Set(sent.map(({ jobId }) => jobId))
  if (jobs.length !== sent.length || !jobs.every(({ job_id: id }) => ids.has(id)))
    proof.fail(`${sent.length} requests made ${jobs.length} jobs`)
  const ends = new Map<string, number>()
  for (const { status, error } of jobs) {
    const end = error?.code ?? status
    ends.set(end, (ends.get(end) ?? 0) + 1)
  }
  for (const end of ends.keys())
    if (!['completed', 'storage_full', 'outcome_unknown', 'unavailable'].includes(end))
      proof.fail(`a job ended as ${end}: ${server.output().slice(-2000)}`)
  const healthy: Sent = { key: crypto.randomUUID(), jobId: null }
  await until('a new job is taken', async () => (await send(server, healthy)).status === 200)
  await until('it completes', async () => {
    const { body } = await call(`/jobs/${String(healthy.jobId)}`)
    return body['status'] === 'completed'
  })
  await server.kill('SIGTERM')
  return JSON.stringify(Object.fromEntries(ends))
}

async function startServer(
  context: TestContext,
  data: string,
  wrapper: readonly string[] = [],
): Promise<{ server: ServerProcess; calls: ReadonlyMap<string, number> }> {
  const upstream = await startCountingUpstream()
  // The guard that refuses before the disk is full would hide what is tried here.
  const settings = { ...upstream.settings, AFTERIMAGE_MIN_FREE_DISK_BYTES: '0' }
  const server = await createServerProcess(data, settings, { wrapper })
  context.after(async () => {
    await server.kill()
    await upstream.close()
  })
  await server.start()
  return { server, calls: upstream.calls }
}

function checkPaid(calls: ReadonlyMap<string, number>, proof: Proof): void {
  for (const [prompt, count] of calls) if (count > 1) proof.fail(`${prompt} was paid ${count} times`)
}

void test(`${ROUNDS} times a full disk`, { timeout: 1_200_000, skip: whyNoMounts() }, async (context) => {
  const proof = startProof(context, '19. full disk (tmpfs of 64 MB)')
  const disk = createSmallDisk(64)
  context.after(disk.remove)
  const { server, calls } = await startServer(context, join(disk.directory, 'data'))
  const random = createRandom(SEED)
  const fault = { server, hurt: () => disk.fill(random(400_000)), heal: disk.empty }
  const notes = await prove(fault, proof)
  checkPaid(calls, proof)
  proof.end(notes)
})

void test(
  `${ROUNDS} times a folder of images that turned read-only`,
  { timeout: 1_200_000, skip: whyNoMounts() },
  async (context) => {
    const proof = startProof(context, '19. read-only folder (bind mount)')
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-readonly-'))
    const folder = createSwitch(join(directory, 'blobs'))
    context.after(() => {
      folder.remove()
      rmSync(directory, { recursive: true, force: true })
    })
    const { server, calls } = await startServer(context, directory)
    const turn = (mode: 'ro' | 'rw') => until(`the folder is ${mode}`, () => folder.set(mode))
    const notes = await prove({ server, hurt: () => turn('ro'), heal: () => turn('rw') }, proof)
    checkPaid(calls, proof)
    proof.end(notes)
  },
)

const whyNoStrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0 ? false : 'no strace'

void test(
  'syncs that fail with EIO now and then',
  { timeout: 1_200_000, skip: whyNoStrace },
  async (context) => {
    const proof = startProof(context, '19. EIO from fdatasync (injected by strace)')
    const directory = mkdtempSync(join(tmpdir(), 'afterimage-eio-'))
    context.after(() => rmSync(directory, { recursive: true, force: true }))
    mkdirSync(join(directory, 'data'))
    const inject = 'inject=fdatasync:error=EIO:when=9+4'
    const wrapper = ['strace', '-D', '-f', '-o', '/dev/null', '-e', 'trace=fdatasync', '-e', inject]
    const { server, calls } = await startServer(context, join(directory, 'data'), wrapper)
    const notes = await prove({ server, hurt: () => undefined, heal: () => undefined }, proof)
    checkPaid(calls, proof)
    assert.ok(calls.size > 0)
    proof.end(notes)
  },
)
