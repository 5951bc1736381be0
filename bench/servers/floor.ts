/**
 * The least that any server must do for the same work, with nothing around it: node:http, node:sqlite, files.
 * `node bench/servers/floor.ts FOLDER`. Routes: POST /discard (receive only), POST /accept (decode, hash, durable
 * file, durable row), POST /flow (durable row, durable result, two more commits), GET /job (one row as JSON).
 */
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AddressInfo } from 'node:net'

const directory = process.argv[2] ?? ''
mkdirSync(directory, { recursive: true })
const database = new DatabaseSync(join(directory, 'floor.sqlite'))
database.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS jobs (id TEXT PRIMARY KEY, status TEXT, body TEXT)',
)
const insert = database.prepare('INSERT INTO jobs VALUES (?, ?, ?)')
const update = database.prepare('UPDATE jobs SET status = ? WHERE id = ?')
const select = database.prepare('SELECT * FROM jobs WHERE id = ?')

async function receive(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

async function storeFile(bytes: Uint8Array): Promise<string> {
  const name = randomUUID()
  const file = await open(join(directory, `${name}.tmp`), 'wx')
  await file.writeFile(bytes)
  await file.datasync()
  await file.close()
  await rename(join(directory, `${name}.tmp`), join(directory, name))
  const folder = await open(directory, 'r')
  await folder.sync()
  await folder.close()
  return name
}

async function accept(request: IncomingMessage): Promise<string> {
  const body = await receive(request)
  const start = body.indexOf('base64,') + 7
  const image = Buffer.from(body.toString('latin1', start, body.indexOf('"', start)), 'base64')
  const hash = createHash('sha256').update(image).digest('hex')
  const name = await storeFile(image)
  const id = randomUUID()
  insert.run(id, 'queued', JSON.stringify({ name, hash }))
  return JSON.stringify({ job_id: id, status: 'queued' })
}

async function flow(request: IncomingMessage): Promise<string> {
  const body = JSON.parse((await receive(request)).toString('utf8')) as { prompt: string }
  const id = randomUUID()
  insert.run(id, 'queued', JSON.stringify(body))
  setImmediate(() => void run(id))
  return JSON.stringify({ job_id: id, status: 'queued' })
}

async function run(id: string): Promise<void> {
  update.run('processing', id)
  await storeFile(Buffer.alloc(80))
  update.run('completed', id)
}

const ROUTES: Readonly<Record<string, (request: IncomingMessage) => Promise<string>>> = {
  'POST /discard': async (request) => {
    for await (const chunk of request) void chunk
    return '{"status":"queued"}'
  },
  'POST /accept': accept,
  'POST /flow': flow,
}

const server = createServer((request, response) => {
  const answer = async (): Promise<string> => {
    const route = ROUTES[`${request.method} ${request.url}`]
    if (route !== undefined) return route(request)
    return JSON.stringify(select.get(request.url?.slice(6) ?? '') ?? null)
  }
  answer().then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    () => response.writeHead(500).end(),
  )
})
server.listen(0, '127.0.0.1', () =>
  console.log(
    JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, apiKey: '' }),
  ),
)
