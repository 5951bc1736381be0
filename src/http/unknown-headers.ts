import type { FastifyRequest } from 'fastify'
import { closeNames } from '../core/close-names.ts'
import { AfterimageError } from '../core/errors.ts'
import type { CompatMode } from '../wire/types.ts'

/** What a request may say with headers of our own. */
const KNOWN = ['X-Afterimage-Cache', 'X-Afterimage-Dedupe', 'X-Afterimage-Engine']
/** Names that others use too: of these only another writing of the very same words is a misspelling. */
const SHARED = ['Idempotency-Key', 'X-Max-Cost', 'X-Webhook-URL']
const EXACT: ReadonlySet<string> = new Set([...KNOWN, ...SHARED].map((name) => name.toLowerCase()))
/** Longer ones are no misspelling. */
const MAX_SHOWN = 60

/**
 * A control that is misspelt would be ignored, and a job paid for that was not to be made: `X-MaxCost` would limit
 * nothing. Hyphens, underscores and a few wrong letters do not hide what was meant. Lenient servers ignore it.
 * @throws AfterimageError `invalid_request` that names the header, those that there are, and the closest
 */
export function refuseUnknownHeaders({ headers }: Pick<FastifyRequest, 'headers'>, mode: CompatMode): void {
  if (mode === 'lenient') return
  const unknown = Object.keys(headers).find((name) => !EXACT.has(name) && isMeantForUs(name))
  if (unknown === undefined) return
  const path = unknown.slice(0, MAX_SHOWN)
  const close = closestTo(unknown)
  const hint = close === null ? '' : `; did you mean ${close}?`
  const allowed = close !== null && SHARED.includes(close) ? '' : `; allowed: ${KNOWN.join(', ')}`
  const message = `no header of this server${allowed}${hint}`
  throw new AfterimageError('invalid_request', `${path}: ${message}${close === null ? '.' : ''}`, {
    issues: [{ path, message, code: 'unrecognized_key' }],
  })
}

function isMeantForUs(name: string): boolean {
  const words = wordsOf(name)
  return words.startsWith('xafterimage') || closestTo(name) !== null
}

/** The letters alone; the `X-` is often forgotten. */
function wordsOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z\d]/gu, '')
    .replace(/^afterimage/u, 'xafterimage')
}

/** Two swapped letters are too much for a short name by itself, and anything is close with the whole prefix. */
const BEGINNING = 'xafter'
const endOf = (name: string): string => wordsOf(name).slice(BEGINNING.length)

function closestTo(name: string): string | null {
  const words = wordsOf(name)
  const same = SHARED.find((shared) => wordsOf(shared) === words)
  if (same !== undefined || !words.startsWith(BEGINNING)) return same ?? null
  const [close] = closeNames(endOf(name), KNOWN.map(endOf), 1)
  return KNOWN.find((known) => endOf(known) === close) ?? null
}
