/** Hostile pictures and addresses through the real server, as a process of its own whose memory is watched. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { deflateSync } from 'node:zlib'
import type { Corpus } from '../support/corpus.ts'
import { openCorpus } from '../support/corpus.ts'
import { share, startProof } from '../support/proof.ts'
import { createPngBomb, insertPngChunk, pngChunk } from '../support/png.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'

const MAX_SERVER_BYTES = 512 * 1024 ** 2
const MAX_REFUSAL_MS = 10_000
const CORPUS_FILES = share(300, 1807)
const MIB = 1024 ** 2
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

/** A PNG that says it is `side` wide and holds next to nothing. */
function hollowPng(side: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', deflateSync(Buffer.alloc(100))),
    pngChunk('IEND', Buffer.alloc(0)),
  ])
}

/** A directory of `entries` tags, all of them nonsense. */
function tiffOfTags(entries: number): Buffer {
  const head = Buffer.from([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0, 0])
  head.writeUInt16LE(entries, 8)
  return Buffer.concat([head, Buffer.alloc(entries * 12, 1), Buffer.alloc(4)])
}

/** A HEIF `meta` box whose item table claims `items` items. */
function heicOfItems(items: number): Buffer {
  const box = (type: string, ...parts: readonly Uint8Array[]): Buffer => {
    const content = Buffer.concat(parts)
    const head = Buffer.alloc(8)
    head.writeUInt32BE(content.length + 8, 0)
    head.write(type, 4, 'latin1')
    return Buffer.concat([head, content])
  }
  const count = Buffer.alloc(8)
  count[0] = 1
  count.writeUInt32BE(items, 4)
  const entry = box('infe', Buffer.from([2, 0, 0, 0, 0, 1, 0, 0]), Buffer.from('hvc1\0', 'latin1'))
  const table = box('iinf', count, ...Array.from({ length: items }, () => entry))
  return Buffer.concat([
    box('ftyp', Buffer.from('heic\0\0\0\0heicmif1', 'latin1')),
    box('meta', Buffer.alloc(4), table),
  ])
}

function gifOfFrames(frames: number): Buffer {
  const frame = Buffer.from([0x2c, 0, 0, 0, 0, 0xff, 0x3f, 0xff, 0x3f, 0, 2, 2, 0x4c, 1, 0])
  const screen = Buffer.from([0xff, 0x3f, 0xff, 0x3f, 0x80, 0, 0, 0, 0, 0, 255, 255, 255])
  const frameList = Array.from({ length: frames }, () => frame)
  return Buffer.concat([Buffer.from('GIF89a'), screen, ...frameList, Buffer.from([0x3b])])
}

/** A good progressive-looking JPEG head with a thousand scans behind it. */
function jpegOfScans(scans: number): Buffer {
  const segment = (marker: number, ...content: readonly number[]): Buffer =>
    Buffer.from([0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 255, ...content])
  const frame = segment(0xc2, 8, 0x13, 0x88, 0x13, 0x88, 1, 1, 0x11, 0)
  const quantisation = segment(0xdb, 0, ...Array.from({ length: 64 }, () => 1))
  const huffman = segment(0xc4, 0, 1, ...Array.from({ length: 15 }, () => 0), 0)
  const scan = Buffer.concat([segment(0xda, 1, 1, 0, 0, 0, 0), Buffer.from([0])])
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    quantisation,
    frame,
    huffman,
    ...Array.from({ length: scans }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ])
}

const SVG_BOMB = `<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">${Array.from({ length: 20 }, (_, n) => `<!ENTITY ${String.fromCodePoint(98 + n)} "${`&${String.fromCodePoint(97 + n)};`.repeat(10)}">`).join('')}]><svg xmlns="http://www.w3.org/2000/svg" width="9000000" height="9000000"><image href="file:///etc/passwd"/><text>&u;</text></svg>`

const small = createPngBomb(32, 'rgb8')
const inflated = deflateSync(Buffer.alloc(300 * MIB), { level: 9 })
const profileHead = Buffer.from('bomb\0\0', 'latin1')

/** `mayComplete` where a picture may come out, because what is hostile about it is ignored. */
const BOMBS: Readonly<Record<string, readonly [bytes: Uint8Array, mayComplete: boolean]>> = {
  '1-bit PNG of 30,000²': [createPngBomb(30_000, 'grey1'), false],
  '1-bit PNG of 60,000²': [createPngBomb(60_000, 'grey1'), false],
  'RGB PNG of 12,000²': [createPngBomb(12_000, 'rgb8'), false],
  'hollow PNG of 2³¹-1': [hollowPng(0x7fff_ffff), false],
  'hollow PNG of 7,000²': [hollowPng(7000), false],
  'PNG with 300 MB of profile': [insertPngChunk(small, 'iCCP', Buffer.concat([profileHead, inflated])), true],
  'PNG with 300 MB of text': [insertPngChunk(small, 'zTXt', Buffer.concat([profileHead, inflated])), true],
  'PNG and then a ZIP': [Buffer.concat([small, Buffer.from('PK\x03\x04'), Buffer.alloc(9999)]), true],
  'GIF of 16,383² with 300 frames': [gifOfFrames(300), false],
  'TIFF of 65,535 tags': [tiffOfTags(65_535), false],
  'HEIC of 100,000 items': [heicOfItems(100_000), false],
  'JPEG of 1,000 scans': [jpegOfScans(1000), true],
  'SVG of a billion laughs': [Buffer.from(SVG_BOMB), false],
  'PDF as PNG': [Buffer.from(`%PDF-1.7${' '.repeat(999)}`), false],
  'HTML as PNG': [Buffer.from(`<html><script>alert(1)</script>${' '.repeat(999)}`), false],
}

void describe('hostile pictures', () => {
  void test('bombs end refused or failed with a reason, in time and within memory', async (context) => {
    const proof = startProof(context, '5. picture bombs')
    const slow: string[] = []
    for (const [name, [bytes, mayComplete]] of Object.entries(BOMBS)) {
      const started = performance.now()
      const outcome = await run(bytes)
      const ms = Math.round(performance.now() - started)
      context.diagnostic(`${name} (${bytes.length} bytes): ${outcome}, ${ms} ms`)
      const isRefused = /^422 input_|^failed (?:input_|out_of_memory|engine_timeout)/u.test(outcome)
      assert.ok(isRefused || (mayComplete && outcome === 'completed'), `${name}: ${outcome}`)
      if (ms > MAX_REFUSAL_MS) slow.push(`${name}: ${ms} ms`)
      const uploaded = await upload(Uint8Array.from(bytes))
      assert.ok(uploaded.status === 200 || uploaded.status === 422, `${name}: ${uploaded.status}`)
    }
    assert.deepEqual(slow, [])
    assert.ok(peakBytes < MAX_SERVER_BYTES, `the server held ${Math.round(peakBytes / MIB)} MB`)
    proof.try(Object.keys(BOMBS).length)
    proof.end(`server's peak ${Math.round(peakBytes / MIB)} MB`)
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
