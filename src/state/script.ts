/**
 * Database work as plain values. A script is a generator that yields statements and receives their rows, so the
 * same store logic runs to its end inside one synchronous function on SQLite, and with awaits between the
 * statements on a database behind a socket. Async functions would not do: other writes could slip in between.
 */

export type SqlValue = string | number | null
/** One statement. `?` placeholders in order; the text is constant, so that a driver can prepare it once. */
export type Statement = { text: string; args: readonly SqlValue[] }
/**
 * Yields statements, receives the rows of each, returns its result. Several at once run in order, but in one exchange
 * with a server, whose answer takes longer to come than to make.
 */
export type Script<T> = Generator<readonly Statement[], T, readonly Rows[]>
type Rows = readonly unknown[]

/**
 * Runs scripts. `now` is milliseconds since the epoch: this machine's clock on SQLite; a shared database hands in
 * its own time, because leases of several machines cannot depend on their clocks.
 */
export type Driver = {
  /**
   * One consistent look at what is committed, including every write whose promise has resolved. Cheapest for a script
   * of one statement; it may be run again from its start.
   */
  read: <T>(script: () => Script<T>) => Promise<T>
  /**
   * One transaction, serialised against every other write that touches the same rows. Resolves after the commit is
   * durable. A script that throws takes back its own statements and nobody else's; it may be run again from its start.
   */
  write: <T>(script: (now: number) => Script<T>, options?: WriteOptions) => Promise<T>
  now: () => Promise<number>
  /** Called after each commit of a write that `mayWakeWorkers`; returns the unsubscribe. */
  onWake: (listener: () => void) => () => void
  /** Waits for writes under way, then lets go of the database. Repeating it is harmless. */
  close: () => Promise<void>
}

export type WriteOptions = {
  /** The commit may have made a job claimable, or have moved the time when one becomes so. */
  mayWakeWorkers?: boolean
  /** Two of these never overlap, on any machine: claims, and changes of the schema. */
  isExclusive?: boolean
}

/** Runs one statement. `R` is what the statement is known to return. */
export function* rows<R>(text: string, ...args: readonly SqlValue[]): Script<readonly R[]> {
  const [found = []] = yield [{ text, args }]
  return found as readonly R[]
}

/** Runs statements of which none needs the rows of another; answers the rows of each. */
export function* all(statements: readonly Statement[]): Script<readonly Rows[]> {
  return statements.length === 0 ? [] : yield statements
}

export function statement(text: string, ...args: readonly SqlValue[]): Statement {
  return { text, args }
}

/** The first row, or null. */
export function* row<R>(text: string, ...args: readonly SqlValue[]): Script<R | null> {
  return (yield* rows<R>(text, ...args))[0] ?? null
}

/** Runs a script to its end where each exchange takes its time. */
export async function runScript<T>(
  run: (statements: readonly Statement[]) => Promise<readonly Rows[]>,
  script: Script<T>,
): Promise<T> {
  let step = script.next([])
  while (step.done !== true) step = script.next(await run(step.value))
  return step.value
}
