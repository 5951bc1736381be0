/** One key is one job: a hundred at once, with another body, through kill -9, and until its day is over. */
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { KEPT_MS } from '../../src/core/idempotency.ts'
import type { TestAnswer } from '../support/app.ts'
import { createCaller } from '../support/app.ts'
import { createRandom } from '../support/mutants.ts'
import { createPngBomb } from '../support/png.ts'
import { share, startProof } from '../support/proof.ts'
import type { Proof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { until } from './scene.ts'

const SEED = Number(process.env['AFTERIMAGE_TEST_SEED'] ?? 20_261_125)
const ROUNDS = share(10, 50)
const KILLS = share(5, 50)
const TWINS = 100
/** Requests that are under way at each kill, each of them twice. */
const CUT = 10
const MINUTE_MS = 60_000
const SHIFT = fileURLToPath(new URL('../support/clock-shift.ts', import.meta.url))
const EDIT = '/generate/image/afterimage/edit'
const PICTURE = `data:image/png;base64,${createPngBomb(16, 'rgb8').toString('base64')}`

const directory = mkdtempSync(join(tmpdir(), 'afterimage-once-'))
const clockFile = join(directory, 'clock')
let server: ServerProcess
let count = 0

before(async () => {
  setClock(0)
  server = await createServerProcess(join(directory, 'data'), {
    NODE_OPTIONS: `--import=${SHIFT}`,
    AFTERIMAGE_TEST_CLOCK: clockFile,
    AFTERIMAGE_MAX_PENDING_JOBS: '100000',
  })
  await server.start()
})
after(async () => {
  await server.kill()
  rmSync(directory, { recursive: true, force: true })
})

/** The server looks at the file; half of it would be a wrong number. */
function setClock(offsetMs: number): void {
  writeFileSync(`${clockFile}.new`, `${offsetMs}\n`)
  renameSync(`${clockFile}.new`, clockFile)
}

type Request = { key: string; prompt: string; path: string }

function newRequest(): Request {
  count += 1
  return { key: crypto.randomUUID(), prompt: `make it warmer ${count}`, path: EDIT }
}

function send({ key, prompt, path }: Request): Promise<TestAnswer> {
  const json = { prompt, image_url: PICTURE }
  return createCaller(server.url, server.apiKey)(path, { json, headers: { 'idempotency-key': key } })
}

const idOf = ({ body }: TestAnswer): string => String(body['job_id'])
const isReplayed = ({ headers }: TestAnswer): boolean => headers.get('idempotent-replayed') === 'true'
const textOf = ({ status, bytes }: TestAnswer): string => `${status} ${bytes.toString('utf8')}`

async function countJobs(): Promise<number> {
  const call = createCaller(server.url, server.apiKey)
  let found = 0
  for (let cursor = ''; ;) {
    const { body } = await call(`/jobs?limit=1000${cursor}`)
    const { items, next_cursor: next } = body as { items: unknown[]; next_cursor: string | null }
    found += items.length
    if (next === null) return found
    cursor = `&cursor=${encodeURIComponent(next)}`
  }
}

async function expectJobs(expected: number, proof: Proof): Promise<void> {
  const found = await countJobs()
  if (found !== expected) proof.fail(`${found} jobs instead of ${expected}`)
}

/** Waits until the server's clock is where it was set: a file is no event for another process. */
async function untilClock(atMs: number): Promise<void> {
  await until('the server sees its clock', async () => {
    const { body } = await send(newRequest())
    return Math.abs(Date.parse(String(body['created_at'])) - atMs) < MINUTE_MS / 2
  })
}

void describe('one key is one job', () => {
  void test(`${TWINS} at once, ${ROUNDS} times`, { timeout: 1_200_000 }, async (context) => {
    const proof = startProof(context, `14. ${TWINS} at once under one key`)
    const before = await countJobs()
    for (let round = 0; round < ROUNDS; round += 1) {
      proof.try()
      const request = newRequest()
      const answers = await Promise.all(Array.from({ length: TWINS }, () => send(request)))
      const texts = new Set(answers.map(textOf))
      const replayed = answers.filter(isReplayed).length
      if (texts.size !== 1 || replayed !== TWINS - 1 || answers[0]?.status !== 200)
        proof.fail(`${request.prompt}: ${replayed} replayed, ${[...texts].join(' | ').slice(0, 500)}`)
    }
    await expectJobs(before + ROUNDS, proof)
    proof.end()
  })

  void test(`another body or path, ${ROUNDS} times`, { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '14. another body under a used key')
    const before = await countJobs()
    for (let round = 0; round < ROUNDS; round += 1) {
      proof.try()
      const request = newRequest()
      const other = { ...request, prompt: `${request.prompt}, but colder` }
      // At the same time one of the two bodies wins, and the other one is refused.
      const first = await Promise.all([request, ...(round % 2 === 0 ? [] : [other])].map(send))
      const [winner, loser] = first[0]?.status === 200 ? [request, other] : [other, request]
      const told = first.filter(({ status }) => status === 200).map(textOf)
      for (const wrong of [loser, { ...winner, path: '/generate/enhance/afterimage/upscale' }]) {
        const { status, body } = await send(wrong)
        if (status !== 422 || body['code'] !== 'idempotency_mismatch')
          proof.fail(`${wrong.path}: ${status} ${JSON.stringify(body).slice(0, 300)}`)
      }
      if (told.length !== 1 || told[0] !== textOf(await send(winner)))
        proof.fail(`${request.prompt}: ${first.map(textOf).join(' | ').slice(0, 600)}`)
    }
    await expectJobs(before + ROUNDS, proof)
    proof.end()
  })

  void test(`kill -9 while ${CUT} are under way, ${KILLS} times`, { timeout: 3_600_000 }, async (context) => {
    const proof = startProof(context, '14. replay after kill -9')
    const random = createRandom(SEED)
    const before = await countJobs()
    let [answered, cut] = [0, 0]
    for (let round = 0; round < KILLS; round += 1) {
      proof.try()
      const now = Array.from({ length: CUT }, newRequest)
      const answers = new Map<Request, string>()
      const deathAfter = random(CUT)
      const isTime = Promise.withResolvers<void>()
      if (deathAfter === 0) isTime.resolve()
      const sending = [...now, ...now].map(async (request) => {
        const answer = await send(request).catch(() => null)
        if (answer !== null) answers.set(request, textOf(answer))
        if (answers.size >= deathAfter) isTime.resolve()
      })
      await isTime.promise
      await server.kill()
      await Promise.all(sending)
      await server.start()
      answered += answers.size
      cut += CUT - answers.size
      for (const request of now) {
        const [one, two] = [await send(request), await send(request)].map(textOf)
        const told = answers.get(request) ?? one
        if (one?.startsWith('200 ') !== true || one !== two || one !== told)
          proof.fail(`${request.prompt}: ${[told, one, two].join(' | ').slice(0, 600)}`)
      }
    }
    await expectJobs(before + KILLS * CUT, proof)
    if (answered === 0 || cut === 0) proof.fail(`${answered} answered before a kill, ${cut} not`)
    proof.end(`${answered} answered before a kill, ${cut} not`)
  })

  void test(`the clock goes on for a day, ${ROUNDS} keys`, { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '14. a key lives 24 hours (preloaded clock)')
    const requests = Array.from({ length: ROUNDS }, newRequest)
    const begun = Date.now()
    const first = new Map<Request, string>()
    for (const request of requests) first.set(request, idOf(await send(request)))
    const lasted = Date.now() - begun
    setClock(KEPT_MS - lasted - 5 * MINUTE_MS)
    await untilClock(Date.now() + KEPT_MS - lasted - 5 * MINUTE_MS)
    for (const request of requests) {
      proof.try()
      const answer = await send(request)
      if (!isReplayed(answer) || idOf(answer) !== first.get(request))
        proof.fail(`${request.prompt}: forgotten before its time: ${textOf(answer).slice(0, 300)}`)
    }
    setClock(KEPT_MS)
    await untilClock(Date.now() + KEPT_MS)
    for (const request of requests) {
      const [next, again] = [await send(request), await send(request)]
      if (isReplayed(next) || next.status !== 200 || idOf(next) === first.get(request))
        proof.fail(`${request.prompt}: kept too long: ${textOf(next).slice(0, 300)}`)
      if (!isReplayed(again) || textOf(again) !== textOf(next)) proof.fail(`${request.prompt}: not kept anew`)
    }
    setClock(0)
    proof.end()
  })
})
