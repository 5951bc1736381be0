/** Every model through each of its vendors sends exactly what the fixture says, call by call and byte by byte. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import { toLines, writeExactRequests } from './exact-requests.ts'

const FIXTURE = new URL('exact-requests.jsonl', import.meta.url)
const HINT =
  'if the new request is what the vendor documents: "node scripts/exact-requests.ts", and read its diff'
/** Needs a workflow of the operator's own; none of the built-in ones enlarges. */
const WITHOUT_WORKFLOW = new Set(['topaz/standard-enhance through comfyui'])
const written = await writeExactRequests()

void test('every request is the one of the fixture', (context) => {
  const expected = casesOf(readFileSync(FIXTURE, 'utf8'))
  const found = casesOf(toLines(written))
  assert.deepEqual([...found.keys()].toSorted(), [...expected.keys()].toSorted(), HINT)
  for (const [name, line] of expected) assert.deepEqual(found.get(name), line, `${name}; ${HINT}`)
  context.diagnostic(`${found.size} requests of ${pairsOf(found.keys()).size} pairs of a model and an engine`)
})

void test('no pair of a model and an engine is left out, and none is refused', () => {
  const pairs = pairsOf(Object.keys(written))
  const missing = createCatalogue()
    .list()
    .flatMap(({ id, engines }) =>
      engines.filter((engine) => engine in EMULATED_ENGINES).map((engine) => `${id} through ${engine}`),
    )
    .filter((pair) => !pairs.has(pair) && !WITHOUT_WORKFLOW.has(pair))
  assert.deepEqual(missing, [])
  const refused = Object.entries(written).filter(([, result]) => 'refused' in result)
  assert.deepEqual(refused, [])
})

function casesOf(text: string): Map<string, unknown> {
  const cases = text.trimEnd().split('\n')
  return new Map(
    cases.map((line) => {
      const parsed = JSON.parse(line) as { case: string }
      return [parsed.case, parsed]
    }),
  )
}

function pairsOf(names: Iterable<string>): Set<string> {
  return new Set([...names].map((name) => name.slice(0, name.lastIndexOf(': '))))
}
