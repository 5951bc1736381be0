/** The real server as a process of its own: `afterimage serve`, started, killed and started again. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const READY_MS = 30_000

export type ServerProcess = {
  url: string
  apiKey: string
  /** Starts the process and resolves when it answers `/readyz`; answers the milliseconds that took. */
  start: () => Promise<number>
  /** SIGKILL by default; resolves when the process is gone. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  isRunning: () => boolean
  pid: () => number | null
  /** Everything the processes printed, for the message of a failed test. */
  output: () => string
}

export type WorkerChild = {
  /** When it has opened the database and runs jobs; rejects when it ends before. */
  ready: Promise<void>
  /** Sends the signal; the exit code, or null when the signal killed it. */
  end: (signal: NodeJS.Signals) => Promise<number | null>
  output: () => string
}

/** `afterimage worker` as a process of its own. @param environment as for the server */
export function startWorkerProcess(
  dataDirectory: string,
  environment: Readonly<Record<string, string>>,
): WorkerChild {
  const child = spawn(process.execPath, [MAIN, 'worker'], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AFTERIMAGE_DATA_DIR: dataDirectory,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const gone = once(child, 'exit') as Promise<[number | null]>
  const ready = new Promise<void>((resolve, reject) => {
    const read = (chunk: unknown): void => {
      output += String(chunk)
      if (output.includes('runs jobs')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void gone.then(() => reject(new Error(`the worker ended first:\n${output}`)))
  })
  return {
    ready,
    end: async (signal) => {
      child.kill(signal)
      const [code] = await gone
      return code
    },
    output: () => output,
  }
}

/** A port that was free a moment ago, so that a restarted server keeps its address. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** @param environment added to a minimal environment without any provider key */
export async function createServerProcess(
  dataDirectory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const apiKey = 'test-key-0123456789abcdef'
  let child: ChildProcess | null = null
  let output = ''

  const start = async (): Promise<number> => {
    const startedAt = performance.now()
    child = spawn(process.execPath, [MAIN, 'serve'], {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AFTERIMAGE_PORT: String(port),
        AFTERIMAGE_DATA_DIR: dataDirectory,
        AFTERIMAGE_API_KEY: apiKey,
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    child.stdout?.on('data', (chunk) => (output += String(chunk)))
    child.stderr?.on('data', (chunk) => (output += String(chunk)))
    await untilReady(url, child)
    return performance.now() - startedAt
  }

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  return {
    url,
    apiKey,
    start,
    kill,
    isRunning: () => child !== null && child.exitCode === null && child.signalCode === null,
    pid: () => child?.pid ?? null,
    output: () => output,
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode}`)
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`the server was not ready after ${READY_MS} ms`)
}
