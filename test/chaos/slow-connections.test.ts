/** A thousand connections that send slowly, and a thousand that read slowly: all are cut, and others are served. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createCaller } from '../support/app.ts'
import { createKeyOf, measureNeighbour } from '../support/neighbour.ts'
import { photoPath } from '../support/pictures.ts'
import { share, startProof } from '../support/proof.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { SlowAttack } from '../support/slow-attacker.ts'
import { startSlowAttack } from '../support/slow-attacker.ts'
import { until } from './scene.ts'

const CONNECTIONS = share(300, 1000)
/** Connections of the callers that are served meanwhile; they come and go. */
const OWN_SOCKETS = 4
/** Limits are 5 s for a head, 30 s for a body, and as much for an answer nobody takes; a busy machine takes longer. */
const MAX_MS = 300_000

const directory = mkdtempSync(join(tmpdir(), 'afterimage-slow-'))
let server: ServerProcess
/** Path of a file that is larger than what a socket buffers. */
let file = ''
/** Key of another account. */
let token = ''

before(async () => {
  server = await createServerProcess(directory)
  await server.start()
  const form = new FormData()
  // Bytes behind the end of a picture are part of the file.
  const bytes = Buffer.concat([readFileSync(photoPath('cat')), Buffer.alloc(6_000_000)])
  form.append('file', new Blob([bytes], { type: 'image/jpeg' }), 'cat.jpg')
  const { status, body } = await createCaller(server.url, server.apiKey)('/assets', {
    body: form,
    method: 'POST',
  })
  assert.equal(status, 200)
  file = new URL(String(body['image_url'])).pathname
  token = await createKeyOf(server, 'other')
})
after(async () => {
  await server.kill()
  rmSync(directory, { recursive: true, force: true })
})

type Attack = Pick<SlowAttack, 'first' | 'drop' | 'isReader'>

/**
 * Sockets that the server holds. The attacker's own end does not tell: what nobody reads hides the end behind it.
 */
function countSockets(): number {
  const folder = `/proc/${server.pid()}/fd`
  return readdirSync(folder).filter((fd) => isSocket(join(folder, fd))).length
}

/** A descriptor may be closed while the list is read. */
function isSocket(path: string): boolean {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    return false
  }
}

/** Opens all connections, keeps them dripping, and answers how long the last one lived. */
async function attack(one: Attack): Promise<number> {
  const begun = performance.now()
  const before = countSockets()
  const port = Number(new URL(server.url).port)
  const { stop } = startSlowAttack({ ...one, port, connections: CONNECTIONS })
  try {
    // Some of those that were there before may have ended.
    const all = before + CONNECTIONS - OWN_SOCKETS
    await until('all of them are connected', () => countSockets() >= all)
    await until('all slow connections are cut', () => countSockets() <= before + OWN_SOCKETS, MAX_MS)
  } finally {
    await stop()
  }
  return performance.now() - begun
}

const ATTACKS: Readonly<Record<string, () => Attack>> = {
  'slow heads': () => ({
    first: 'GET /jobs HTTP/1.1\r\nHost: a\r\n',
    drop: 'X-A: b\r\n',
    isReader: false,
  }),
  'slow bodies': () => ({
    first: `POST /generate/image/afterimage/edit HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.apiKey}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"a":"`,
    drop: 'x',
    isReader: false,
  }),
  'slow readers': () => ({
    first: `GET ${file} HTTP/1.1\r\nHost: a\r\n\r\n`,
    drop: '',
    isReader: true,
  }),
}

void describe(
  'slow connections',
  { skip: existsSync('/proc/self/fd') ? false : 'no /proc: run it on Linux' },
  () => {
    for (const [name, make] of Object.entries(ATTACKS))
      void test(
        `${CONNECTIONS} ${name} are cut, and others are served`,
        { timeout: 600_000 },
        async (context) => {
          const proof = startProof(context, `9. ${name}`)
          proof.try(CONNECTIONS)
          const neighbour = await measureNeighbour(server, token)
          const lastMs = await neighbour.during(() => attack(make()))
          const seconds = Math.round(lastMs / 100) / 10
          proof.end(`the last was cut after ${seconds} s; ${neighbour.tell()}`)
        },
      )
  },
)
