import type { FastifyRequest } from 'fastify'
import { closeNames } from '../core/close-names.ts'
import { AfterimageError } from '../core/errors.ts'
import type { CompatMode } from '../wire/types.ts'

const PREFIX = 'x-afterimage-'
/** What a request may say with headers of our own. */
const KNOWN = ['X-Afterimage-Cache', 'X-Afterimage-Dedupe', 'X-Afterimage-Engine']
/** Longer ones are no misspelling. */
const MAX_SHOWN = 60

/**
 * A control that is misspelt would be ignored, and a job paid for that was not to be made. Lenient servers ignore it.
 * @throws AfterimageError `invalid_request` that names the header, those that there are, and the closest
 */
export function refuseUnknownHeaders({ headers }: Pick<FastifyRequest, 'headers'>, mode: CompatMode): void {
  if (mode === 'lenient') return
  const known = new Set(KNOWN.map((name) => name.toLowerCase()))
  const unknown = Object.keys(headers).find((name) => name.startsWith(PREFIX) && !known.has(name))
  if (unknown === undefined) return
  const path = unknown.slice(0, MAX_SHOWN)
  const close = closestTo(unknown)
  const hint = close === null ? '' : `; did you mean ${close}?`
  const message = `no header of this server; allowed: ${KNOWN.join(', ')}${hint}`
  throw new AfterimageError('invalid_request', `${path}: ${message}${close === null ? '.' : ''}`, {
    issues: [{ path, message, code: 'unrecognized_key' }],
  })
}

/** Two swapped letters are too much for a short name by itself, and anything is close with the whole prefix. */
const COMPARED_FROM = 'x-after'.length

function closestTo(name: string): string | null {
  const compared = KNOWN.map((known) => known.slice(COMPARED_FROM))
  const [close] = closeNames(name.slice(COMPARED_FROM), compared, 1)
  return KNOWN.find((known) => known.slice(COMPARED_FROM) === close) ?? null
}
