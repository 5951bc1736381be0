/** One thing that was looked at, and how it stands. */
export type Check = {
  name: string
  /** `off`: not used, and nobody has to do anything. `warn`: works, but not for long or not as meant. */
  status: 'ok' | 'off' | 'warn' | 'fail'
  /** What was found; never a secret. */
  found: string
  /** What to do; null where there is nothing to do. */
  fix: string | null
}

export function ok(name: string, found: string): Check {
  return { name, status: 'ok', found, fix: null }
}

/** @param fix what to do about it */
export function fail(name: string, found: string, fix: string): Check {
  return { name, status: 'fail', found, fix }
}

/** @param fix what to do about it */
export function warn(name: string, found: string, fix: string): Check {
  return { name, status: 'warn', found, fix }
}

/** The system's own code of a fault (`EACCES`), else its kind. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown fault'
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause instanceof Error ? codeOf(error.cause) : error.name
}
