import { AfterimageError } from '../core/errors.ts'
import { row, rows, type Script } from './script.ts'

const CREATE = `INSERT INTO identity (only_row, id) VALUES (1, ?) ON CONFLICT (only_row) DO NOTHING`
const FIND = `SELECT id FROM identity WHERE only_row = 1`

/** The name of the database; `candidate` when it had none. Processes that ask together agree on one. */
export function* identify(candidate: string): Script<string> {
  const known = yield* row<{ id: string }>(FIND)
  if (known !== null) return known.id
  yield* rows(CREATE, candidate)
  const found = yield* row<{ id: string }>(FIND)
  if (found === null) throw new AfterimageError('internal', 'The database did not keep its name.')
  return found.id
}
