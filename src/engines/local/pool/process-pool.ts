/**
 * Pixel processes: forked on demand, one task each, kept warm for a while, killed to cancel.
 * Never threads: ending a thread while onnxruntime works aborts the whole server, and a picture that crashes a
 * decoder must take nothing with it.
 */
import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { AfterimageError, toAfterimageError } from '../../../core/errors.ts'
import type { Progress } from '../../../core/job.ts'
import type { Task, TaskResult } from '../protocol.ts'
import { readResidentBytes, watchMemory } from './memory.ts'
import { createPixelProcess, outOfMemory, type PixelProcess } from './pixel-process.ts'
import { createSlots } from './slots.ts'
import { CHILD_PATH, startChild, type ChildSettings } from './start-child.ts'

export type ProcessPoolOptions = {
  /** Processes at most; each uses all cores while a network runs. */
  size: number
  /** How long a process without work is kept; a warm one saves about 0.3 s. Default 60 s. */
  idleMs?: number
  /** Longest time of one task, decoding included; then `engine_timeout`. Default 10 minutes. */
  deadlineMs?: number
  settings: ChildSettings
  childPath?: string
  /** Told what the processes write to stderr. */
  onDiagnostic?: (text: string) => void
}

export type RunContext = {
  signal: AbortSignal
  scratchDirectory: string
  onProgress: (progress: Progress) => void
}

export type ProcessPool = {
  /**
   * Waits for a free process and runs the task in it. When it rejects, the process no longer works on it.
   * @throws AfterimageError of the task; `cancelled`, `engine_timeout`, `engine_crashed`, `out_of_memory`,
   *   `unavailable` after `close`
   */
  run: (task: Task, context: RunContext) => Promise<TaskResult>
  /**
   * Starts a process before there is a task for it, which saves its start (0.3 s on a quiet machine, seconds on a busy
   * one); one that waits already is kept for longer. Never waits, never fails.
   * @param scratchRoot folder of the scratch directories of the tasks to come
   */
  warmUp: (scratchRoot: string) => void
  /** Processes that live now, for diagnosis. */
  pids: () => readonly number[]
  /** Kills everything; resolves when all processes are gone. */
  close: () => Promise<void>
}

const IDLE_MS = 60_000
const DEADLINE_MS = 600_000

type Warm = { process: PixelProcess; writableDirectory: string; idleTimer: NodeJS.Timeout | null }
type Pool = Required<ProcessPoolOptions> & { alive: Set<Warm>; closed: AfterimageError | null }

export function createProcessPool(options: ProcessPoolOptions): ProcessPool {
  const slots = createSlots(options.size)
  const pool: Pool = {
    idleMs: IDLE_MS,
    deadlineMs: DEADLINE_MS,
    childPath: CHILD_PATH,
    onDiagnostic: () => {},
    ...options,
    alive: new Set(),
    closed: null,
  }
  return {
    run: async (task, context) => {
      await slots.acquire(context.signal)
      try {
        return await runInProcess(pool, task, context)
      } finally {
        slots.release()
      }
    },
    warmUp: (scratchRoot) => warmUp(pool, resolve(scratchRoot)),
    pids: () => [...pool.alive].flatMap(({ process }) => process.pid ?? []),
    close: async () => {
      const reason = new AfterimageError('unavailable', 'The built-in engine is shutting down.')
      pool.closed = reason
      slots.close(reason)
      await Promise.all([...pool.alive].map(({ process }) => process.kill(reason)))
    },
  }
}

async function runInProcess(pool: Pool, task: Task, context: RunContext): Promise<TaskResult> {
  // Absolute, because the fence around the process is: a data folder may be given as `./data`.
  const scratchDirectory = resolve(context.scratchDirectory)
  const warm = await takeProcess(pool, dirname(scratchDirectory))
  const { process } = warm
  // Closed meanwhile: `close` has not seen a process that was started after it.
  if (pool.closed !== null) await process.kill(pool.closed)
  const stopGuards = guard(pool, process, context.signal)
  try {
    const message = { type: 'run' as const, task, scratchDirectory }
    const result = await process.run(message, context.onProgress)
    keepWarm(pool, warm)
    return result
  } catch (thrown) {
    const error = toAfterimageError(thrown)
    // What failed in an unforeseen way may have left anything behind.
    if (process.isUsable() && error.code !== 'engine_failed') keepWarm(pool, warm)
    else await process.kill(error)
    throw error
  } finally {
    stopGuards()
  }
}

