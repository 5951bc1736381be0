/** Sixty-four large bodies at once, and ten thousand connections that say nothing: the server stays small. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { createCaller } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'
import { share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import { residentBytes, whyNoProc } from '../support/watch-process.ts'
import { until } from './scene.ts'

const MIB = 1024 * 1024
const BODIES = 64
const BODY_BYTES = 10 * MIB
const MAX_BODIES_BYTES = 400 * MIB
const IDLE = share(2000, 10_000)
const MAX_IDLE_BYTES = 20 * 1024
/** So that the queue of new connections, which is a few hundred long, never overflows. */
const AT_ONCE = 200

async function start(context: TestContext): Promise<ServerProcess> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-memory-'))
  const server = await createServerProcess(directory)
  context.after(async () => {
    await server.kill()
    rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  return server
}

void test(`${BODIES} bodies of 10 MB at once`, { timeout: 600_000, skip: whyNoProc() }, async (context) => {
  const proof = startProof(context, '21. memory under large bodies')
  const server = await start(context)
  const call = createCaller(server.url, server.apiKey)
  const picture = Buffer.concat([readFileSync(photoPath('cat')), Buffer.alloc((BODY_BYTES * 3) / 4)])
  const body = JSON.stringify({ prompt: 'invert it', image_url: picture.toString('base64') })
  const headers = { 'content-type': 'application/json' }
  const statuses = new Map<number, number>()
  const answers = Array.from({ length: BODIES }, async () => {
    proof.try()
    const { status } = await call('/generate/image/afterimage/edit', { method: 'POST', body, headers })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (![200, 429, 503].includes(status)) proof.fail(`answered ${status}`)
  })
  await Promise.all(answers)
  const peak = residentBytes(server.pid(), 'VmHWM')
  if (peak > MAX_BODIES_BYTES) proof.fail(`the server held ${Math.round(peak / MIB)} MB`)
  const { status } = await call('/jobs')
  if (status !== 200) proof.fail(`afterwards ${status}`)
  proof.end(`${JSON.stringify(Object.fromEntries(statuses))}, peak ${Math.round(peak / MIB)} MB`)
})

void test(
  `${IDLE} connections that say nothing more`,
  { timeout: 600_000, skip: whyNoProc() },
  async (context) => {
    const proof = startProof(context, '21. memory of idle connections')
    const server = await start(context)
    const call = createCaller(server.url, server.apiKey)
    for (let n = 0; n < 500; n += 1) await call('/healthz')
    const before = residentBytes(server.pid(), 'VmRSS')
    const sockets: Socket[] = []
    let answered = 0
    const open = (): void => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.on('error', (error) => proof.fail(String(error)))
      socket.once('data', () => (answered += 1))
      socket.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
      sockets.push(socket)
    }
    while (sockets.length < IDLE) {
      for (let n = 0; n < AT_ONCE; n += 1) open()
      await until('they are answered', () => answered === sockets.length)
    }
    proof.try(IDLE)
    const each = (residentBytes(server.pid(), 'VmRSS') - before) / IDLE
    if (each > MAX_IDLE_BYTES) proof.fail(`each takes ${Math.round(each)} bytes`)
    if ((await call('/jobs')).status !== 200) proof.fail('another caller is not served')
    for (const socket of sockets) socket.destroy()
    proof.end(`${Math.round(each)} bytes a connection`)
  },
)
