/** `npm run emulators`, and a real server process pointed at them: what a developer without any key does. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createImageProbe } from '../../src/imaging/probe.ts'
import type { EmulatedId } from '../support/emulators/index.ts'
import { EMULATIONS } from '../support/emulators/index.ts'
import { photoPath } from '../support/pictures.ts'
import { runProgram } from '../support/run-program.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'

const SCRIPT = fileURLToPath(new URL('../../scripts/emulators.ts', import.meta.url))
const photo = `data:image/jpeg;base64,${readFileSync(photoPath('cat')).toString('base64')}`
const directory = mkdtempSync(join(tmpdir(), 'afterimage-emulators-'))
const envFile = join(directory, 'emulators.env')
const probe = createImageProbe()

type Json = Record<string, unknown>

/** A model of each engine, and what it needs beside a prompt. */
const JOBS: Readonly<Partial<Record<EmulatedId, readonly [path: string, body: Json]>>> = {
  ideogram: [
    'image/ideogram/ideogram-3',
    { width: 1024, height: 1024, style_images: [{ url: photo, strength: 1 }] },
  ],
  openai: ['image/openai/gpt-image-2', { image_urls: [photo] }],
  google: ['image/google/nano-banana-pro', { image_urls: [photo] }],
  bfl: ['image/bfl/flux-1-kontext-dev', { image_url: photo }],
  byteplus: [
    'image/bytedance/seedream-4',
    { width: 2048, height: 2048, style_images: [{ url: photo, strength: 1 }] },
  ],
  topaz: [
    'enhance/topaz/standard-enhance',
    { image_url: photo, width: 1280, height: 960, model: 'Standard V2' },
  ],
  runway: ['image/runway/gen-4-image', { reference_images: [{ url: photo, tag: 'cat' }] }],
  luma: ['image/luma/uni-1-edit', { image_url: photo }],
  dashscope: ['image/qwen/qwen-image-edit-plus', { image_urls: [photo] }],
  fal: ['image/google/nano-banana-pro', { image_urls: [photo] }],
  replicate: ['image/bfl/flux-1-dev', { image_url: photo }],
  krea: ['image/bfl/flux-1-dev', { image_url: photo }],
  comfyui: ['image/comfyui/qwen-edit', { image_url: photo }],
  sdcpp: ['image/local/sdcpp', { image_url: photo }],
  a1111: ['image/local/a1111', { image_url: photo }],
  'openai-compatible': ['image/local/kontext', { image_urls: [photo] }],
}

let emulators: ChildProcess
let [out, err] = ['', '']
let server: ServerProcess
let isServerUp = false

