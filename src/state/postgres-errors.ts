import { AfterimageError, isAfterimageError } from '../core/errors.ts'

/** Codes of https://www.postgresql.org/docs/current/errcodes-appendix.html */
const SQLSTATE = {
  serializationFailure: '40001',
  deadlock: '40P01',
  readOnly: '25006',
  diskFull: '53100',
  notSupported: '0A000',
} as const

/** The server, or the way to it, is not in order; the statement is not at fault. By code, else by class. */
const SENTENCES: Readonly<Record<string, string>> = {
  '08': 'The connection to the database was lost.',
  '28': 'The database refused the user or the password.',
  '53': 'The database has no connections or memory left.',
  '57': 'The database is starting, stopping, or ended the connection.',
  '58': 'The database server met a fault of its system.',
  XX: 'The database server met a fault of its own.',
  '3D000': 'The database does not exist; create it first.',
  '42501': 'The user of the database lacks a permission.',
  '55P03': 'The database is busy; try again.',
  [SQLSTATE.readOnly]: 'The database is a read-only copy; connect to the primary server.',
  [SQLSTATE.serializationFailure]: 'The database is busy; try again.',
  [SQLSTATE.deadlock]: 'The database is busy; try again.',
}
const NO_CONNECTION = 'The database cannot be reached.'
const NO_TLS = 'The database offers no TLS connection that this machine trusts; see sslmode in its URL.'

/** Errors of `pg` itself that carry no code; compared with the sources of pg 8.23 and pg-pool 3. */
const LOST =
  /^(?:Connection terminated|Client was closed|Client has encountered a connection error|timeout exceeded when trying to connect|Query read timeout|timeout expired|Connection ended)/u

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Whether the connection is of no further use; another one may be. */
export function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof Error) || isAfterimageError(error)) return false
  const code = codeOf(error)
  if (code === null) return LOST.test(error.message) || error instanceof AggregateError
  const isSystem = 'syscall' in error || /^E[A-Z]+$/u.test(code)
  return isSystem || code.startsWith('08') || code.startsWith('57P') || code === SQLSTATE.readOnly
}

function isUntrusted(error: unknown): boolean {
  return error instanceof Error && /CERT|TLS|SIGNATURE|SSL/u.test(`${codeOf(error) ?? ''} ${error.message}`)
}

/**
 * A newer program has changed the tables under a prepared statement. A connection prepares anew, so the work may be
 * done on another one; without this, two adjacent versions could not run together.
 */
export function isStalePlan(error: unknown): boolean {
  return codeOf(error) === SQLSTATE.notSupported && /cached plan/u.test((error as Error).message)
}

/** Whether the server took a transaction back because of others beside it. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  return code === SQLSTATE.serializationFailure || code === SQLSTATE.deadlock
}

/** `storage_full` or `unavailable` for faults of the server and of the way to it; everything else unchanged. */
export function toStateError(error: unknown): unknown {
  if (isAfterimageError(error)) return error
  const code = codeOf(error)
  if (code === SQLSTATE.diskFull)
    return new AfterimageError('storage_full', 'There is no room left on the disk of the database.', {
      cause: error,
    })
  const known = code === null ? undefined : (SENTENCES[code] ?? SENTENCES[code.slice(0, 2)])
  const sentence =
    known ?? (isConnectionLost(error) ? NO_CONNECTION : isUntrusted(error) ? NO_TLS : undefined)
  return sentence === undefined ? error : new AfterimageError('unavailable', sentence, { cause: error })
}

/** The same for a failure at open, whose reader is the operator: it names the server, and what is in its way. */
export function toOpenError(error: unknown, server: string): unknown {
  const found = toStateError(error)
  if (found !== error && found instanceof AfterimageError)
    return new AfterimageError(found.code, `${server}: ${found.message}${reasonOf(error)}`, { cause: error })
  // Undefined or duplicate tables and columns: our names are taken by somebody else.
  if (codeOf(error)?.startsWith('42') === true)
    return new AfterimageError(
      'unavailable',
      `${server}: the schema holds tables of another program; use a database or a schema of its own.${reasonOf(error)}`,
      { cause: error },
    )
  return error
}

/** The words of the server or of the system. They hold names of users and hosts, never a password. */
function reasonOf(error: unknown): string {
  const inner = error instanceof AggregateError ? (error.errors[0] as unknown) : error
  return inner instanceof Error && inner.message !== '' ? ` (${inner.message})` : ''
}
