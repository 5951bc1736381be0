/** No model of this version runs at a vendor under an id that is gone, or will be within weeks of its writing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { findRetired, isRetired, RETIRED_IDS } from '../../src/core/retired-ids.ts'
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'

const WRITTEN = Date.parse('2026-11-25')
/** A server that is installed today shall still call ids that live when it is next updated. */
const AHEAD_DAYS = 60
const HORIZON = WRITTEN + AHEAD_DAYS * 24 * 3600 * 1000

void test('every engine calls ids that live', async (context) => {
  const models = createCatalogue().list()
  const options = { origin: 'http://127.0.0.1:9', secret: () => 'k', clock: { now: Date.now } }
  let checked = 0
  for (const [id, { create }] of Object.entries(EMULATED_ENGINES)) {
    const engine = create({ ...options, fetchResult: createGuardedFetch() })
    for (const model of models) {
      const upstream = engine.upstreamId?.(model.id) ?? null
      if (upstream === null) continue
      checked += 1
      const retired = findRetired(upstream)
      if (retired?.engine === id) assert.equal(isRetired(retired, HORIZON), false, `${model.id}: ${upstream}`)
    }
    await engine.close?.()
  }
  context.diagnostic(`checked ${checked}`)
  assert.ok(checked > 30)
})

void test('no id is named in place of another that ends itself', () => {
  for (const { id, successor } of RETIRED_IDS)
    assert.equal(findRetired(successor), null, `${id}: ${successor}`)
})
