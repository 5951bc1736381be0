import type { RememberedRequest } from '../server/request-memory.ts'

/** Of the instruction; enough to know the file again. */
const MAX_WORDS = 6

/**
 * What a result is saved as, without its ending: what it was made from and what was asked for.
 * @param at its place among the results of the job, from 0
 * @returns empty where this browser does not know; the server then takes the id
 */
export function nameOfResult(
  request: Pick<RememberedRequest, 'prompt' | 'sources'> | null,
  at: number,
): string {
  const source = request?.sources[0]?.name.replace(/\.[a-z0-9]{2,5}$/iu, '') ?? ''
  const words = (request?.prompt.match(/[\p{L}\p{N}]+/gu) ?? []).slice(0, MAX_WORDS).join(' ')
  const name = [source, words].filter(Boolean).join(' - ')
  return name !== '' && at > 0 ? `${name} ${at + 1}` : name
}
