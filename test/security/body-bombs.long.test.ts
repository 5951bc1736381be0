/** Bodies that are small on the wire and large in memory, or that never end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { createCaller } from '../support/app.ts'
import { createKeyOf, measureNeighbour } from '../support/neighbour.ts'
import { share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { residentBytes, resetPeak, whyNoProc } from '../support/watch-process.ts'

const MIB = 1024 * 1024
const MAX_BYTES = 512 * MIB
const MAX_GROWTH_MB = 64
/** Each takes a moment only, and another caller's percentile needs some hundred answers. */
const ROUNDS = share(5, 20)
const EDIT = '/generate/image/afterimage/edit'
const directory = mkdtempSync(join(tmpdir(), 'afterimage-bombs-'))
let server: ServerProcess

before(async () => {
  server = await createServerProcess(directory, { AFTERIMAGE_COMPAT: 'lenient' })
  await server.start()
})
after(async () => {
  await server.kill()
  rmSync(directory, { recursive: true, force: true })
})

/** Sends a head and whatever more, and answers the status line; the connection is closed by us after it. */
function raw(head: readonly string[], more: (write: (chunk: Buffer) => boolean) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let answer = ''
    // Whoever sends on after the answer is reset in the end, and a reset takes an answer away that was not read yet.
    socket.on('error', ({ code }: NodeJS.ErrnoException) => (answer ||= `cut off: ${code}`))
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      socket.destroy()
    })
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''))
    const lines = [`POST ${EDIT} HTTP/1.1`, 'Host: a', `Authorization: Bearer ${server.apiKey}`, ...head]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    const pump = (): void => more((chunk) => !socket.destroyed && socket.write(chunk))
    socket.on('drain', pump)
    pump()
  })
}

const JSON_TYPE = 'Content-Type: application/json'
type Bomb = () => Promise<string | number>

/** The bytes exist before anybody is measured: making them keeps this process from asking. */
function post(body: Uint8Array | string, headers: Record<string, string> = {}): Bomb {
  const bytes = Buffer.from(body)
  const all = { 'content-type': 'application/json', ...headers }
  return async () => {
    const call = createCaller(server.url, server.apiKey)
    return (await call(EDIT, { method: 'POST', body: bytes, headers: all })).status
  }
}

const thousandfold = Buffer.from(JSON.stringify({ prompt: ' '.repeat(30 * MIB) }))
const endless = Buffer.from(`10000\r\n${' '.repeat(0x1_0000)}\r\n`)
const ENDLESS = 'chunks without end'
const BODIES: Readonly<Record<string, Bomb>> = {
  'gzip of 30 MB': post(gzipSync(thousandfold), { 'content-encoding': 'gzip' }),
  'brotli of 4 MB': post(brotliCompressSync(thousandfold.subarray(0, 4 * MIB)), { 'content-encoding': 'br' }),
  'arrays 100,000 deep': post('['.repeat(100_000)),
  'closed arrays 100,000 deep': post('['.repeat(100_000) + ']'.repeat(100_000)),
  'objects 100,000 deep': post('{"a":'.repeat(100_000)),
  'a million keys': post(`{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":0`).join(',')}}`),
  'a million empty objects': post(`[${'{},'.repeat(999_999)}{}]`),
  'a number of a million digits': post(`{"prompt":${'9'.repeat(1_000_000)}}`),
  'a length of 10 GB': () => raw([JSON_TYPE, 'Content-Length: 10737418240'], () => undefined),
  [ENDLESS]: () =>
    raw([JSON_TYPE, 'Transfer-Encoding: chunked'], (write) => {
      while (write(endless));
    }),
}

void describe('bombs', { skip: whyNoProc() }, () => {
  void test('bodies are refused', { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '5. body bombs')
    const neighbour = await measureNeighbour(server, await createKeyOf(server, 'other'))
    const growths: Record<string, number> = {}
    let peak = 0
    await neighbour.during(async () => {
      const rounds = Array.from({ length: ROUNDS }, () => Object.entries(BODIES)).flat()
      for (const [name, send] of rounds) {
        proof.try()
        const begun = performance.now()
        const before = residentBytes(server.pid(), 'VmRSS')
        resetPeak(server.pid())
        const answer = String(await send())
        const status = Number(/\b(4\d\d)\b/u.exec(answer)?.[1] ?? 0)
        const most = residentBytes(server.pid(), 'VmHWM')
        peak = Math.max(peak, most)
        growths[name] = Math.max(growths[name] ?? 0, Math.round((most - before) / MIB))
        const ms = Math.round(performance.now() - begun)
        context.diagnostic(`${name}: ${answer}, ${ms} ms, ${growths[name]} MB`)
        const isCutOff = name === ENDLESS && /^cut off: (?:ECONNRESET|EPIPE)$/u.test(answer)
        if (!isCutOff && (status < 400 || status >= 500)) proof.fail(`${name}: ${answer}`)
      }
    })
    if (peak > MAX_BYTES) proof.fail(`the server held ${Math.round(peak / MIB)} MB`)
    const { [ENDLESS]: endlessMb, ...others } = growths
    const most = Math.max(...Object.values(others))
    if (most > MAX_GROWTH_MB) proof.fail(`the server grew by ${most} MB`)
    // That one is taken in up to the largest body that is allowed, which is more than the goal of 64 MB.
    proof.end(`grew by ${most} MB at most, by ${endlessMb} MB of chunks without end; ${neighbour.tell()}`)
  })
})
