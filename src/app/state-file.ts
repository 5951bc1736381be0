import { mkdirSync } from 'node:fs'
import { join } from 'node:path'

/** The database inside a data folder. The folder is made when missing, for its owner only: prompts lie in it. */
export function stateFile(dataDirectory: string): string {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 })
  return join(dataDirectory, 'afterimage.db')
}
