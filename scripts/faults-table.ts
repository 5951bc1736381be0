/** Writes docs/reference/upstream-faults.md; takes some minutes. A long test fails when the page is stale. */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { faultsPage, runFaultCases } from '../test/contracts/fault-table.ts'

const begun = performance.now()
const rows = await runFaultCases()
writeFileSync(
  fileURLToPath(new URL('../docs/reference/upstream-faults.md', import.meta.url)),
  faultsPage(rows),
)
const seconds = Math.round((performance.now() - begun) / 1000)
console.log(`docs/reference/upstream-faults.md: ${rows.length} cases in ${seconds} s`)
