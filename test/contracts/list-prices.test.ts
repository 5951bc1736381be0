/** What the engines compute against a table of the vendors' list prices that was read apart from the code. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { BFL_PRICES } from '../../src/engines/bfl/prices.ts'
import { ARK_PRICES } from '../../src/engines/byteplus/prices.ts'
import { GOOGLE_PRICES } from '../../src/engines/google/prices.ts'
import { OPENAI_PRICES } from '../../src/engines/openai/prices.ts'
import { measure, UNITS } from '../support/measure-price.ts'

const FILE = new URL('../support/list-prices.json', import.meta.url)
const ROW = z.strictObject({
  engine: z.string(),
  model: z.string(),
  unit: z.string().refine((unit) => UNITS.some((known) => known.test(unit)), 'nobody measures this unit'),
  usd: z.number().positive().nullable(),
  source: z.string(),
  confidence: z.string().min(1),
})
const TABLE = z.strictObject({
  asOf: z.iso.date(),
  currency: z.literal('USD'),
  about: z.string(),
  rows: z.array(ROW),
})
/** The table has four digits after the point where it was computed. */
const COMPUTED_DIGITS = 4

const { rows } = TABLE.parse(JSON.parse(readFileSync(FILE, 'utf8')))

void describe('list prices', () => {
  for (const row of rows) {
    const price = row.usd === null ? 'nothing that is known' : `$${row.usd}`
    void test(`${row.engine} ${row.model}: ${row.unit} costs ${price}`, () => {
      const usd = measure(row)
      if (row.usd === null) return assert.equal(usd, null)
      assert.ok(usd !== null, 'the code knows no price')
      const digits = row.confidence === 'computed' ? COMPUTED_DIGITS : 6
      assert.equal(Number(usd.toFixed(digits)), row.usd)
      assert.notEqual(row.source, '', 'a price says where it is from')
    })
  }

  void test('no row is there twice', () => {
    const names = rows.map(({ engine, model, unit }) => `${engine} ${model} ${unit}`)
    assert.equal(new Set(names).size, names.length)
  })

  void test('a price of the code that the table lacks fails', () => {
    const tables = { openai: OPENAI_PRICES, google: GOOGLE_PRICES, bfl: BFL_PRICES, byteplus: ARK_PRICES }
    for (const [engine, prices] of Object.entries(tables))
      for (const model of Object.keys(prices))
        assert.ok(
          rows.some((row) => row.engine === engine && row.model === model && row.usd !== null),
          `${engine} ${model}`,
        )
  })

  void test('a unit that nobody measures is refused', () => {
    const [first] = rows
    assert.equal(ROW.safeParse({ ...first, unit: '1k tokens in' }).success, false)
    assert.equal(ROW.safeParse({ ...first, unit: 'image' }).success, true)
  })
})
