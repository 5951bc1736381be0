/** Forks a pixel process that inherits nothing it does not need. */
import { fork, type ChildProcess } from 'node:child_process'
import { Socket } from 'node:net'
import { constants, setPriority } from 'node:os'
import { extname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a pixel process is told once, as its only argument. JSON values only. */
export type ChildSettings = {
  weightsDirectory: string
  /** Most pixels of an input file. */
  maxPixels: number
  /** Most pixels of a result. */
  maxOutputPixels: number
  /** The process ends itself past this, where its parent cannot watch it. */
  maxRssBytes: number
}

export type StartOptions = {
  /** Module to run; the default is the engine's own, `.ts` in `src/` and `.js` in `dist/`. */
  childPath: string
  settings: ChildSettings
  /** The only folder below which the process may write. */
  writableDirectory: string
  /** Gets what the process writes to stderr: native libraries and the stacks of unexpected errors. */
  onDiagnostic: (text: string) => void
}

/** Exit code of a process that noticed by itself that it holds too much memory. */
export const EXIT_OUT_OF_MEMORY = 86

export const CHILD_PATH = fileURLToPath(new URL(`../child${extname(import.meta.url)}`, import.meta.url))

/** Everything else stays behind: the server's environment holds provider keys. */
const PASSED_ON = ['PATH', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'TEMP', 'TMP', 'SYSTEMROOT', 'LD_LIBRARY_PATH']

/**
 * Node's permission model is a second fence behind the process boundary: no child processes, no writing outside
 * `writableDirectory`. It binds JavaScript; native code of sharp and onnxruntime needs `--allow-addons`.
 */
export function startChild(options: StartOptions): ChildProcess {
  const { childPath, settings, writableDirectory, onDiagnostic } = options
  const child = fork(childPath, [JSON.stringify(settings)], {
    // Never the parent's own flags: under a test runner or a debugger they would start a second one.
    execArgv: [
      '--permission',
      '--allow-addons',
      '--allow-fs-read=*',
      `--allow-fs-write=${writableDirectory}${sep}`,
      '--disable-warning=SecurityWarning',
    ],
    env: minimalEnvironment(process.env),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => onDiagnostic(text))
  lowerPriority(child.pid)
  return child
}

/** The few variables that a child needs to run at all. */
export function minimalEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => {
    const value = environment[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  // Two arenas instead of eight per core: glibc otherwise keeps hundreds of megabytes of freed pixels.
  return { ...Object.fromEntries(passed), MALLOC_ARENA_MAX: '2' }
}

/** Below everything that answers requests: measured, it keeps the server's 99th percentile at 1 ms. */
function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL)
  } catch {
    // Some containers refuse it; the engine works all the same, only less politely.
  }
}

/** An idle child must not keep the parent's event loop alive; a working one must. */
export function setReferenced(child: ChildProcess, isReferenced: boolean): void {
  const change = isReferenced ? 'ref' : 'unref'
  child[change]()
  child.channel?.[change]()
  // The pipe of a forked child is a socket, whatever its declared type says.
  if (child.stderr instanceof Socket) child.stderr[change]()
}
