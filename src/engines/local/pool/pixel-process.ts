/** One forked pixel process, seen from the parent: runs one task at a time and tells why it ended. */
import type { ChildProcess } from 'node:child_process'
import { AfterimageError } from '../../../core/errors.ts'
import type { Progress } from '../../../core/job.ts'
import type { ChildMessage, ParentMessage, TaskResult } from '../protocol.ts'
import { EXIT_OUT_OF_MEMORY, setReferenced } from './start-child.ts'

export type PixelProcess = {
  pid: number | undefined
  /** False from the moment it is being killed. */
  isUsable: () => boolean
  /** @throws AfterimageError of the task; `engine_crashed`, or the reason given to `kill` */
  run: (message: ParentMessage, onProgress: (progress: Progress) => void) => Promise<TaskResult>
  /** SIGKILL; a running task ends with `reason`. Resolves when the process is gone. */
  kill: (reason: AfterimageError) => Promise<void>
  /** Resolves when the process is gone, for whatever reason. */
  exited: Promise<void>
}

type Running = {
  resolve: (result: TaskResult) => void
  reject: (error: AfterimageError) => void
  onProgress: (progress: Progress) => void
}
type State = { running: Running | null; reason: AfterimageError | null; isGone: boolean }

/** Takes over a child that was just forked. */
export function createPixelProcess(child: ChildProcess): PixelProcess {
  const state: State = { running: null, reason: null, isGone: false }
  const exited = watchExit(child, state)
  child.on('message', (message) => receive(state, message as ChildMessage))
  setReferenced(child, false)
  return {
    pid: child.pid,
    exited,
    isUsable: () => !state.isGone && state.reason === null && child.connected,
    kill: async (reason) => {
      state.reason ??= reason
      // Else a program whose last act is `close` would end before the child has.
      if (!state.isGone) setReferenced(child, true)
      child.kill('SIGKILL')
      await exited
    },
    run: async (message, onProgress) => {
      setReferenced(child, true)
      try {
        return await new Promise<TaskResult>((resolve, reject) => {
          state.running = { resolve, reject, onProgress }
          if (state.isGone) reject(state.reason ?? crashed('was already gone'))
          else send(child, message)
        })
      } finally {
        state.running = null
        setReferenced(child, false)
      }
    },
  }
}

/** A child whose channel broke is about to exit or hangs; the kill makes sure that `exited` comes. */
function send(child: ChildProcess, message: ParentMessage): void {
  child.send(message, (error) => {
    if (error !== null) child.kill('SIGKILL')
  })
}

function watchExit(child: ChildProcess, state: State): Promise<void> {
  return new Promise((resolve) => {
    const end = (error: AfterimageError): void => {
      state.isGone = true
      state.running?.reject(state.reason ?? error)
      resolve()
    }
    child.on('exit', (code, signal) => end(explainExit(code, signal)))
    // Without a pid it was never started, and no exit will follow. All other errors are failed sends.
    child.on('error', () => (child.pid === undefined ? end(crashed('could not be started')) : undefined))
  })
}

function receive(state: State, message: ChildMessage): void {
  // What comes after a kill is the tail of a task that nobody waits for.
  if (state.reason !== null || state.running === null) return
  const { resolve, reject, onProgress } = state.running
  switch (message.type) {
    case 'progress':
      onProgress(message.progress)
      break
    case 'completed':
      resolve(message.result)
      break
    case 'failed': {
      const { code, message: text, issues } = message.error
      reject(new AfterimageError(code, text, { issues }))
      break
    }
  }
}

function explainExit(code: number | null, signal: NodeJS.Signals | null): AfterimageError {
  if (code === EXIT_OUT_OF_MEMORY) return outOfMemory()
  return crashed(signal === null ? `ended with code ${code}` : `was ended by ${signal}`)
}

function crashed(how: string): AfterimageError {
  return new AfterimageError('engine_crashed', `The built-in engine's process ${how}.`)
}

/** What a task ends with that held more memory than the operator allows. */
export function outOfMemory(maxRssBytes?: number): AfterimageError {
  const limit = maxRssBytes === undefined ? '' : ` of ${Math.round(maxRssBytes / 1024 ** 2)} MB`
  return new AfterimageError(
    'out_of_memory',
    `The image needed more memory than the limit${limit}; use a smaller source or a smaller result.`,
  )
}
