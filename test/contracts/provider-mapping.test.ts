/** The adapters against the mapping of fields that the vendors' documents were read into, apart from the code. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { inputSchema } from '../../src/wire/schema.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import type { Mapping } from '../support/provider-mapping.ts'
import { DEFAULT_ENGINES, PROVIDER_MAPPING } from '../support/provider-mapping.ts'
import { run, useEngine } from './wire-bench.ts'
import type { Schema } from './wire-variants.ts'
import { plainBody, valuesOf } from './wire-variants.ts'

const catalogue = createCatalogue()
void test('the first engine of each model is the one that the mapping names', () => {
  const found = Object.keys(DEFAULT_ENGINES).map((id) => [id, catalogue.findModel(id)?.engines[0]])
  assert.deepEqual(Object.fromEntries(found), DEFAULT_ENGINES)
})

void test('every mapped field goes on under the name that its vendor documents', async () => {
  const parted: string[] = []
  for (const mapping of PROVIDER_MAPPING) parted.push(...(await partsFrom(mapping)))
  assert.deepEqual(parted, [])
})

async function partsFrom({ model: id, engine, upstream, fields }: Mapping): Promise<string[]> {
  const model = catalogue.findModel(id)
  const emulated = EMULATED_ENGINES[engine]
  assert.ok(model !== null && emulated !== undefined, `${id} through ${engine}`)
  assert.ok(
    model.engines.some((name) => name === engine),
    `${engine} is no engine of ${id}`,
  )
  const { properties } = inputSchema(model, 'aliases') as { properties: Readonly<Record<string, Schema>> }
  const parted: string[] = []
  await useEngine(emulated, async (bench) => {
    for (const [name, sentAs] of Object.entries({ '': '', ...fields })) {
      const schema = properties[name] ?? {}
      // The first list has one picture, which every vendor takes; the last of other values is seldom a default.
      const value = valuesOf(schema).at(schema['type'] === 'array' ? 0 : -1)
      const body = { ...plainBody(model), ...(name === '' ? {} : { [name]: value }) }
      const { sent, warnings } = await run(model, body, bench)
      const what = `${id} through ${engine}: ${name === '' ? 'a plain request' : name}`
      if (sent === null) parted.push(`${what} is refused: ${JSON.stringify(warnings)}`)
      else if (!sent.includes(upstream)) parted.push(`${what} does not go to ${upstream}`)
      else if (sentAs !== '' && !sent.includes(`"${sentAs}"`)) parted.push(`${what} is not sent as ${sentAs}`)
    }
  })
  return parted
}
