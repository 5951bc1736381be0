/** Brings wishes into the order in which they run, merges what was said twice and drops what was forbidden. */
import type { OperationValues, PixelOperation } from '../operation.ts'
import type { Wish } from './interpret.ts'
import type { Group } from './vocabulary/meaning.ts'

export type Placed = Wish & { clause: string; phase: number }

/** Light and form in the order of the text, then styles, then what lies over, under and around them. */
const RANKS: Readonly<Record<Group, number>> = {
  geometry: 0,
  tone: 0,
  colour: 0,
  look: 0,
  detail: 0,
  style: 1,
  lens: 2,
  staging: 3,
  frame: 4,
}
/** What leaves no colours of the picture: a colour that was asked for must come after it, or be lost in it. */
const COLOURLESS: ReadonlySet<string> = new Set([
  'black_and_white',
  'threshold',
  'pencil',
  'charcoal',
  'ink',
  'engraving',
  'emboss',
])
/** Between styles and what lies over them. */
const COLOUR_AFTER_STYLE = 1.5
/** Styles of one ink: colours given before them would be lost, so those are given after. */
const MONOCHROME: ReadonlySet<string> = new Set([
  'pencil',
  'charcoal',
  'ink',
  'linocut',
  'engraving',
  'blueprint',
  'cyanotype',
  'risograph',
  'emboss',
])

function createRank(wishes: readonly Placed[]): (wish: Placed) => number {
  const inked = wishes.filter(({ operation }) => MONOCHROME.has(operation))
  const phases = new Set(inked.map(({ phase }) => phase))
  return ({ group, phase }) =>
    phases.has(phase) && (group === 'colour' || group === 'look') ? RANKS.style + 0.5 : RANKS[group]
}

/** Twice said is not twice done; only turns add up. */
const ADDS_UP = new Set(['rotate'])
/** Several of one kind with different values are meant as several. */
const REPEATS = new Set(['replace_colour', 'flip', 'crop', 'colour_emphasis'])

export function arrange(wishes: readonly Placed[], excluded: ReadonlySet<string>): Placed[] {
  const allowed = wishes.filter(
    ({ operation, group }) => !excluded.has(operation) && !excluded.has(`group:${group}`),
  )
  const merged = posed(withoutContradiction(merge(allowed)))
  const isColourless = merged.some(({ operation }) => COLOURLESS.has(operation))
  const rankOf = ({ group, operation }: Placed): number =>
    isColourless && group === 'colour' && !COLOURLESS.has(operation) ? COLOUR_AFTER_STYLE : RANKS[group]
  const rank = createRank(merged)
  return merged.toSorted((first, second) => first.phase - second.phase || rank(first) - rank(second))
  return Object.fromEntries(off.map(([key]) => [key, 0]))
}

const PARTS: readonly (readonly [string, readonly string[]])[] = [
  ['grain', ['grain']],
  ['vignette', ['vignette']],
  ['glow', ['bloom']],
  ['halation', ['bloom']],
]
