/** Proofs under fire: each says what it tried, how often that failed and how long it took. */
import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import type { TestContext } from 'node:test'

/** Whether `npm run chaos:long` asks for the full numbers. */
export const isLong = process.env['AFTERIMAGE_TEST_LONG'] === '1'
/** Its table is made of what is written here. */
const PROOFS_FILE = process.env['AFTERIMAGE_TEST_PROOFS']

/** One line of the table. */
export type ProofLine = { what: string; tried: number; failed: number; seconds: number; notes: string }

export type Proof = {
  /** Counts tries. */
  try: (count?: number) => void
  /** Counts one failure; the first twenty are told. */
  fail: (reason: string) => void
  /** Reports, and fails the test if anything failed or nothing was tried. */
  end: (notes?: string) => void
}

/**
 * The number for `npm run chaos`, or the one of the long run.
 * @param quick for `npm test`, which has no minutes to spare
 */
export function share(ci: number, long: number, quick = ci): number {
  if (isLong) return long
  return PROOFS_FILE === undefined ? quick : ci
}

export function startProof(context: Pick<TestContext, 'diagnostic'>, what: string): Proof {
  const startedAt = performance.now()
  const failures: string[] = []
  let tried = 0
  return {
    try: (count = 1) => (tried += count),
    fail: (reason) => failures.push(reason),
    end: (notes = '') => {
      const seconds = Math.round((performance.now() - startedAt) / 100) / 10
      const line: ProofLine = { what, tried, failed: failures.length, seconds, notes }
      context.diagnostic(
        `${what}: tried ${tried}, failed ${line.failed}, ${seconds} s${notes === '' ? '' : `; ${notes}`}`,
      )
      if (PROOFS_FILE !== undefined) appendFileSync(PROOFS_FILE, `${JSON.stringify(line)}\n`)
      assert.deepEqual(failures.slice(0, 20), [])
      assert.ok(tried > 0, 'something was tried')
    },
  }
}
