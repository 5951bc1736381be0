/** What one clause asks for. */
import { parseAspectRatio } from '../../../imaging/geometry.ts'
import type { OperationValues } from '../operation.ts'
import { viewOf, type ClauseView, type Item, type Quantity } from './clause-view.ts'
import type { Clause } from './clauses.ts'
import { REASONS } from './reasons.ts'
import { setDial } from './set-dial.ts'
import { stemOf } from './stem.ts'
import type { Action, Group, Meaning } from './vocabulary/meaning.ts'

export type Wish = {
  operation: string
  values: OperationValues
  group: Group
  /** Runs only beside this operation: "keep the red" means something in black and white alone. */
  needs?: string
}
export type Outcome = {
  wishes: readonly Wish[]
  /** Names of operations, or groups, that must not run. */
  excluded: readonly string[]
  unresolved: readonly { text: string; reason: string }[]
}

type Verb = Extract<Meaning, { kind: 'verb' }>
/** What a following bare clause inherits: "remove the dog and the cat". */
export type Carried = { verb: Verb | null; isNegated: boolean }

const NOTHING: Outcome = { wishes: [], excluded: [], unresolved: [] }

/** @returns the outcome, and what the next clause may inherit */
export function interpretClause(clause: Clause, carried: Carried): { outcome: Outcome; carried: Carried } {
  const own = readClause(clause, carried)
  return { outcome: decide(own), carried: { verb: own.verb, isNegated: own.isNegated } }
}

type Reading = {
  items: readonly Item[]
  view: ClauseView
  verb: Verb | null
  isNegated: boolean
  isKept: boolean
}

function readClause({ items, join }: Clause, carried: Carried): Reading {
  const found = items.flatMap(({ meaning }) => (meaning?.kind === 'verb' ? [meaning] : []))
  // A verb that asks for content outweighs one that only says which way.
  const own = found.find(({ invents }) => invents !== null) ?? found[0] ?? null
  const isList = join === 'and' || join === 'comma'
  const isBare =
    own === null && !items.some(({ meaning }) => meaning?.kind === 'do' || meaning?.kind === 'negation')
  const verb = own ?? (isList && isBare ? carried.verb : null)
  const isInherited = join === 'and' && own === null && carried.isNegated
  const isNegated =
    join === 'without' || isInherited || items.some(({ meaning }) => meaning?.kind === 'negation')
  const isKept = items.some(({ meaning }) => meaning?.kind === 'keep')
  const sign = signOf(found) ?? verb?.sign ?? 0
  return { items, view: viewOf(items, { sign }), verb, isNegated, isKept }
}

/** "Turn down the brightness more": the last verb with a direction decides. */
function signOf(verbs: readonly Verb[]): -1 | 0 | 1 | null {
  return verbs.findLast(({ sign }) => sign !== 0)?.sign ?? null
}

function decide(reading: Reading): Outcome {
  if (reading.isKept) return keepAsIs(reading)
  if (reading.isNegated) return leaveOut(reading)
  const replaced = replaceColours(reading)
  if (replaced !== null) return replaced
  const { wishes, refusals, lost } = collect(reading)
  const text = textOf(reading.items)
  const left = leftovers(reading)
  const invents = reading.verb?.invents ?? null
  if (invents !== null && left.all.length > 0) return refuse(text, REASONS[invents])
  if (refusals[0] !== undefined) return refuse(text, refusals[0])
  if (lost) return refuse(text, REASONS.irreversible)
  if (wishes.length === 0) return decideWithout(reading, left)
  const isWhole = wishes.some(({ group }) => group === 'style' || group === 'look' || group === 'staging')
  if (left.main.length > 0 && !isWhole) return refuse(text, REASONS.local)
  const rest = left.all
  return {
    wishes,
    excluded: [],
    unresolved: rest.length === 0 ? [] : [{ text: textOf(rest), reason: REASONS.partly }],
  }
}

function refuse(text: string, reason: string): Outcome {
  return { ...NOTHING, unresolved: [{ text, reason }] }
}