/** Everything that may end a task early, until the answer is called. */
function guard(pool: Pool, process: PixelProcess, signal: AbortSignal): () => void {
  const { deadlineMs, settings } = pool
  const kill = (error: AfterimageError) => void process.kill(error)
  const onAbort = (): void => kill(new AfterimageError('cancelled'))
  const seconds = Math.round(deadlineMs / 1000)
  const deadline = setTimeout(
    () => kill(new AfterimageError('engine_timeout', `The image was not finished within ${seconds} s.`)),
    deadlineMs,
  )
  const stopWatch = watchMemory({
    pid: process.pid ?? 0,
    maxBytes: settings.maxRssBytes,
    onExceeded: () => kill(outOfMemory(settings.maxRssBytes)),
  })
  signal.addEventListener('abort', onAbort, { once: true })
  // It may have fired while a process was being looked for.
  if (signal.aborted) onAbort()
  return () => {
    clearTimeout(deadline)
    stopWatch()
    signal.removeEventListener('abort', onAbort)
  }
}

function warmUp(pool: Pool, writableDirectory: string): void {
  if (pool.closed !== null) return
  const waiting = [...pool.alive].find(({ idleTimer }) => idleTimer !== null)
  // Where all processes work, one of them will be free, and warm, for the next task.
  if (waiting === undefined && pool.alive.size > 0) return
  if (waiting?.idleTimer) clearTimeout(waiting.idleTimer)
  if (waiting !== undefined) return keepWarm(pool, waiting)
  if (canMake(writableDirectory)) keepWarm(pool, startProcess(pool, writableDirectory))
}

/** A permission to write below a folder that does not exist yet is none when it does. */
function canMake(directory: string): boolean {
  try {
    mkdirSync(directory, { recursive: true })
    return true
  } catch {
    return false
  }
}

/** A warm process that may write where this task's results go, else a new one. */
async function takeProcess(pool: Pool, writableDirectory: string): Promise<Warm> {
  for (const warm of pool.alive) {
    if (warm.idleTimer === null) continue
    clearTimeout(warm.idleTimer)
    warm.idleTimer = null
    if (warm.writableDirectory === writableDirectory && (await isFit(pool, warm.process))) return warm
    await warm.process.kill(retired())
  }
  return startProcess(pool, writableDirectory)
}

/** Freed memory is not always given back; a process that starts half full would fail where a new one would not. */
async function isFit(pool: Pool, process: PixelProcess): Promise<boolean> {
  if (!process.isUsable()) return false
  const bytes = process.pid === undefined ? null : await readResidentBytes(process.pid)
  return process.isUsable() && (bytes ?? 0) <= pool.settings.maxRssBytes / 2
}

function startProcess(pool: Pool, writableDirectory: string): Warm {
  const { childPath, settings, onDiagnostic } = pool
  const process = createPixelProcess(startChild({ childPath, settings, writableDirectory, onDiagnostic }))
  const warm: Warm = { process, writableDirectory, idleTimer: null }
  pool.alive.add(warm)
  void forgetWhenGone(pool, warm)
  return warm
}

async function forgetWhenGone(pool: Pool, warm: Warm): Promise<void> {
  await warm.process.exited
  pool.alive.delete(warm)
  if (warm.idleTimer !== null) clearTimeout(warm.idleTimer)
}

function keepWarm(pool: Pool, warm: Warm): void {
  warm.idleTimer = setTimeout(() => void warm.process.kill(retired()), pool.idleMs)
  warm.idleTimer.unref()
}

function retired(): AfterimageError {
  return new AfterimageError('unavailable', 'The process was retired.')
}
