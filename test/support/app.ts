/** The whole server for tests: real sockets, real files, its own data folder; nothing of the environment is read. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { toApiKey } from '../../src/app/api-keys.ts'
import type { App, AppOverrides } from '../../src/app.ts'
import { createApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import type { PhotoName } from './pictures.ts'
import { photoPath } from './pictures.ts'
import type { TestEngine } from './test-engine.ts'
import { createTestEngine } from './test-engine.ts'

export type TestAppOptions = AppOverrides & {
  /** `AFTERIMAGE_*` settings. */
  settings?: Readonly<Record<string, string>>
  /** The built-in engines instead of the test engine. */
  isEngineReal?: boolean
}

export type TestRequest = {
  method?: string
  headers?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  json?: unknown
  body?: RequestInit['body']
  /** API key; the first account's by default, null for none. */
  key?: string | null
}

export type TestAnswer = { status: number; headers: Headers; body: Record<string, unknown>; bytes: Buffer }

export type TestApp = {
  url: string
  app: App
  engine: TestEngine
  /** Keys of two accounts. */
  key: string
  otherKey: string
  directory: string
  call: (path: string, request?: TestRequest) => Promise<TestAnswer>
  /** Uploads a photograph, answers its asset. */
  upload: (photo?: PhotoName, key?: string) => Promise<Record<string, unknown>>
  /** Polls until the job is in a terminal state. */
  settle: (jobId: unknown) => Promise<Record<string, unknown>>
  stop: () => Promise<void>
}

const KEY = 'ak_first-account-0123456789'
const OTHER_KEY = '2f1c:second/account=0123456789'
const SETTLE_MS = 60_000

/** Starts a server on a free port; call `stop` when done. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { settings, isEngineReal, ...overrides } = options
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-app-'))
  const engine = createTestEngine()
  const config = readConfig({
    AFTERIMAGE_PORT: '0',
    AFTERIMAGE_DATA_DIR: join(directory, 'data'),
    AFTERIMAGE_API_KEY: KEY,
    AFTERIMAGE_SHUTDOWN_GRACE_SECONDS: '0',
    ...settings,
  })
  const engines = isEngineReal === true ? {} : { engines: [engine] }
  const app = await createApp(config, { logger: pino({ level: 'silent' }), ...engines, ...overrides })
  const { url } = await app.start()
  await app.state.createKey(toApiKey(OTHER_KEY, { accountId: 'other', name: 'other', now: 0 }))
  const call = createCaller(url)
  return {
    url,
    app,
    engine,
    key: KEY,
    otherKey: OTHER_KEY,
    directory,
    call,
    upload: async (photo = 'cat', key = KEY) =>
      (await call('/assets', { method: 'POST', body: form(photo), key })).body,
    settle: (jobId) => settle(call, String(jobId)),
    stop: async () => {
      engine.release()
      await app.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** A form with one photograph. */
export function form(photo: PhotoName = 'cat'): FormData {
  const data = new FormData()
  data.append('file', new Blob([readFileSync(photoPath(photo))], { type: 'image/jpeg' }), `${photo}.jpg`)
  return data
}

/** @param ownKey sent where a request names no other */
export function createCaller(url: string, ownKey: string = KEY): TestApp['call'] {
  return async (path, { method, headers, json, body, key = ownKey } = {}) => {
    const answer = await fetch(url + path, {
      method: method ?? (json === undefined && body === undefined ? 'GET' : 'POST'),
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...(body === undefined ? {} : { body }),
      redirect: 'manual',
    })
    const bytes = Buffer.from(await answer.arrayBuffer())
    return { status: answer.status, headers: answer.headers, bytes, body: readJson(answer, bytes) }
  }
}

function readJson({ headers }: Response, bytes: Buffer): Record<string, unknown> {
  const isJson = headers.get('content-type')?.startsWith('application/json') === true && bytes.length > 0
  return isJson ? (JSON.parse(bytes.toString('utf8')) as Record<string, unknown>) : {}
}

async function settle(call: TestApp['call'], jobId: string): Promise<Record<string, unknown>> {
  const deadline = performance.now() + SETTLE_MS
  for (;;) {
    const { body } = await call(`/jobs/${jobId}`)
    if (['completed', 'failed', 'cancelled'].includes(String(body['status']))) return body
    if (performance.now() > deadline) throw new Error(`job ${jobId} is still ${String(body['status'])}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
