import type { RememberedRequest } from '../server/request-memory.ts'

/** Of the instruction; enough to know the file again. */
const MAX_WORDS = 6
/** In bytes of UTF-8: some scripts write whole sentences without a space, and the server cuts what is longer. */
const MAX_BYTES = 160
/** Letters and digits with the marks on them, as in Hindi and Thai; an apostrophe inside is part of a word. */
const WORDS = /[\p{L}\p{N}][\p{L}\p{M}\p{N}\p{Join_Control}'’]*/gu

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
  const words = (request?.prompt.match(WORDS) ?? []).slice(0, MAX_WORDS).join(' ')
  const name = shorten([source, words].filter(Boolean).join(' - '))
  return name !== '' && at > 0 ? `${name} ${at + 1}` : name
}

/** Whole letters, as many as fit. */
function shorten(name: string): string {
  const encoder = new TextEncoder()
  let bytes = 0
  const letters = Array.from(new Intl.Segmenter().segment(name), ({ segment }) => segment)
  return letters
    .filter((letter) => (bytes += encoder.encode(letter).length) <= MAX_BYTES)
    .join('')
    .trim()
}
