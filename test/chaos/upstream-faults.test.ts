/** Row 17: every engine meets every fault of its vendor, again and again; the end, the tries and the money are as specified. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Model } from '../../src/catalogue/index.ts'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { mapLimited } from '../../src/core/map-limited.ts'
import type { UpstreamFault } from '../../src/core/upstream-fault.ts'
import type { FaultCase, FaultOutcome } from '../contracts/fault-scene.ts'
import { runFaultCase, takesPictures } from '../contracts/fault-scene.ts'
import { startDeafListener } from '../support/deaf-listener.ts'
import type { EmulatedEngine } from '../support/emulated-engines.ts'
import { EMULATED_ENGINES } from '../support/emulated-engines.ts'
import type { Proof } from '../support/proof.ts'
import { share, startProof } from '../support/proof.ts'

/** Of each fault at each vendor. */
const ROUNDS = share(1, 25)
/** Most cases wait for a socket or a deadline. */
const AT_ONCE = 16
/** A submit that surely was not paid, and whose fault may pass, is made so often. */
const TRIES = 3
const CONNECT_MS = 300

type Kind = UpstreamFault['kind']
type Expected = { kinds: readonly Kind[]; charged: UpstreamFault['charged'] }
type Case = FaultCase & { expected: Expected | null }
type Subject = { id: string; engine: EmulatedEngine; model: Model }

const unpaid = (...kinds: Kind[]): Expected => ({ kinds, charged: 'no' })
const open = (...kinds: Kind[]): Expected => ({ kinds, charged: 'maybe' })
const LOST = open('outcome_unknown')
const USELESS = open('bad_response')

/** What a fault of the submit is, by the row of the list of tests; kinds that a vendor may also mean by it, too. */
const SUBMIT: Readonly<Partial<Record<FaultCase['fault'], Expected>>> = {
  invalid_input: unpaid('invalid_input'),
  unauthorized: unpaid('auth'),
  no_credit: unpaid('quota'),
  quota: unpaid('quota'),
  forbidden: unpaid('auth'),
  not_found: unpaid('not_found'),
  request_timeout: LOST,
  too_large: unpaid('invalid_input'),
  rate_limited: unpaid('rate_limited'),
  server_error: open('transient'),
  bad_gateway: LOST,
  overloaded: unpaid('transient'),
  gateway_timeout: LOST,
  silent: LOST,
  stalled: LOST,
  trickle: LOST,
  dropped: LOST,
  truncated: LOST,
  reset: LOST,
  cut_json: USELESS,
  garbage: USELESS,
  wrong_type: USELESS,
  error_in_200: open('bad_response', 'transient'),
  private_redirect: USELESS,
}
/** Beside the wait for a job that the vendor took: whatever it is, the job was paid for once. */
const AFTER: readonly FaultCase['fault'][] = [
  'unauthorized',
  'forbidden',
  'not_found',
  'rate_limited',
  'server_error',
  'bad_gateway',
  'overloaded',
  'silent',
  'stalled',
  'reset',
  'truncated',
  'cut_json',
  'garbage',
  'wrong_type',
  'error_in_200',
  'private_redirect',
]
/** Where the answer holds the image or its address. Refusals come at the submit or later, as the vendor has it. */
const ANYWHERE: readonly FaultCase['fault'][] = [
  'refused',
  'empty',
  'bad_image',
  'empty_image',
  'sizeless_image',
]

const CASES: readonly Case[] = [
  ...Object.entries(SUBMIT).map(([fault, expected]): Case => ({
    fault: fault as FaultCase['fault'],
    call: 'submit',
    expected,
  })),
  ...AFTER.map((fault): Case => ({ fault, call: 'after', expected: null })),
  ...ANYWHERE.map((fault): Case => ({ fault, call: 'any', expected: null })),
]

/** A model that works on a picture, of each engine. */
function subjects(): Subject[] {
  const models = createCatalogue().list().filter(takesPictures)
  return Object.entries(EMULATED_ENGINES).map(([id, engine]) => {
    const model = models.find(({ engines }) => engines.some((name) => name === id))
    if (model === undefined) throw new Error(`${id} serves no model`)
    return { id, engine, model }
  })
}