/** No operation was named: perhaps a colour alone, a verb alone, or nothing that asks for anything. */
function decideWithout({ items, view, verb }: Reading, left: Leftovers): Outcome {
  const [colour] = view.colours
  const text = textOf(items)
  if (left.all.length > 0)
    return refuse(
      text,
      colour !== undefined && view.has('make', 'turn', 'tint', 'colourise') ? REASONS.local : REASONS.unknown,
    )
  if (colour !== undefined && view.sign >= 0 && verb?.takesWith !== true) {
    const amount = Math.min(1, (view.sign > 0 ? 0.25 : 0.5) * view.degree)
    return { ...NOTHING, wishes: [{ operation: 'colourise', values: { colour, amount }, group: 'colour' }] }
  }
  const [form] = view.quantities.flatMap(formOf)
  if (form !== undefined) return { ...NOTHING, wishes: [form] }
  if (verb?.alone !== undefined)
    return { ...NOTHING, wishes: verb.alone.flatMap((action) => wishOf(action, 'tone', { view, flip: 1 })) }
  const asks = items.some(({ meaning, isNumber }) => isNumber || ASKING.has(meaning?.kind ?? ''))
  return asks ? refuse(text, REASONS.unknown) : NOTHING
}

/** "1080x1080" and "16:9" need no verb. */
function formOf({ unit, value, second, text }: Quantity): Wish[] {
  if (unit === 'size')
    return [{ operation: 'resize', values: { widthPx: value, heightPx: second }, group: 'geometry' }]
  const isAspect = unit === 'ratio' && text.includes(':') && parseAspectRatio(text) !== null
  return isAspect ? [{ operation: 'crop_to_aspect', values: { aspect: text }, group: 'geometry' }] : []
}

const ASKING: ReadonlySet<string> = new Set(['filler', 'verb', 'property', 'colour', 'do', 'degree', 'tail'])

type Collected = { wishes: Wish[]; refusals: string[]; lost: boolean }

function collect({ items, view, verb }: Reading): Collected {
  const result: Collected = { wishes: [], refusals: [], lost: false }
  const exact = items.flatMap(({ meaning }) =>
    meaning?.kind === 'do' && meaning.isGeneric !== true ? [meaning.group] : [],
  )
  for (const { meaning } of items) {
    // "Ink drawing" is ink, "soft golden light" is no blur.
    const isRepeated = meaning?.kind === 'do' && meaning.isGeneric === true
    if (isRepeated && (meaning.group === 'lens' ? exact.length > 0 : exact.includes(meaning.group))) continue
    if (meaning?.kind === 'do') addWhole(result, meaning, { view, verb })
    if (meaning?.kind !== 'property') continue
    const direction = view.sign === 0 ? meaning.bare : view.sign > 0 ? 'up' : 'down'
    if (direction === null) continue
    const actions = meaning[direction]
    if (actions === null) result.lost ||= view.sign < 0
    else for (const action of actions) addWish(result, action, { group: meaning.group, view, flip: 1 })
  }
  return result
}

function addWhole(
  result: Collected,
  meaning: Extract<Meaning, { kind: 'do' }>,
  { view, verb }: { view: ClauseView; verb: Verb | null },
): void {
  if (meaning.isScene === true && verb?.invents === 'add') {
    result.refusals.push(REASONS.add)
    return
  }
  const isLess =
    view.sign < 0 && meaning.group !== 'geometry' && meaning.group !== 'frame' && !isRemovalByName(meaning)
  for (const action of meaning.actions) {
    const canTurn = action.dial !== undefined && action.dial.least < 0
    if (isLess && !canTurn) result.lost = true
    else addWish(result, action, { group: meaning.group, view, flip: isLess ? -1 : 1 })
  }
}

/** "Remove the noise reduction" is rare; "clear the haze" and "fix the colours" carry their verb inside. */
function isRemovalByName({ actions }: Extract<Meaning, { kind: 'do' }>): boolean {
  return actions.every(({ operation }) => REPAIRS.has(operation))
}

const REPAIRS: ReadonlySet<string> = new Set([
  'denoise',
  'dehaze',
  'deblock',
  'auto_white_balance',
  'auto_levels',
  'sharpen',
  'highlights',
])

function addWish(
  result: Collected,
  action: Action,
  { group, view, flip }: { group: Group; view: ClauseView; flip: 1 | -1 },
): void {
  const read = action.read?.(view)
  if (read === null) return
  if (read !== undefined && 'refuse' in read) result.refusals.push(String(read['refuse']))
  else result.wishes.push(...wishOf(action, group, { view, flip }))
}

function wishOf(action: Action, group: Group, { view, flip }: { view: ClauseView; flip: 1 | -1 }): Wish[] {
  const read = action.read?.(view) ?? {}
  const { operation = action.operation, ...values } = read as OperationValues
  const dialled =
    action.dial === undefined || action.dial.key in values ? {} : setDial(action.dial, view, flip)
  return [{ operation: String(operation), values: { ...action.values, ...dialled, ...values }, group }]
}

