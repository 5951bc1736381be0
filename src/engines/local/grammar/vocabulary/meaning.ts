/** What words can mean. The vocabulary is data: phrases on one side, a meaning on the other. */
import type { OperationValues } from '../../operation.ts'
import type { ClauseView } from '../clause-view.ts'

/** Decides where a step runs: light and form first, then styles, then what lies over and around them. */
export type Group =
  | 'geometry'
  | 'tone'
  | 'colour'
  | 'look'
  | 'detail'
  | 'style'
  | 'lens'
  | 'staging'
  | 'frame'

/** How degrees ("slightly"), per cents and factors set one number of an operation. */
export type Dial = {
  key: string
  /** The value without any degree word. */
  base: number
  least: number
  most: number
  /** `stops`: 20 % more light is log2(1.2); `share` (default): 20 % is 0.2. */
  unit?: 'share' | 'stops'
}

/** Why a phrase that was recognised cannot be done this time; the end of a sentence. */
export type Refusal = { refuse: string }

export type Action = {
  operation: string
  values?: OperationValues
  dial?: Dial
  /**
   * Reads numbers, colours and places from the clause; null when the phrase does not mean the operation here.
   * A value named `operation` is the name of another operation that fits the clause better.
   */
  read?: (clause: ClauseView) => OperationValues | Refusal | null
}

export type Meaning =
  /**
   * A whole operation: "brighter", "pencil sketch". `isScene`: with "add" it would be content ("add a sunset").
   * `isGeneric`: beside a more exact style it only repeats it ("pastel drawing").
   */
  | { kind: 'do'; group: Group; actions: readonly Action[]; isScene?: boolean; isGeneric?: boolean }
  /** Something that can go up or down: "contrast". `isFault`: "no noise" asks to remove it. */
  | {
      kind: 'property'
      group: Group
      up: readonly Action[] | null
      down: readonly Action[] | null
      bare: 'up' | 'down' | null
      isFault?: boolean
    }
  /** Says which way, or asks for content; `alone` is what the verb does without an object ("enhance"). */
  | {
      kind: 'verb'
      sign: -1 | 0 | 1
      invents: 'add' | 'remove' | 'replace' | null
      takesWith: boolean
      alone?: readonly Action[]
    }
  | { kind: 'degree'; factor: number }
  | { kind: 'negation' }
  | { kind: 'keep' }
  | { kind: 'colour'; hex: string }
  /** Joins clauses; `then` also means: after what came before. */
  | { kind: 'join'; word: 'and' | 'with' | 'without' | 'then' | 'but' }
  /** What follows describes ("of a cat", "that makes me smile"). */
  | { kind: 'tail' }
  /** Stands for the whole picture, or says nothing. */
  | { kind: 'whole' }
  | { kind: 'stop' }
  /** Praise and wishes: "beautiful", "photorealistic". */
  | { kind: 'filler' }

/** Phrases, separated by `|`, and what they mean. */
export type Entry = readonly [phrases: string, meaning: Meaning]

export function perform(group: Group, phrases: string, ...actions: readonly Action[]): Entry {
  return [phrases, { kind: 'do', group, actions }]
}

/** A look or style whose `amount` follows degree words. */
export function look(group: Group, phrases: string, operation: string): Entry {
  return perform(group, phrases, { operation, dial: { key: 'amount', base: 1, least: 0, most: 1 } })
}

/** A number from -1 to 1 named `amount`. */
export function dial(operation: string, base: number, most = 1): Action {
  return { operation, dial: { key: 'amount', base, least: -1, most } }
}
