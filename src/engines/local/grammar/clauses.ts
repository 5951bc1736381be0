/** Splits an instruction into clauses: sentences, enumerations, "and", "then", "with". */
import type { Item } from './clause-view.ts'
import type { Row } from './lexicon.ts'
import { stemOf } from './stem.ts'

export type Join = 'start' | 'comma' | 'and' | 'with' | 'without' | 'then' | 'but'
export type Clause = {
  items: readonly Item[]
  join: Join
  /** Raised by "then": steps of a later phase run after all of an earlier one. */
  phase: number
}

/** "Fill with red", "extend with a blur": here "with" belongs to what stands before it. */
const TAKES_WITH: ReadonlySet<string> = new Set(
  [
    'extend',
    'expand',
    'pad',
    'padding',
    'tint',
    'duotone',
    'tritone',
    'rotate',
    'border',
    'frame',
    'background',
    'backdrop',
    'gradient',
    'colourise',
    'pixel',
    'posterize',
    'tilt',
  ].map(stemOf),
)
/** After this many clauses the rest is reported as one. */
export const MAX_CLAUSES = 80

type Draft = { items: Item[]; join: Join; phase: number }

/** @returns the clauses, and the items that were too many */
export function splitClauses(row: Row): { clauses: readonly Clause[]; rest: readonly Item[] } {
  const drafts: Draft[] = []
  let draft: Draft = { items: [], join: 'start', phase: 0 }
  const begin = (join: Join): void => {
    const phase = draft.phase + (join === 'then' ? 1 : 0)
    if (draft.items.length > 0) drafts.push(draft)
    draft = { items: [], join: draft.items.length === 0 && join === 'comma' ? draft.join : join, phase }
  }
  for (const [index, item] of row.entries()) {
    const join = joinAt(row, index, draft.items)
    if (join === null) {
      if (item !== null && item.meaning?.kind !== 'join') draft.items.push(item)
    } else begin(join)
  }
  if (draft.items.length > 0) drafts.push(draft)
  return {
    clauses: drafts.slice(0, MAX_CLAUSES),
    rest: drafts.slice(MAX_CLAUSES).flatMap(({ items }) => items),
  }
}

function joinAt(row: Row, index: number, before: readonly Item[]): Join | null {
  const item = row[index]
  if (item === null) return isBetweenColours(row, index) ? null : 'comma'
  if (item?.meaning?.kind !== 'join') return null
  const { word } = item.meaning
  if (word === 'and' && isBetweenColours(row, index)) return null
  if (word === 'with' && before.some(takesWith)) return null
  return word
}

function takesWith({ meaning, stems }: Item): boolean {
  if (meaning?.kind === 'verb' && meaning.takesWith) return true
  return meaning?.kind === 'do' && stems.some((stem) => TAKES_WITH.has(stem))
}

/** "Blue and orange", "navy, coral and cream" name the inks of one print. */
function isBetweenColours(row: Row, index: number): boolean {
  return row[index - 1]?.meaning?.kind === 'colour' && row[index + 1]?.meaning?.kind === 'colour'
}
