/** Bodies that are small on the wire and large in memory, or that never end. */
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { createCaller } from '../support/app.ts'
import { startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { residentBytes, whyNoProc } from '../support/watch-process.ts'

const MIB = 1024 * 1024
const MAX_BYTES = 512 * MIB
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
function raw(head: readonly string[], more: (write: (chunk: string) => boolean) => void): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    let answer = ''
    socket.on('error', () => undefined)
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

async function post(body: Uint8Array | string, headers: Record<string, string> = {}): Promise<number> {
  const call = createCaller(server.url, server.apiKey)
  const all = { 'content-type': 'application/json', ...headers }
  return (await call(EDIT, { method: 'POST', body: Buffer.from(body), headers: all })).status
}

const thousandfold = Buffer.from(JSON.stringify({ prompt: ' '.repeat(30 * MIB) }))
const BODIES: Readonly<Record<string, Bomb>> = {
  'gzip of 30 MB': () => post(gzipSync(thousandfold), { 'content-encoding': 'gzip' }),
  'brotli of 30 MB': () =>
    post(brotliCompressSync(thousandfold.subarray(0, 4 * MIB)), { 'content-encoding': 'br' }),
  'arrays 100,000 deep': () => post('['.repeat(100_000)),
  'closed arrays 100,000 deep': () => post('['.repeat(100_000) + ']'.repeat(100_000)),
  'objects 100,000 deep': () => post('{"a":'.repeat(100_000)),
  'a million keys': () => post(`{${Array.from({ length: 1_000_000 }, (_, n) => `"k${n}":0`).join(',')}}`),
  'a million empty objects': () => post(`[${'{},'.repeat(999_999)}{}]`),
  'a number of a million digits': () => post(`{"prompt":${'9'.repeat(1_000_000)}}`),
  'a length of 10 GB': () => raw([JSON_TYPE, 'Content-Length: 10737418240'], () => undefined),
  'chunks without end': () =>
    raw([JSON_TYPE, 'Transfer-Encoding: chunked'], (write) => {
      const chunk = `10000\r\n${' '.repeat(0x1_0000)}\r\n`
      while (write(chunk));
    }),
}

void describe('bombs', { skip: whyNoProc() }, () => {
  void test('bodies are refused', { timeout: 600_000 }, async (context) => {
    const proof = startProof(context, '5. body bombs')
    for (const [name, send] of Object.entries(BODIES)) {
      proof.try()
      const before = performance.now()
      const answer = String(await send())
      const status = Number(/\b(4\d\d)\b/u.exec(answer)?.[1] ?? 0)
      context.diagnostic(`${name}: ${answer}, ${Math.round(performance.now() - before)} ms`)
      if (status < 400 || status >= 500) proof.fail(`${name}: ${answer}`)
    }
    const peak = residentBytes(server.pid(), 'VmHWM')
    if (peak > MAX_BYTES) proof.fail(`the server held ${Math.round(peak / MIB)} MB`)
    proof.end(`server's peak ${Math.round(peak / MIB)} MB`)
  })
})
