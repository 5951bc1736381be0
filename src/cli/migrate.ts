/** `afterimage migrate`: what a server does at its start, ahead of time or only looked at. */
import type { Command } from 'commander'
import { migrateSession, readSchema } from '../state/schema.ts'
import { addStateFlags, findState, requireState, type StateOptions, withSession } from './state-place.ts'

type MigrateOptions = StateOptions & { check?: boolean }

export function addMigrateCommand(program: Command): void {
  addStateFlags(program.command('migrate').description('bring the database to the schema of this version'))
    .option('--check', 'only look; the exit code is 1 when something is missing')
    .action(migrateState)
}

async function migrateState(options: MigrateOptions): Promise<void> {
  const place = findState(options)
  if (options.check === true) requireState(place)
  const { present, newest } = await withSession(place, { isSoleUser: false }, readSchema)
  if (present >= newest) {
    console.log(`${place.name} has schema ${present}; this program knows ${newest}. Nothing to do.`)
    return
  }
  if (options.check === true) {
    console.log(`${place.name} has schema ${present}; "afterimage migrate" brings it to ${newest}.`)
    process.exitCode = 1
    return
  }
  await withSession(place, { isSoleUser: true }, (session) => migrateSession(session, Date.now()))
  console.log(`${place.name} went from schema ${present} to ${newest}.`)
}
