/** The instruction grammar: words in, real operations out, and an honest list of what it could not do. */
import { EFFECTS } from '../effects/index.ts'
import type { OperationValues } from '../operation.ts'
import { OPERATIONS } from '../operations/index.ts'
import { arrange, withoutParts, type Placed } from './arrange.ts'
import { splitClauses, type Clause } from './clauses.ts'
import type { Item } from './clause-view.ts'
import { interpretClause, type Carried } from './interpret.ts'
import { createLexicon } from './lexicon.ts'
import { REASONS } from './reasons.ts'
import { normalise, tokenise } from './tokens.ts'

export type PlannedStep = {
  operation: string
  /** Only what the instruction says; the rest are the operation's defaults. */
  values: OperationValues
  /** The words that asked for it. */
  clause: string
}
export type Unresolved = { clause: string; reason: string }
export type Instruction = { steps: readonly PlannedStep[]; unresolved: readonly Unresolved[] }

/** Characters that are read; what follows is reported as unread. */
export const MAX_LENGTH = 6000
/** Steps that are kept; an instruction with more is a list of words, not a wish. */
export const MAX_STEPS = 24
/** Clauses in messages are cut here. */
const MAX_QUOTE = 120
/** The vocabulary as a tree; it never changes. */
const LEXICON = createLexicon()

/**
 * Never throws, whatever the text. Order: as written, except that styles run after tone and colour (before colour when they have one ink), grain and
 * blur after styles, stages and frames last; "then" begins anew. Clauses that name no operation come back
 * with the reason; words without any request ("please", "this picture") do not.
 */
export function parseInstruction(prompt: string): Instruction {
  const text = normalise(prompt.slice(0, MAX_LENGTH))
  const { clauses, rest } = splitClauses(LEXICON.read(tokenise(text), text))
  const plan = readClauses(clauses, text)
  const arranged = arrange(plan.wishes, plan.excluded)
  const unread = prompt.length > MAX_LENGTH || rest.length > 0 || arranged.length > MAX_STEPS
  return {
    steps: arranged.slice(0, MAX_STEPS).map((wish) => toStep(wish, plan.excluded)),
    unresolved: [
      ...plan.unresolved,
      ...(unread
        ? [{ clause: quote(textBetween(rest, text) || prompt.slice(-40)), reason: REASONS.tooLong }]
        : []),
    ],
  }
}

type Plan = { wishes: Placed[]; excluded: Set<string>; unresolved: Unresolved[] }

function readClauses(clauses: readonly Clause[], text: string): Plan {
  const plan: Plan = { wishes: [], excluded: new Set(), unresolved: [] }
  let carried: Carried = { verb: null, isNegated: false }
  for (const clause of clauses) {
    const read = interpretClause(clause, carried)
    carried = read.carried
    const words = quote(textBetween(clause.items, text))
    plan.wishes.push(...read.outcome.wishes.map((wish) => ({ ...wish, clause: words, phase: clause.phase })))
    for (const name of read.outcome.excluded) plan.excluded.add(name)
    plan.unresolved.push(
      ...read.outcome.unresolved.map(({ text, reason }) => ({ clause: quote(text), reason })),
    )
  }
  return plan
}

function textBetween(items: readonly Item[], text: string): string {
  return text.slice(items[0]?.start ?? 0, items.at(-1)?.end ?? 0)
}

function quote(text: string): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim()
  return line.length <= MAX_QUOTE ? line : `${line.slice(0, MAX_QUOTE - 1)}…`
}

function toStep({ operation, values, clause }: Placed, excluded: ReadonlySet<string>): PlannedStep {
  const known = [...OPERATIONS, ...EFFECTS].find(({ name }) => name === operation)
  return {
    operation,
    values: { ...values, ...(known === undefined ? {} : withoutParts(known, excluded)) },
    clause,
  }
}
