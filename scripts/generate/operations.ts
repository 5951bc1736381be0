import { UNDERSTOOD } from '../../src/engines/local/grammar/phrases.fixture.ts'
import type { PixelOperation } from '../../src/engines/local/operation.ts'
import { code, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `What the built-in engine can do with pixels. The names are those of the job's \`recipe\`. Sizes are fractions of the shorter side unless a value's name ends in \`Px\`. The phrase is one of many that lead there; [Instructions](../guides/instructions.md) tells how they are read.`

type Lists = { operations: readonly PixelOperation[]; effects: readonly PixelOperation[] }

/** docs/reference/operations.md */
export function operationsPage({ operations, effects }: Lists): string {
  return page(
    '# Operations and effects',
    GENERATED,
    INTRODUCTION,
    `## Operations (${operations.length})`,
    '![Every operation at its default values](../images/operations-raccoon.webp)',
    list(operations),
    `## Effects (${effects.length})`,
    '![Every effect at its default values](../images/effects-raccoon.webp)',
    list(effects),
  )
}

function list(operations: readonly PixelOperation[]): string {
  const rows = operations.map(({ name, summary, defaults }) => [
    code(name),
    summary,
    Object.entries(defaults)
      .map(([key, value]) => code(value === '' ? key : `${key}: ${value}`))
      .join(', '),
    examplePhrase(name),
  ])
  return table(['name', 'what it does', 'values and their defaults', 'for example'], rows)
}

/** From the phrases that the tests of the grammar hold it to; one that leads to this operation alone is better. */
function examplePhrase(name: string): string {
  const alone = UNDERSTOOD.find(([, ...names]) => names.length === 1 && names[0] === name)
  const [phrase] = alone ?? UNDERSTOOD.find(([, ...names]) => names.includes(name)) ?? []
  if (phrase === undefined) throw new Error(`no phrase of the fixture leads to ${name}: add one`)
  return `“${phrase}”`
}