async function judge(subject: Subject, one: Case, proof: Proof): Promise<void> {
  const outcome = await runFaultCase(subject, one)
  if (outcome === null) return
  proof.try()
  const fault = faultOf(outcome, one.expected)
  if (fault !== null)
    proof.fail(
      `${subject.model.id} through ${subject.id}, ${one.call} ${one.fault}: ${fault}; ${inWords(outcome)}`,
    )
}

function faultOf(outcome: FaultOutcome, expected: Expected | null): string | null {
  const { posts, paid, isFree, status, attempts, code, fault } = outcome
  // At home another call costs nothing: a job whose answer was lost is found again, or made again.
  if (isFree) return status === 'failed' || status === 'completed' ? null : `ended as ${status}`
  if (status !== 'failed') return `ended as ${status}`
  if (paid > 1) return 'was paid twice'
  if (paid === 1 && fault?.charged === 'no') return 'was paid, and is called unpaid'
  const tries = code === 'unavailable' && fault?.charged === 'no' ? TRIES : 1
  if (attempts !== tries || posts > tries) return `was tried ${attempts} times, not ${tries}`
  if (expected === null) return null
  if (fault === null || !expected.kinds.includes(fault.kind)) return `is no ${expected.kinds.join(' or ')}`
  return fault.charged === expected.charged ? null : `is charged ${fault.charged}, not ${expected.charged}`
}

function inWords(outcome: FaultOutcome): string {
  return JSON.stringify({ ...outcome, warnings: undefined })
}

async function all<Item>(items: readonly Item[], atOnce: number, run: (item: Item) => Promise<void>) {
  for (const settled of await mapLimited(items, atOnce, run))
    if (settled.status === 'rejected') throw settled.reason
}

const LIMITS = { timeout: 7_200_000 }
const rounds = Array.from({ length: ROUNDS })

void test('faults of the vendors: the end, the tries and the money', LIMITS, async (context: TestContext) => {
  const proof = startProof(context, '17. faults of the vendors')
  const cases = subjects().flatMap((subject) => CASES.map((one) => ({ subject, one })))
  for (const _round of rounds) await all(cases, AT_ONCE, ({ subject, one }) => judge(subject, one, proof))
  proof.end(`${CASES.length} faults × ${subjects().length} engines × ${ROUNDS}`)
})

void test('a vendor whose connections hang was surely not paid', LIMITS, async (context: TestContext) => {
  const proof = startProof(context, '17. connections that hang')
  const deaf = await startDeafListener()
  try {
    for (const _round of rounds)
      await all(subjects(), AT_ONCE, async (subject) => {
        const reached = { origin: deaf.origin, connectMs: CONNECT_MS }
        const outcome = await runFaultCase({ ...subject, ...reached }, { fault: 'dropped', call: 'after' })
        // Engines that answer at once know no later call, and meet the same listener.
        const met =
          outcome ?? (await runFaultCase({ ...subject, ...reached }, { fault: 'dropped', call: 'submit' }))
        assert.ok(met !== null)
        proof.try()
        const isRight =
          met.posts === 0 &&
          met.status === 'failed' &&
          met.fault?.charged === 'no' &&
          met.code === 'unavailable'
        if (!isRight || met.attempts !== TRIES) proof.fail(`${subject.id}: ${inWords(met)}`)
      })
  } finally {
    await deaf.close()
  }
  proof.end()
})

void test('an answer of a gigabyte is cut off', LIMITS, async (context: TestContext) => {
  const proof = startProof(context, '17. answers of a gigabyte')
  const before = process.memoryUsage.rss()
  // One at a time: each is read up to the limit of an answer.
  for (const _round of rounds)
    for (const subject of subjects())
      await judge(subject, { fault: 'endless', call: 'submit', expected: USELESS }, proof)
  proof.end(
    `peak ${Math.round((process.resourceUsage().maxRSS * 1024 - before) / 2 ** 20)} MB above the start`,
  )
})
