/** How the shared text becomes what Postgres takes. */
import type { ClientBase, QueryConfig } from 'pg'
import type { SqlValue, Statement } from './script.ts'

/** Names a connection may hold. The texts are fixed but for the filters of a list; beyond this none gets a name. */
const MAX_PREPARED = 256

/**
 * Answers a function that makes queries of statements, each text translated once.
 * @param isPooled no names: behind a pooler, the next statement may meet a server connection that does not know them
 */
export function createQueries(isPooled: boolean): (statement: Statement) => QueryConfig {
  const known = new Map<string, Pick<QueryConfig, 'name' | 'text'>>()
  const translate = (text: string): Pick<QueryConfig, 'name' | 'text'> => {
    const found = known.get(text)
    if (found !== undefined) return found
    const translated = { text: toPostgres(text) }
    if (known.size >= MAX_PREPARED) return translated
    const query = isPooled ? translated : { ...translated, name: `s${known.size}` }
    known.set(text, query)
    return query
  }
  return ({ text, args }) => ({ ...translate(text), values: args.map(toParameter) })
}

/** Numbers the placeholders (no literal here has a question mark) and puts clauses of `held.ts` into force. */
export function toPostgres(text: string): string {
  let count = 0
  return text
    .replaceAll('?', () => `$${(count += 1)}`)
    .replaceAll(/\/\* (FOR UPDATE(?: SKIP LOCKED)?) \*\//gu, '$1')
}

/** Postgres keeps no U+0000 in text. Replaced, a name stays readable, and an id that nobody has stays unknown. */
function toParameter(value: SqlValue): SqlValue {
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '\uFFFD') : value
}

/** Sends queries without waiting for each other's answers, which come in order; answers the rows of each. */
export async function exchange(
  client: ClientBase,
  queries: readonly QueryConfig[],
): Promise<readonly (readonly unknown[])[]> {
  const answers = await Promise.all(queries.map((query) => client.query(query)))
  return answers.map(({ rows }) => rows as unknown[])
}
