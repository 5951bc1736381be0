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
/** What leaves one ink or greys: colours given before it would be lost, so those are given after. */
const MONOCHROME: ReadonlySet<string> = new Set([
  'black_and_white',
  'threshold',
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
/** After the styles, before what lies over them. */
const COLOUR_AFTER_STYLE = 1.5
/** Twice said is not twice done; only turns add up. */
const ADDS_UP = new Set(['rotate'])
/** Several of one kind with different values are meant as several. */
const REPEATS = new Set(['replace_colour', 'flip', 'crop', 'colour_emphasis'])

export function arrange(wishes: readonly Placed[], excluded: ReadonlySet<string>): Placed[] {
  const allowed = wishes.filter(
    ({ operation, group }) => !excluded.has(operation) && !excluded.has(`group:${group}`),
  )
  const wanted = allowed.filter(
    ({ needs }) => needs === undefined || allowed.some(({ operation }) => operation === needs),
  )
  const merged = posed(withoutContradiction(merge(wanted)))
  const rankOf = createRank(merged)
  return merged.toSorted((first, second) => first.phase - second.phase || rankOf(first) - rankOf(second))
}

function createRank(wishes: readonly Placed[]): (wish: Placed) => number {
  const inked = new Set(wishes.filter(({ operation }) => MONOCHROME.has(operation)).map(({ phase }) => phase))
  return ({ group, operation, phase }) =>
    inked.has(phase) && (group === 'colour' || group === 'look') && !MONOCHROME.has(operation)
      ? COLOUR_AFTER_STYLE
      : RANKS[group]
}

function merge(wishes: readonly Placed[]): Placed[] {
  const merged: Placed[] = []
  for (const wish of wishes) {
    const index = merged.findIndex(
      ({ operation, phase }) => operation === wish.operation && phase === wish.phase,
    )
    const before = merged[index]
    if (before === undefined) merged.push(wish)
    else if (ADDS_UP.has(wish.operation))
      merged[index] = { ...before, values: addTurns(before.values, wish.values) }
    else if (!REPEATS.has(wish.operation))
      merged[index] = { ...before, values: stronger(before.values, wish.values) }
    else if (JSON.stringify(before.values) !== JSON.stringify(wish.values)) merged.push(wish)
  }
  return merged
}

function addTurns(first: OperationValues, second: OperationValues): OperationValues {
  return { ...first, ...second, degrees: Number(first['degrees'] ?? 90) + Number(second['degrees'] ?? 90) }
}

/** The stronger of two amounts in one direction; in two directions, the later word counts. */
function stronger(first: OperationValues, second: OperationValues): OperationValues {
  const [a, b] = [first['amount'], second['amount']]
  const isSameWay = typeof a === 'number' && typeof b === 'number' && Math.sign(a) === Math.sign(b)
  return { ...first, ...second, ...(isSameWay && Math.abs(a) > Math.abs(b) ? { amount: a } : {}) }
}

/** One colour kept and the rest in black and white is one wish, not two. */
function withoutContradiction(wishes: readonly Placed[]): Placed[] {
  const isEmphasis = wishes.some(({ operation }) => operation === 'colour_emphasis')
  return wishes.filter(({ operation }) => !(isEmphasis && operation === 'black_and_white'))
}

/** A rug lies on the floor; a picture stands in the studio and hangs in a room. */
function posed(wishes: readonly Placed[]): Placed[] {
  const isRug = wishes.some(({ operation }) => operation === 'woven_rug')
  return wishes.map((wish) => {
    if (wish.group !== 'staging' || 'pose' in wish.values) return wish
    const pose = isRug ? 'floor' : wish.operation === 'room_stage' ? 'wall' : 'stand'
    return { ...wish, values: { ...wish.values, pose } }
  })
}

/** Values that an exclusion turns off inside a look: "vintage without grain". */
export function withoutParts(
  { defaults }: Pick<PixelOperation, 'defaults'>,
  excluded: ReadonlySet<string>,
): OperationValues {
  const off = Object.entries(defaults).filter(
    ([key, value]) =>
      typeof value === 'number' &&
      PARTS.some(([part, names]) => key === part && names.some((name) => excluded.has(name))),
  )
  return Object.fromEntries(off.map(([key]) => [key, 0]))
}

const PARTS: readonly (readonly [string, readonly string[]])[] = [
  ['grain', ['grain']],
  ['vignette', ['vignette']],
  ['glow', ['bloom']],
  ['halation', ['bloom']],
]
