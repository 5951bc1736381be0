/** A server that may die at any moment, with everything around it that must not notice: clients, a paid vendor, a receiver. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { CountingUpstream } from '../support/counting-upstream.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import { createPngBomb } from '../support/png.ts'
import type { OwnPostgres } from '../support/postgres.ts'
import { startPostgres } from '../support/postgres.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'
import { RECEIVER_HOST, startWebhookReceiver } from '../support/webhook-receiver.ts'

export type Database = 'SQLite' | 'Postgres'
/** `paid` calls the vendor, `local` makes pixels here. */
export type Kind = 'paid' | 'local'

/** A request and what its sender knows; without an id its answer never came. */
export type Sent = { kind: Kind; key: string; prompt: string; jobId: string | null; createdAt: string | null }

export type WireJob = {
  job_id: string
  status: string
  created_at: string
  completed_at: string | null
  result: { urls?: string[] }
  error?: { code: string; message: string }
  attempts: { outcome: string | null }[]
}

export type Scene = {
  server: ServerProcess
  upstream: CountingUpstream
  receiver: WebhookReceiver
  /** Null on SQLite. */
  postgres: OwnPostgres | null
  directory: string
  newRequest: (kind: Kind) => Sent
  /** Sends it; a lost answer leaves it as it is, and it may be sent again. */
  send: (request: Sent) => Promise<void>
  /** All jobs; throws while the server is down. */
  listJobs: () => Promise<WireJob[]>
  /** The newest hundred. */
  listNewest: () => Promise<WireJob[]>
}

const PROGRAM = fileURLToPath(new URL('../support/chaos-server.ts', import.meta.url))
const PICTURE = `data:image/png;base64,${createPngBomb(48, 'rgb8').toString('base64')}`
const PATHS: Readonly<Record<Kind, string>> = {
  paid: '/generate/image/openai/gpt-image-2',
  local: '/generate/image/afterimage/edit',
}
const ANSWER_MS = 10_000
const PAGE = 1000

export type SceneOptions = {
  /** Instead of a new one; whoever made it removes it. */
  directory?: string
  settings?: Readonly<Record<string, string>>
  /** `afterimage serve` itself, without failpoints. */
  isReal?: boolean
  /** How long the vendor paints, in milliseconds. */
  answerAfterMs?: number
}

/** Started, and gone with the test. */
export async function startScene(
  context: TestContext,
  database: Database,
  options: SceneOptions = {},
): Promise<Scene> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'afterimage-chaos-'))
  const postgres = database === 'Postgres' ? await startPostgres() : null
  const upstream = await startCountingUpstream(options.answerAfterMs)
  const receiver = await startWebhookReceiver()
  const settings = {
    ...upstream.settings,
    AFTERIMAGE_ALLOW_PRIVATE_NETWORK: RECEIVER_HOST,
    AFTERIMAGE_MAX_PENDING_JOBS: '100000',
    ...options.settings,
  }
  const args = postgres === null ? [] : [await postgres.createDatabase()]
  const server = await createServerProcess(
    directory,
    settings,
    options.isReal === true ? {} : { program: PROGRAM, args },
  )
  context.after(async () => {
    await server.kill()
    await Promise.all([upstream.close(), receiver.close(), postgres?.stop()])
    if (options.directory === undefined) rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  const call = createCall(server)
  let count = 0
  return {
    server,
    upstream,
    receiver,
    postgres,
    directory,
    newRequest: (kind) => ({
      kind,
      key: crypto.randomUUID(),
      prompt: `make it slightly warmer ${(count += 1)}`,
      jobId: null,
      createdAt: null,
    }),
    send: async (request) => {
      const json = { prompt: request.prompt, ...sourceOf(request.kind) }
      const headers = { 'idempotency-key': request.key, 'x-webhook-url': `${receiver.url}/hook` }
      const job = (await call(PATHS[request.kind], { json, headers }).catch(() => null)) as WireJob | null
      if (job === null) return
      request.jobId = job.job_id
      request.createdAt = job.created_at
    },
    listNewest: async () => ((await call('/jobs?limit=100')) as { items: WireJob[] }).items,
    listJobs: async () => {
      const all: WireJob[] = []
      let cursor = ''
      for (;;) {
        const page = (await call(`/jobs?limit=${PAGE}${cursor}`)) as {
          items: WireJob[]
          next_cursor: string | null
        }
        all.push(...page.items)
        if (page.next_cursor === null || page.items.length === 0) return all
        cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
      }
    },
  }
}

function sourceOf(kind: Kind): object {
  return kind === 'local' ? { image_url: PICTURE } : { image_urls: [PICTURE] }
}

type Call = (path: string, more?: { json?: object; headers?: Record<string, string> }) => Promise<unknown>

/** Answers the body of a 200; everything else is thrown. */
function createCall(server: ServerProcess): Call {
  return async (path, { json, headers } = {}) => {
    const answer = await fetch(server.url + path, {
      method: json === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json', ...headers },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const body = await answer.text()
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${body.slice(0, 300)}`)
    return JSON.parse(body) as unknown
  }
}

/** Waits until something holds, which an event of another process cannot tell us; throws after `timeoutMs`. */
export async function until(
  what: string,
  holds: () => Promise<boolean> | boolean,
  timeoutMs = 180_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`)
    await sleep(25)
  }
}