before(async () => {
  emulators = spawn(
    process.execPath,
    [SCRIPT, '--port', '0', '--out', envFile, '--fault', 'a1111=no_credit'],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const ready = Promise.withResolvers<void>()
  emulators.stdout?.on('data', (chunk) => (out += String(chunk)))
  emulators.stderr?.on('data', (chunk) => {
    err += String(chunk)
    if (err.includes('Ctrl-C ends them')) ready.resolve()
  })
  emulators.once('exit', () => ready.reject(new Error(`the emulators ended first:\n${err}`)))
  await ready.promise
  server = await createServerProcess(join(directory, 'data'), settings())
  await server.start()
  isServerUp = true
})
after(async () => {
  if (isServerUp) await server.kill()
  emulators.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
})

function settings(): Record<string, string> {
  const lines = readFileSync(envFile, 'utf8').trim().split('\n')
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}

async function call(path: string, json?: Json, headers: Record<string, string> = {}): Promise<Json> {
  const answer = await fetch(server.url + path, {
    method: json === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json', ...headers },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  const body = (await answer.json()) as Json
  assert.equal(answer.status, 200, JSON.stringify(body))
  return body
}

/** The job of an engine in its terminal state. */
async function run(engine: EmulatedId, prompt = 'make it a linocut'): Promise<Json> {
  const [path, body] = JOBS[engine] ?? ['', {}]
  const { job_id: id } = await call(
    `/generate/${path}`,
    { prompt, ...body },
    { 'x-afterimage-engine': engine },
  )
  for (;;) {
    const job = await call(`/jobs/${String(id)}?wait=20`)
    if (['completed', 'failed', 'cancelled'].includes(String(job['status']))) return job
  }
}

const controlUrl = (): string => /(http:\S+)\/faults\//u.exec(err)?.[1] ?? ''

async function control(method: string, path: string, json?: Json): Promise<{ status: number; body: Json }> {
  const answer = await fetch(controlUrl() + path, {
    method,
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  })
  return { status: answer.status, body: (await answer.json()) as Json }
}

async function postsOf(engine: EmulatedId): Promise<number> {
  const { emulators: all } = (await control('GET', '/')).body as {
    emulators: { engine: string; posts: number }[]
  }
  return all.find((entry) => entry.engine === engine)?.posts ?? Number.NaN
}

void describe('npm run emulators', () => {
  void test('prints the settings of every engine, to paste and as a file', () => {
    const names = Object.keys(settings())
    assert.ok(names.includes('OPENAI_API_KEY') && names.includes('AFTERIMAGE_COMFYUI_URL'))
    assert.deepEqual(
      out.trim().split('\n'),
      Object.entries(settings()).map(([name, value]) => `export ${name}=${value}`),
    )
  })

  void test('and every engine has a job below', () => {
    assert.deepEqual(Object.keys(JOBS).toSorted(), Object.keys(EMULATIONS).toSorted())
  })

  for (const engine of Object.keys(JOBS).filter((name) => name !== 'a1111') as EmulatedId[])
    void test(`a job of ${engine} is made there, by one call`, async () => {
      const job = await run(engine)
      assert.equal(job['status'], 'completed', JSON.stringify(job))
      assert.equal(job['engine'], engine)
      const [url = ''] = (job['result'] as { urls: string[] }).urls
      const bytes = Buffer.from(await (await fetch(url)).arrayBuffer())
      assert.ok(probe.probe(bytes).width > 0)
      assert.equal(await postsOf(engine), 1)
    })

  void test('a fault of a flag lasts', async () => {
    for (const _ of [1, 2]) assert.equal((await run('a1111'))['status'], 'failed')
  })

  void test('a fault of the control route comes as often as it says, and ends when it is taken back', async () => {
    const posts = await postsOf('openai')
    await control('PUT', '/faults/openai', { fault: 'refused', times: 1 })
    assert.equal(((await run('openai'))['error'] as Json)['code'], 'engine_rejected')
    assert.equal((await run('openai'))['status'], 'completed')
    await control('PUT', '/faults/all', { fault: 'dropped' })
    assert.equal(((await run('openai'))['error'] as Json)['code'], 'outcome_unknown')
    await control('DELETE', '/faults/all')
    assert.equal((await run('openai'))['status'], 'completed')
    assert.equal(await postsOf('openai'), posts + 4)
  })

  void test('a mistake is told with what is allowed', async () => {
    const wrong = await control('PUT', '/faults/openai', { fault: 'sulks' })
    assert.equal(wrong.status, 400)
    assert.ok((wrong.body['faults'] as string[]).includes('rate_limited'))
    const nobody = await control('PUT', '/faults/nobody', { fault: 'dropped' })
    assert.deepEqual([nobody.status, /openai/u.test(String(nobody.body['error']))], [404, true])
    assert.equal((await control('POST', '/faults/openai', { fault: 'dropped' })).status, 404)
    for (const [args, message] of [
      [['--fault', 'openai=sulks'], /--fault: found "sulks"; allowed: .*rate_limited/u],
      [['--only', 'nobody'], /--only: found "nobody"; allowed: openai/u],
      [['--port', '70000'], /--port 70000: expected/u],
      [['--prot', '1'], /--prot/u],
    ] as const) {
      const { code, output } = await runProgram([process.execPath, SCRIPT, ...args])
      assert.equal(code, 1)
      assert.match(output, message)
    }
  })

  void test('a port that is taken is named', async () => {
    const port = Number(new URL(controlUrl()).port)
    const { code, output } = await runProgram([
      process.execPath,
      SCRIPT,
      '--port',
      String(port),
      '--only',
      'openai',
    ])
    assert.equal(code, 1)
    // It opens several at once, all of them taken, and names the first that failed.
    const named = Number(/127\.0\.0\.1:(\d+); give another --port/u.exec(output)?.[1])
    assert.ok(named === port || named === port + 1, output)
  })

  void test('Ctrl-C ends all of them', async () => {
    const url = controlUrl()
    const gone = once(emulators, 'exit') as Promise<[number | null]>
    emulators.kill('SIGINT')
    assert.deepEqual((await gone)[0], 0)
    await assert.rejects(fetch(url))
  })
})
