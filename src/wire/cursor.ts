/** Cursors of lists: times in ISO 8601 with microseconds, because two jobs may share a millisecond. */

const ISO =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+ -]\d{2}:?\d{2})?$/iu

/** Microseconds as `2026-11-24T10:00:00.123456Z`. */
export function renderCursor(micros: number): string {
  const fraction = String(((micros % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')
  return `${new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19)}.${fraction}Z`
}

/**
 * Microseconds of any ISO 8601 date or time; without a zone it is UTC. Null when it is none.
 * A `+` that a query string turned into a space counts as `+`.
 */
export function parseCursor(text: string): number | null {
  const [, date, time = '00:00', seconds = '00', fraction = '', zone = 'Z'] = ISO.exec(text.trim()) ?? []
  if (date === undefined) return null
  const offset =
    zone.toUpperCase() === 'Z' ? 'Z' : zone.replace(' ', '+').replace(/(\d{2})(\d{2})$/u, '$1:$2')
  const milliseconds = Date.parse(`${date}T${time}:${seconds}${offset}`)
  if (Number.isNaN(milliseconds)) return null
  const micros = milliseconds * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
  // Far times are as good as the farthest that a number holds exactly (the year 2255): nothing lies beyond.
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, micros))
}
