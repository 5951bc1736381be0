/** Cuts an instruction into words, numbers and breaks. One pass, no backtracking: any text takes linear time. */
import { stemOf } from './stem.ts'

export type Token = {
  kind: 'word' | 'number' | 'hex' | 'break'
  /** Lower case, as written. */
  text: string
  /** What the vocabulary is searched by. */
  stem: string
  /** Place in the normalised text. */
  start: number
  end: number
}

const TOKEN =
  /#[0-9a-f]{3,8}(?![\p{L}\p{N}])|(?:(?<!\S)[-−])?\d{1,9}(?:[.,]\d{1,6})?(?:[:x×/]\d{1,9}(?:\.\d{1,6})?)?|[\p{L}\p{M}](?:[\p{L}\p{M}\p{N}]|['’](?=\p{L}))*|[%°&]|[.,;!?\n:–—|•]/gu
const BREAK = /^[.,;!?\n:–—|•]$/u

/** Compatibility characters resolved, line ends alike, hyphens and underscores as spaces, lower case. */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\r', '\n')
    .replace(/(?<=\p{L})[-‐‑_](?=\p{L})/gu, ' ')
    .replace(/(?<=\d)-(?=\p{L})/gu, ' ')
    .replace(/(?<=\d) {0,2}[x×] {0,2}(?=\d)/gu, 'x')
    .replace(/(?<=\d) ?: ?(?=\d)/gu, ':')
}

/** @param text as `normalise` returns it */
export function tokenise(text: string): Token[] {
  return [...text.matchAll(TOKEN)].map((match) => {
    const [found] = match
    const place = { start: match.index, end: match.index + found.length }
    return { ...place, kind: kindOf(found), text: found, stem: stemFor(found) }
  })
}

function kindOf(text: string): Token['kind'] {
  if (BREAK.test(text)) return 'break'
  if (text.startsWith('#')) return 'hex'
  return /^[-−]?\d/u.test(text) ? 'number' : 'word'
}

function stemFor(text: string): string {
  if (text === '%') return 'percent'
  if (text === '°') return 'degre'
  if (text === '&') return 'and'
  return stemOf(text)
}
