/** The child's side of the protocol: takes one task after the other, reports, and never outlives its parent. */
import { existsSync } from 'node:fs'
import { isAfterimageError } from '../../../core/errors.ts'
import { toStorageFault } from '../../../core/storage-fault.ts'
import type { Progress } from '../../../core/job.ts'
import { EXIT_OUT_OF_MEMORY } from '../pool/start-child.ts'
import { WATCH_EVERY_MS } from '../pool/memory.ts'
import type { ChildMessage, ParentMessage, Task, TaskContext, TaskFailure, TaskResult } from '../protocol.ts'
import type { TaskRunners } from '../protocol.ts'
import { createThrottle } from './throttle.ts'

/** Runs every task that the parent sends. The parent sends the next one only after the answer to the last. */
export function serveTasks(runners: TaskRunners): void {
  const parentId = process.ppid
  process.on('message', (message) => void serveTask(runners, message as ParentMessage, parentId))
}

async function serveTask(runners: TaskRunners, message: ParentMessage, parentId: number): Promise<void> {
  const progress = createThrottle((progress: Progress) => {
    // Inside a long synchronous filter no event tells that the parent is gone, but its id changes.
    if (process.ppid !== parentId) process.exit()
    send({ type: 'progress', progress })
  })
  const { task, scratchDirectory } = message
  const reply = await answer(runners, task, { scratchDirectory, onProgress: progress.report })
  if (reply.type === 'completed') progress.flush()
  send(reply)
}

/** Ends with the parent; Ctrl-C in a terminal reaches the whole group, and it is the parent who decides then. */
export function obeyParent(): void {
  process.on('disconnect', () => process.exit())
  process.on('SIGINT', () => {})
}

/** Where the parent cannot see how much memory a process holds (no /proc), the process looks itself. */
export function limitOwnMemory(maxRssBytes: number): void {
  if (existsSync('/proc/self/status')) return
  setInterval(() => {
    if (process.memoryUsage.rss() > maxRssBytes) process.exit(EXIT_OUT_OF_MEMORY)
  }, WATCH_EVERY_MS).unref()
}

function send(message: ChildMessage): void {
  process.send?.(message, undefined, undefined, (error: Error | null) => {
    if (error !== null) process.exit()
  })
}

async function answer(runners: TaskRunners, task: Task, context: TaskContext): Promise<ChildMessage> {
  try {
    return { type: 'completed', result: await runTask(runners, task, context) }
  } catch (error) {
    return { type: 'failed', error: toFailure(error) }
  }
}

function runTask(runners: TaskRunners, task: Task, context: TaskContext): Promise<TaskResult> {
  if (task.kind === 'upscale') return runners.upscale(task.args, context)
  if (task.kind === 'prepare') return runners.prepare(task.args, context)
  if (task.kind === 'finish') return runners.finish(task.args, context)
  return runners[task.kind](task.args, context)
}

/** Foreign messages may hold paths or parts of a prompt: they go to stderr, which only the operator reads. */
export function toFailure(thrown: unknown): TaskFailure {
  const error = toStorageFault(thrown)
  if (isAfterimageError(error)) {
    const { code, message, issues } = error
    return { code, message, issues }
  }
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  const kind = error instanceof Error ? error.name : 'unknown'
  return { code: 'engine_failed', message: `The built-in engine failed unexpectedly (${kind}).`, issues: [] }
}