/** "Replace red with blue", "turn the reds blue": two colours and nothing else that is known. */
function replaceColours(reading: Reading): Outcome | null {
  const { items, view, verb } = reading
  const [from, to] = view.colours
  const { wishes, refusals } = collect(reading)
  const isOther = wishes.length > 0 || refusals.length > 0
  const isAsked = verb?.invents === 'replace' || view.has('turn', 'make', 'into', 'to')
  if (from === undefined || to === undefined || isOther || !isAsked || view.colours.length !== 2) return null
  if (leftovers({ items }).all.length > 0) return refuse(textOf(items), REASONS.local)
  return { ...NOTHING, wishes: [{ operation: 'replace_colour', values: { from, to }, group: 'colour' }] }
}

/** "Without grain", "don't crop", "no people". */
function leaveOut(reading: Reading): Outcome {
  const { items } = reading
  const faults = items.flatMap(({ meaning }) =>
    meaning?.kind === 'property' && meaning.isFault === true && meaning.down !== null ? [meaning] : [],
  )
  const wishes = faults.flatMap(({ down, group }) =>
    (down ?? []).flatMap((action) => wishOf(action, group, { view: reading.view, flip: 1 })),
  )
  const excluded = items.flatMap(({ meaning }) => namesOf(meaning))
  const left = leftovers(reading)
  const isNothing = wishes.length === 0 && excluded.length === 0
  // "No people" cannot be granted; "don't change the face" is granted by doing nothing to it.
  const isWish = left.all.length > 0 && reading.verb === null && isNothing
  return { wishes, excluded, unresolved: isWish ? [{ text: textOf(items), reason: REASONS.remove }] : [] }
}

function namesOf(meaning: Meaning | null): string[] {
  if (meaning?.kind === 'do')
    return meaning.actions.flatMap(({ operation }) => RELATED[operation] ?? [operation])
  if (meaning?.kind !== 'property' || meaning.isFault === true) return []
  return [...(meaning.up ?? []), ...(meaning.down ?? [])]
    .filter(({ operation }) => !REPAIRS.has(operation))
    .map(({ operation }) => operation)
}

/** Operations that one word stands for when it is forbidden. */
const RELATED: Readonly<Record<string, readonly string[]>> = {
  crop: ['crop', 'crop_to_aspect', 'trim'],
  crop_to_aspect: ['crop', 'crop_to_aspect'],
  resize: ['resize', 'scale'],
  border: ['border', 'instant_frame', 'letterbox', 'frame'],
}

/** "Keep the colours" forbids what would change them; what never changes anyway needs no answer. */
function keepAsIs(reading: Reading): Outcome {
  const [colour] = reading.view.colours
  if (colour !== undefined) {
    const wish: Wish = {
      operation: 'colour_emphasis',
      values: { colour },
      group: 'colour',
      needs: 'black_and_white',
    }
    return { ...NOTHING, wishes: [wish] }
  }
  const excluded = reading.items.flatMap(({ meaning, stems }) => {
    if (meaning?.kind === 'property' && meaning.group === 'colour') return ['group:colour']
    if (meaning?.kind === 'property') return namesOf(meaning)
    return stems.some((stem) => FORM.has(stem)) ? ['group:geometry'] : []
  })
  return { ...NOTHING, excluded }
}

const FORM: ReadonlySet<string> = new Set(
  ['composition', 'size', 'aspect', 'proportions', 'framing', 'ratio', 'format'].map(stemOf),
)

type Leftovers = { main: readonly Item[]; all: readonly Item[] }

/** Words nobody knows, and whether they stand before or after the words that begin a description. */
function leftovers({ items }: { items: readonly Item[] }): Leftovers {
  const isUnknown = ({ meaning, isNumber }: Item): boolean => meaning === null && !isNumber
  const tail = items.findIndex(({ meaning }) => meaning?.kind === 'tail')
  const all = items.filter(isUnknown)
  return { main: tail === -1 ? all : items.slice(0, tail).filter(isUnknown), all }
}

/** Words as they were written; those that did not stand together are joined by a space. */
function textOf(items: readonly Item[]): string {
  return items
    .reduce((text, item, index) => text + (item.start === items[index - 1]?.end ? '' : ' ') + item.text, '')
    .trim()
}
