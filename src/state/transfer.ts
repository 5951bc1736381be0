/**
 * The state as lines of JSON, the same for every engine: a head, each row, and an end with the counts, so that a file
 * that was cut off is noticed. The bytes of images are not in it; they lie in the blob store.
 */
import { AfterimageError } from '../core/errors.ts'
import { migrateSession, requireNewest } from './schema.ts'
import { row, rows } from './script.ts'
import { type Session, stateTables } from './session.ts'
import { type Counts, createTarget, type Line, type Target } from './transfer-target.ts'

const FORMAT = 'afterimage-state'
const VERSION = 1

/**
 * Writes everything as it is at one moment; a server may go on working meanwhile.
 * @throws AfterimageError `conflict` when the schema is not that of this program
 */
export function exportState(session: Session, write: (text: string) => Promise<void>): Promise<Counts> {
  return session.transaction('snapshot', async () => {
    const schema = await requireNewest(session)
    await write(toLine({ format: FORMAT, version: VERSION, schema }))
    const counts: Record<string, number> = {}
    for (const table of stateTables()) {
      let written = 0
      for await (const page of session.pages(table)) {
        await write(page.map((row) => toLine({ table, row })).join(''))
        written += page.length
      }
      if (written !== (await count(session, table)))
        throw new AfterimageError('internal', `${table}: its rows could not all be read.`)
      counts[table] = written
    }
    await write(toLine({ end: counts }))
    return counts
  })
}

function toLine(value: object): string {
  return `${JSON.stringify(value)}\n`
}

async function count(session: Session, table: string): Promise<number> {
  const found = await session.run(row<{ n: number }>(`SELECT count(*) AS n FROM ${table}`))
  return found?.n ?? 0
}

/**
 * Reads lines into a database, which gets the schema of this program first. All or nothing.
 * @param isReplacing removes what the database holds; else it has to be empty
 * @throws AfterimageError `conflict` when it is not empty or the lines are of another schema; `invalid_request`, with
 *   the number of the line, when they are no whole export
 */
export async function importState(
  session: Session,
  lines: AsyncIterable<string>,
  { isReplacing, now }: { isReplacing: boolean; now: number },
): Promise<Counts> {
  await migrateSession(session, now)
  return session.transaction('exclusive', async () => {
    const schema = await requireNewest(session)
    for (const table of stateTables()) await clear(session, table, isReplacing)
    const target = await createTarget(session)
    const counts = await readLines(lines, { schema, target })
    for (const [table, expected] of Object.entries(counts))
      if ((await count(session, table)) !== expected)
        throw new AfterimageError('internal', `${table}: not every row arrived; nothing was changed.`)
    return counts
  })
}

async function clear(session: Session, table: string, isReplacing: boolean): Promise<void> {
  if (isReplacing) await session.run(rows(`DELETE FROM ${table}`))
  else if ((await count(session, table)) > 0)
    throw new AfterimageError(
      'conflict',
      `The database is not empty (${table}); import into an empty one, or use --force to replace all it holds.`,
    )
}

async function readLines(
  lines: AsyncIterable<string>,
  { schema, target }: { schema: number; target: Target },
): Promise<Counts> {
  let number = 0
  let end: unknown = null
  for await (const text of lines) {
    number += 1
    const line = parse(text, number)
    if (end !== null) throw atLine(number, 'stands after the end')
    if (number === 1) checkHead(line, schema)
    else if ('end' in line) end = line['end']
    else {
      const fault = await target.add(line)
      if (fault !== null) throw atLine(number, fault)
    }
  }
  const counts = await target.flush()
  if (end === null) throw atLine(number + 1, 'is missing: the file was cut off')
  if (JSON.stringify(end) !== JSON.stringify(counts))
    throw atLine(number, 'counts other rows than the file has')
  return counts
}

function parse(text: string, number: number): Line {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value as Line
  } catch {
    // The text may hold prompts: the parser's message, which quotes it, is not passed on.
  }
  throw atLine(number, 'is no JSON object')
}

function checkHead(head: Line, schema: number): void {
  if (head['format'] !== FORMAT || head['version'] !== VERSION)
    throw atLine(1, 'is not the head of an export of Afterimage')
  if (head['schema'] !== schema)
    throw new AfterimageError(
      'conflict',
      `The export has schema ${String(head['schema'])}, this program works with ${schema}; ` +
        'import it with the version that wrote it, then run "afterimage migrate".',
    )
}

function atLine(number: number, fault: string): AfterimageError {
  return new AfterimageError('invalid_request', `Line ${number} of the import ${fault}; nothing was changed.`)
}
