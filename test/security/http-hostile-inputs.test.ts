/** Hostile pictures and addresses through the real server, as a process of its own whose memory is watched. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Corpus } from '../support/corpus.ts'
import { openCorpus } from '../support/corpus.ts'
import { share, startProof } from '../support/proof.ts'
import { createKeyOf, measureNeighbour } from '../support/neighbour.ts'
import { createPictureBombs } from '../support/picture-bombs.ts'
import { createPngBomb } from '../support/png.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { residentBytes, resetPeak, whyNoProc } from '../support/watch-process.ts'

const MAX_SERVER_BYTES = 512 * 1024 ** 2
/** What it takes is told; this only finds what hangs, on a machine that is busy with other things too. */
const MAX_REFUSAL_MS = 60_000
const CORPUS_FILES = share(300, 1807)
const MAX_GROWTH_BYTES = 64 * 1024 ** 2
const MIB = 1024 ** 2
const small = createPngBomb(32, 'rgb8')
const EDIT = '/generate/image/afterimage/edit'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-hostile-'))
let server: ServerProcess
let corpus: Corpus | null = null
let canary: Server
let canaryPort = 0
let touched = 0
let peakBytes = 0

before(async () => {
  server = await createServerProcess(directory, { AFTERIMAGE_COMPAT: 'lenient' })
  await server.start()
  corpus = openCorpus()
  canary = createServer((socket) => {
    touched += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => canary.listen(0, '0.0.0.0', resolve))
  canaryPort = (canary.address() as AddressInfo).port
})
after(async () => {
  await server.kill('SIGTERM')
  canary.close()
  corpus?.dispose()
  rmSync(directory, { recursive: true, force: true })
})

type Answer = { status: number; body: Record<string, unknown> }

async function call(path: string, json?: unknown, body?: FormData): Promise<Answer> {
  const answer = await fetch(server.url + path, {
    method: json === undefined && body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? (json === undefined ? {} : { body: JSON.stringify(json) }) : { body }),
  })
  const text = await answer.text()
  notePeak()
  return { status: answer.status, body: JSON.parse(text) as Record<string, unknown> }
}

function upload(bytes: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const form = new FormData()
  form.append('file', new Blob([bytes]), 'x.png')
  return call('/assets', undefined, form)
}

/** The high-water mark of the server's memory; on other systems than Linux there is none to read. */
function notePeak(): void {
  if (process.platform !== 'linux') return
  const status = readFileSync(`/proc/${server.pid()}/status`, 'utf8')
  peakBytes = Math.max(peakBytes, Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1] ?? 0) * 1024)
}

/** Megabytes by which the server has been larger than now; 0 where the system does not tell. */
function watchGrowth(): () => number {
  if (whyNoProc() !== false) return () => 0
  const before = residentBytes(server.pid(), 'VmRSS')
  resetPeak(server.pid())
  return () => Math.max(0, Math.round((residentBytes(server.pid(), 'VmHWM') - before) / MIB))
}

async function settle(id: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    const { body } = await call(`/jobs/${String(id)}?wait=20`)
    if (['completed', 'failed', 'cancelled'].includes(String(body['status']))) return body
  }
}

/** A job of the picture: refused, failed with a reason, or completed. */
async function run(bytes: Uint8Array): Promise<string> {
  const json = { image_url: Buffer.from(bytes).toString('base64'), prompt: 'make it darker' }
  const { status, body } = await call(EDIT, json)
  if (status !== 200) return `${status} ${String(body['code'])}`
  const job = await settle(body['job_id'])
  const error = job['error'] as { code: string } | undefined
  return error === undefined ? String(job['status']) : `failed ${error.code}`
}

