/** A secret from whoever runs a command: never an argument, which other users of the machine see and shells remember. */
import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { AfterimageError } from '../core/errors.ts'

/**
 * The first line of standard input; on a terminal it is asked for, and not shown while it is typed.
 * @throws AfterimageError `invalid_request` when there is none
 */
export async function readSecret(question: string): Promise<string> {
  const terminal = process.stdin.isTTY
  if (terminal) process.stderr.write(question)
  const line = await readLine(terminal)
  if (terminal) process.stderr.write('\n')
  if (line !== '') return line
  throw new AfterimageError('invalid_request', 'Nothing was entered; pipe the key in, or type it when asked.')
}

function readLine(terminal: boolean): Promise<string> {
  // On a terminal readline shows what is typed by writing it here.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output, terminal })
  return new Promise((resolve) => {
    let first = ''
    lines.once('SIGINT', () => lines.close())
    lines.once('line', (line) => {
      first = line.trim()
      lines.close()
    })
    lines.once('close', () => {
      process.stdin.pause()
      resolve(first)
    })
  })
}
