/** The command line as a process: watched while it runs, signalled, and read when it has ended. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const TIMEOUT_MS = 60_000

export type CliEvent = Readonly<Record<string, unknown>>
export type CliResult = { code: number | null; out: string; err: string; events: () => CliEvent[] }

export type CliProcess = {
  ended: Promise<CliResult>
  /** Resolves with the first event of `--json` that matches; rejects when the process ends without one. */
  until: (matches: (event: CliEvent) => boolean) => Promise<CliEvent>
  untilError: (pattern: RegExp) => Promise<void>
  signal: (name: NodeJS.Signals) => void
}

/** @param options.env added to a minimal environment without any key or address of the tester */
export function startCli(
  words: readonly string[],
  { cwd, env }: { cwd: string; env: Readonly<Record<string, string>> },
): CliProcess {
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    // The program takes a SIGTERM as a wish to end what runs first; a test that hangs must not wait for that.
    killSignal: 'SIGKILL',
  })
  let [out, err] = ['', '']
  const watchers = new Set<() => void>()
  const wake = (): void => watchers.forEach((watch) => watch())
  child.stdout.on('data', (chunk) => ((out += String(chunk)), wake()))
  child.stderr.on('data', (chunk) => ((err += String(chunk)), wake()))
  const ended = new Promise<CliResult>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err, events: () => parseLines(out) }))
  })
  const watch = <Found>(find: () => Found | undefined): Promise<Found> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === undefined) return
        watchers.delete(look)
        resolve(found)
      }
      watchers.add(look)
      look()
      void ended.then(() => reject(new Error(`the process ended first:\n${out}\n${err}`)))
    })
  return {
    ended,
    until: (matches) => watch(() => parseLines(out).find(matches)),
    untilError: (pattern) => watch(() => (pattern.test(err) ? null : undefined)).then(() => undefined),
    signal: (name) => child.kill(name),
  }
}

/** Whole lines only: the last one may still be on its way. */
function parseLines(text: string): CliEvent[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as CliEvent)
}