void describe('hostile pictures', () => {
  void test('bombs end refused or failed with a reason, in time and within memory', async (context) => {
    const proof = startProof(context, '5. picture bombs')
    const bombs = Object.entries(await createPictureBombs())
    // The first pictures of a process cost it more than any later one.
    for (let n = 0; n < 10; n += 1) assert.equal(await run(small), 'completed')
    const neighbour = await measureNeighbour(server, await createKeyOf(server, 'other'))
    const growth = watchGrowth()
    const times: number[] = []
    await neighbour.during(async () => {
      for (const [name, { bytes, mayComplete }] of bombs) {
        proof.try()
        const started = performance.now()
        const outcome = await run(bytes)
        const ms = Math.round(performance.now() - started)
        times.push(ms)
        context.diagnostic(`${name} (${bytes.length} bytes): ${outcome}, ${ms} ms, ${growth()} MB`)
        const isRefused = /^422 input_|^failed (?:input_|out_of_memory|engine_timeout)/u.test(outcome)
        if (!isRefused && !(mayComplete && outcome === 'completed')) proof.fail(`${name}: ${outcome}`)
        if (ms > MAX_REFUSAL_MS) proof.fail(`${name}: ${ms} ms`)
        const uploaded = await upload(Uint8Array.from(bytes))
        if (uploaded.status !== 200 && uploaded.status !== 422)
          proof.fail(`${name} as an upload: ${uploaded.status}`)
      }
    })
    if (growth() > MAX_GROWTH_BYTES / MIB) proof.fail(`the server grew by ${growth()} MB`)
    assert.ok(peakBytes < MAX_SERVER_BYTES, `the server held ${Math.round(peakBytes / MIB)} MB`)
    proof.end(`grew by ${growth()} MB at most, slowest ${Math.max(...times)} ms; ${neighbour.tell()}`)
  })

  void test(`${CORPUS_FILES} files of the corpus through upload and submit never make a 5xx`, async (context) => {
    if (corpus === null) {
      context.skip('no corpus')
      return
    }
    const proof = startProof(context, '4. the public corpus through upload and submit')
    const step = Math.floor(corpus.files.length / CORPUS_FILES)
    const sample = corpus.files.filter((_, index) => index % step === 0).slice(0, CORPUS_FILES)
    const jobs: unknown[] = []
    const statuses = new Map<string, number>()
    const count = (outcome: string): void => void statuses.set(outcome, (statuses.get(outcome) ?? 0) + 1)
    for (const path of sample) {
      const bytes = readFileSync(path)
      const uploaded = await upload(Uint8Array.from(bytes))
      count(`upload ${uploaded.status}`)
      assert.ok(uploaded.status === 200 || uploaded.status === 422, `${path}: ${uploaded.status}`)
      const json = { image_url: bytes.toString('base64'), prompt: 'make it darker' }
      const { status, body } = await call(EDIT, json)
      count(`submit ${status}`)
      assert.ok(status === 200 || status === 422 || status === 400, `${path}: ${status}`)
      // The worker's decoder is tried with every fourth; the rest is the decoder's own test.
      if (status === 200 && jobs.length < 40) jobs.push(body['job_id'])
    }
    for (const id of jobs) {
      const job = await settle(id)
      const error = job['error'] as { code: string; message: string } | undefined
      count(`job ${error?.code ?? String(job['status'])}`)
      assert.ok(error === undefined || /^input_|^out_of_memory/u.test(error.code), JSON.stringify(error))
    }
    proof.try(sample.length)
    proof.end(JSON.stringify(Object.fromEntries(statuses)))
    assert.ok(peakBytes < MAX_SERVER_BYTES, `the server held ${Math.round(peakBytes / MIB)} MB`)
  })
})

void describe('hostile addresses', () => {
  const HOSTS = [
    '127.0.0.1',
    'localhost',
    'LOCALHOST',
    'localhost.',
    '127.1',
    '127.0.1',
    '0',
    '0.0.0.0',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.2',
    '127.255.255.254',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:0:0:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
  ] as const
  const FORMS = [
    (host: string) => `http://${host}:${canaryPort}/x.png`,
    (host: string) => `https://${host}:${canaryPort}/x.png`,
    (host: string) => `http://public.example@${host}:${canaryPort}/x.png`,
    (host: string) => `HTTP:\\\\${host}:${canaryPort}\\x.png`,
  ]
  const OTHERS = [
    'file:///etc/passwd',
    'gopher://127.0.0.1:6379/_x',
    'ftp://127.0.0.1/',
    'dict://127.0.0.1:1/',
    'http://',
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1%25eth0]/',
    'jar:http://127.0.0.1!/',
    'blob:http://127.0.0.1/',
    '//127.0.0.1/x',
  ]

  void test('no entry that takes a URL reaches a private address', async (context) => {
    const urls = [...HOSTS.flatMap((host) => FORMS.map((form) => form(host))), ...OTHERS]
    const entries: readonly ((url: string) => Promise<Answer>)[] = [
      (url) => call(EDIT, { image_url: url, prompt: 'x' }),
      (url) =>
        call(EDIT, { image_url: small.toString('base64'), prompt: 'x', afterimage: { mask_url: url } }),
      (url) => call('/generate/image/google/nano-banana-pro', { image_urls: [url], prompt: 'x' }),
      (url) =>
        call(EDIT, {
          image_url: small.toString('base64'),
          prompt: 'x',
          style_images: [{ url, strength: 1 }],
        }),
      (url) => call('/assets', { url }),
    ]
    const proof = startProof(context, '8. SSRF at every entry')
    const guarded = entries.map(() => 0)
    for (const url of urls)
      for (const [index, entry] of entries.entries()) {
        const { status, body } = await entry(url)
        assert.ok(
          status === 422 || status === 400,
          `entry ${index}, ${url}: ${status} ${JSON.stringify(body)}`,
        )
        if (body['code'] === 'input_forbidden') guarded[index] = (guarded[index] ?? 0) + 1
        assert.doesNotMatch(String(body['message']), /ECONN|undici|node:/u)
      }
    proof.try(urls.length * entries.length)
    assert.equal(touched, 0)
    assert.ok(Math.min(...guarded) > 90, `refused by the guard: ${guarded.join(', ')}`)
    proof.end(`${urls.length} addresses, ${entries.length} entries`)
  })

  void test('the server still works', async () => {
    assert.equal(await run(small), 'completed')
  })
})
