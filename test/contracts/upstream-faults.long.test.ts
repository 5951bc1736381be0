/** Every model through each of its engines on each fault of its vendor: what is paid, and what the caller is told. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import { emulatedKey } from '../support/emulators/emulator.ts'
import { faultsPage, runFaultCases } from './fault-table.ts'

const PAGE = new URL('../../docs/reference/upstream-faults.md', import.meta.url)
/** About two minutes on two cores that have nothing else to do. */
const TIMEOUT_MS = 1_200_000

void test(
  'no fault is paid for twice, none is hidden, and the page tells of each',
  { timeout: TIMEOUT_MS },
  async () => {
    const rows = await runFaultCases()
    assert.deepEqual(new Set(rows.map(({ engine }) => engine)), new Set(Object.keys(EMULATED_ENGINES)))
    const keys = Object.values(EMULATED_ENGINES).map(({ emulation }) => emulatedKey(emulation().vendor))
    for (const { engine, model, fault, call, outcome } of rows) {
      const { posts, paid, isFree, status, warnings, message } = outcome
      const name = `${model} through ${engine}, ${call} ${fault}: ${JSON.stringify(outcome)}`
      assert.ok(isFree || paid <= 1, `paid twice: ${name}`)
      assert.ok(isFree || posts === 1 || paid === 0, `called again although it may have been paid: ${name}`)
      // At home a job may be found again although its answer was lost.
      assert.ok(status === 'failed' || isFree, `not a failure: ${name}`)
      if (paid === 1 && !isFree)
        assert.notEqual(outcome.fault?.charged, 'no', `paid, but called unpaid: ${name}`)
      assert.ok(warnings.includes('afterimage.precise_edit'), `lost its warning: ${name}`)
      assert.ok(!keys.some((key) => message.includes(key)), `tells a key: ${name}`)
    }
    const stale =
      'docs/reference/upstream-faults.md is stale: run "node scripts/faults-table.ts" and commit the page'
    assert.ok(readFileSync(PAGE, 'utf8') === faultsPage(rows), stale)
  },
)
