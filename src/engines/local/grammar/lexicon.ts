/** Finds the phrases of the vocabulary in a row of tokens, the longest first. */
import { COLOURS, normaliseHex } from './colours.ts'
import type { Item } from './clause-view.ts'
import { tokenise, normalise, type Token } from './tokens.ts'
import { COLOUR } from './vocabulary/colour.ts'
import { FRAME } from './vocabulary/frame.ts'
import { FUNCTION_WORDS } from './vocabulary/function-words.ts'
import { GEOMETRY } from './vocabulary/geometry.ts'
import { LENS } from './vocabulary/lens.ts'
import { LOOKS } from './vocabulary/looks.ts'
import type { Entry, Meaning } from './vocabulary/meaning.ts'
import { STAGING, STYLES } from './vocabulary/styles.ts'
import { DETAIL, TONE } from './vocabulary/tone.ts'

/** What an instruction can ask for; where a phrase stands twice, the first wins. */
export const VOCABULARY: readonly Entry[] = [
  ...TONE,
  ...DETAIL,
  ...COLOUR,
  ...LOOKS,
  ...LENS,
  ...STYLES,
  ...STAGING,
  ...GEOMETRY,
  ...FRAME,
]

type Node = { next: Map<string, Node>; meaning: Meaning | null }

/** A row of items: phrases, numbers, unknown words; null is a break (punctuation). */
export type Row = readonly (Item | null)[]
export type Lexicon = { read: (tokens: readonly Token[], text: string) => Row }

export function createLexicon(): Lexicon {
  const root: Node = { next: new Map(), meaning: null }
  for (const [phrases, meaning] of [...VOCABULARY, ...colourEntries(), ...FUNCTION_WORDS])
    for (const phrase of phrases.split('|')) insert(root, phrase, meaning)
  return { read: (tokens, text) => readRow(root, tokens, text) }
}

function colourEntries(): Entry[] {
  return Object.entries(COLOURS).map(([name, hex]) => [name, { kind: 'colour', hex }])
}

function insert(root: Node, phrase: string, meaning: Meaning): void {
  let node = root
  for (const { stem } of tokenise(normalise(phrase))) {
    const next = node.next.get(stem) ?? { next: new Map(), meaning: null }
    node.next.set(stem, next)
    node = next
  }
  node.meaning ??= meaning
}

function readRow(root: Node, tokens: readonly Token[], text: string): Row {
  const row: (Item | null)[] = []
  for (let at = 0; at < tokens.length;) {
    const { item, length } = readItem(root, tokens, at)
    row.push(item === null ? null : { ...item, text: text.slice(item.start, item.end) })
    at += length
  }
  return row
}

/** Phrases have at most a handful of words, so looking ahead from each token is bounded. */
function readItem(root: Node, tokens: readonly Token[], at: number): { item: Item | null; length: number } {
  const [first] = tokens.slice(at, at + 1)
  if (first === undefined || first.kind === 'break') return { item: null, length: 1 }
  const found = longestMatch(root, tokens, at)
  const last = tokens[at + found.length - 1] ?? first
  const own = { text: first.text, start: first.start, end: last.end }
  const stems = tokens.slice(at, at + found.length).map(({ stem }) => stem)
  const hex = first.kind === 'hex' ? normaliseHex(first.text) : null
  const meaning = hex === null ? found.meaning : ({ kind: 'colour', hex } as const)
  const isNumber = first.kind === 'number' && found.meaning === null
  return { item: { ...own, meaning, stems, isNumber }, length: found.length }
}

function longestMatch(
  root: Node,
  tokens: readonly Token[],
  at: number,
): { meaning: Meaning | null; length: number } {
  let best: { meaning: Meaning | null; length: number } = { meaning: null, length: 1 }
  let node = root.next.get(tokens[at]?.stem ?? '')
  for (let length = 1; node !== undefined; length += 1) {
    if (node.meaning !== null) best = { meaning: node.meaning, length }
    const next = tokens[at + length]
    node = next === undefined || next.kind === 'break' ? undefined : node.next.get(next.stem)
  }
  return best
}
