import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createCatalogue } from './index.ts'
import { describeRetired, findRetired, isRetired, RETIRED_IDS } from '../core/retired-ids.ts'

void describe('retired ids', () => {
  void test('each has a day, another id in its place, and a model that can be asked for', () => {
    const catalogue = createCatalogue()
    for (const { id, since, successor, model } of RETIRED_IDS) {
      assert.match(since, /^20\d{2}-\d{2}-\d{2}$/u, id)
      assert.ok(!Number.isNaN(Date.parse(since)), id)
      assert.notEqual(successor, id)
      const found = catalogue.list().find((listed) => listed.id === model)
      assert.ok(found !== undefined, `${id}: ${model} is not listed`)
      assert.equal(catalogue.findModel(id), null)
    }
    assert.equal(new Set(RETIRED_IDS.map(({ id }) => id)).size, RETIRED_IDS.length)
  })

  void test('is found with and without a provider, and by whole ids only', () => {
    assert.equal(findRetired('gpt-image-1')?.since, '2026-10-23')
    assert.equal(findRetired('openai/GPT-image-1')?.id, 'gpt-image-1')
    for (const id of ['gpt-image-2', 'gpt-image', 'gpt-image-1.50', '', 'constructor', 'x/'])
      assert.equal(findRetired(id), null, id)
  })

  void test('counts from its day on', () => {
    const retired = findRetired('gpt-image-1')
    assert.ok(retired !== null)
    assert.equal(isRetired(retired, Date.parse('2026-10-22T23:59:59Z')), false)
    assert.equal(isRetired(retired, Date.parse('2026-10-23T00:00:00Z')), true)
    assert.match(describeRetired(retired), /^gpt-image-1 .* 2026-10-23; use openai\/gpt-image-2$/u)
  })
})
