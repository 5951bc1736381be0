/** The real server as a process of its own: `afterimage serve`, started, killed and started again. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** A start takes half a second; a machine with thirty busy processes makes it half a minute. */
const READY_MS = 120_000

export type ServerProcess = {
  url: string
  apiKey: string
  /** Starts the process and resolves when it answers `/readyz`; answers the milliseconds that took. */
  start: () => Promise<number>
  /** SIGKILL by default; resolves when the process is gone. */
  kill: (signal?: NodeJS.Signals) => Promise<void>
  isRunning: () => boolean
  pid: () => number | null
  /** Of the last process; null while it runs and when a signal ended it. */
  exitCode: () => number | null
  /** Everything the processes printed, for the message of a failed test. */
  output: () => string
  /** A message to a program that listens to its parent. */
  send: (message: object) => void
  /** Resolves when the server answers; at once while it is up, as far as is known. */
  untilReady: () => Promise<void>
  /** Resolves when the process is gone, whoever ended it. */
  untilGone: () => Promise<void>
}

export type ServerProgram = {
  /** Instead of `afterimage serve`; such a program can be sent messages. */
  program?: string
  /** Arguments of that program. */
  args?: readonly string[]
  /** Runs in front of Node: `strace -D`. It must leave Node the process id that it was started with. */
  wrapper?: readonly string[]
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
  { program, args = [], wrapper = [] }: ServerProgram = {},
): Promise<ServerProcess> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const apiKey = 'test-key-0123456789abcdef'
  let child: ChildProcess | null = null
  let output = ''
  let ready = Promise.withResolvers<void>()
  let isReady = false

  const start = async (): Promise<number> => {
    const startedAt = performance.now()
    const command = [
      ...wrapper,
      process.execPath,
      ...(program === undefined ? [MAIN, 'serve'] : [program, ...args]),
    ]
    child = spawn(command[0] ?? process.execPath, command.slice(1), {
      env: {
        PATH: process.env['PATH'],
        HOME: process.env['HOME'],
        AFTERIMAGE_PORT: String(port),
        AFTERIMAGE_DATA_DIR: dataDirectory,
        AFTERIMAGE_API_KEY: apiKey,
        ...environment,
      },
      stdio: program === undefined ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    // Sent to a process that has just died: its end is what the test waits for.
    child.on('error', () => undefined)
    child.stdout?.on('data', (chunk) => (output += String(chunk)))
    child.stderr?.on('data', (chunk) => (output += String(chunk)))
    child.once('exit', () => {
      // Those who wait already wait for the next one.
      if (isReady) ready = Promise.withResolvers()
      isReady = false
    })
    await untilReady(url, child).catch((error: unknown) => {
      throw new Error(`It wrote:\n${output}`, { cause: error })
    })
    isReady = true
    ready.resolve()
    return performance.now() - startedAt
  }

  const isRunning = (): boolean => child !== null && child.exitCode === null && child.signalCode === null
  const untilGone = async (): Promise<void> => {
    if (child !== null && isRunning()) await once(child, 'exit')
  }
  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    if (child === null || !isRunning()) return
    child.kill(signal)
    await untilGone()
  }

  return {
    url,
    apiKey,
    start,
    kill,
    isRunning,
    pid: () => child?.pid ?? null,
    exitCode: () => child?.exitCode ?? null,
    output: () => output,
    send: (message) => void child?.send(message),
    untilReady: () => ready.promise,
    untilGone,
  }
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = performance.now() + READY_MS
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`the server ended with ${child.exitCode ?? child.signalCode}`)
    const answer = await fetch(`${url}/readyz`).catch(() => null)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`the server was not ready after ${READY_MS} ms`)
}
