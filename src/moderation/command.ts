/** Moderation by a program on this machine: a local classifier. */
import { spawn } from 'node:child_process'
import type { ModerationRequest, Moderator } from '../core/moderation.ts'
import { describeRequest, MAX_ANSWER_BYTES, parseVerdict } from './verdict.ts'

export type CommandOptions = {
  /** The program and its arguments; no shell reads them. */
  command: readonly [string, ...string[]]
  timeoutMs: number
}

/** Of the server's own settings the program gets none: they hold keys. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TMPDIR', 'SystemRoot', 'TEMP']

/** Runs the program once for each decision: the request is JSON on its standard input, the answer JSON on its output. */
export function createModerationCommand({ command, timeoutMs }: CommandOptions): Moderator {
  const [program, ...args] = command
  const env = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name]]))
  return async (wanted, signal) => {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const child = spawn(program, args, {
      env,
      signal: limit,
      killSignal: 'SIGKILL',
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
    })
    // A program that answers without reading everything breaks the pipe, and that is fine.
    child.stdin.on('error', () => undefined)
    child.stdin.end(toInput(wanted))
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', (error) => reject(nameFault(error)))
      child.once('close', resolve)
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      if (text.length > MAX_ANSWER_BYTES) child.kill('SIGKILL')
    })
    const code = await ended
    if (code !== 0) throw new Error(`it ended with code ${String(code)}`)
    return parseVerdict(text)
  }
}

function toInput(wanted: ModerationRequest): string {
  const images = wanted.images.map(({ role, contentType, path }) => ({
    role,
    content_type: contentType,
    path,
  }))
  return JSON.stringify({ ...describeRequest(wanted), images })
}

function nameFault(error: Error): Error {
  const code = 'code' in error ? String(error.code) : error.name
  return new Error(code === 'ABORT_ERR' ? 'it did not answer in time' : `it cannot be run (${code})`)
}
