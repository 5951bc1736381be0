/** `afterimage export` and `afterimage import`: the state between SQLite and Postgres. */
import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Command } from 'commander'
import { AfterimageError } from '../core/errors.ts'
import { exportState, importState } from '../state/transfer.ts'
import type { Counts } from '../state/transfer-target.ts'
import { writeNewFile } from './new-file.ts'
import { addStateFlags, findState, requireState, type StateOptions, withSession } from './state-place.ts'

const NO_BYTES = 'The images themselves are not in it: move the folder "blobs" of the data folder along.'

export function addExportCommand(program: Command): void {
  addStateFlags(
    program.command('export <file>').description('write jobs, assets, files and keys as lines of JSON'),
  ).action(exportTo)
}

export function addImportCommand(program: Command): void {
  addStateFlags(program.command('import <file>').description('read such a file into an empty database'))
    .option('--force', 'remove everything that the database holds, then import')
    .action(importFrom)
}

async function exportTo(path: string, options: StateOptions): Promise<void> {
  const [place, file] = [findState(options), resolve(path)]
  requireState(place)
  const counts = await withSession(place, { isSoleUser: false }, (session) =>
    writeNewFile(file, (write) => exportState(session, write)),
  )
  console.log(`${file}: ${describe(counts)}.\n${NO_BYTES}`)
}

async function importFrom(path: string, options: StateOptions & { force?: boolean }): Promise<void> {
  const [place, file] = [findState(options), resolve(path)]
  const isReplacing = options.force === true
  const counts = await withSession(place, { isSoleUser: true }, (session) =>
    importState(session, readLines(file), { isReplacing, now: Date.now() }),
  )
  console.log(`${place.name}: ${describe(counts)}.`)
}

async function* readLines(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file)
  try {
    yield* createInterface({ input: stream, crlfDelay: Infinity })
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable'
    throw new AfterimageError('not_found', `${file} cannot be read (${reason}).`, { cause: error })
  } finally {
    stream.destroy()
  }
}

function describe(counts: Counts): string {
  return Object.entries(counts)
    .map(([table, count]) => `${count} ${table}`)
    .join(', ')
}
