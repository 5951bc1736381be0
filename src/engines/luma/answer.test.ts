import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLumaPoll, readLumaSubmit, readLumaVerdict } from './answer.ts'

const COST = { microUsd: 40_400, basis: 'list_price', computeUnits: 23.1 } as const
const answer = (status: number, json: unknown) => ({ status, headers: {}, text: '', json })
const poll = (body: object) =>
  readLumaPoll(answer(200, { id: 'g1', type: 'image_edit', model: 'uni-1', ...body }))

void test('every word of failure_code has its kind, and no failure is called unpaid', () => {
  const kinds = {
    content_moderated: 'refused',
    budget_exhausted: 'quota',
    rate_limited: 'rate_limited',
    corrupt_input: 'invalid_input',
    image_too_large: 'invalid_input',
    unsupported_format: 'invalid_input',
    invalid_request: 'invalid_input',
    generation_failed: 'transient',
    output_not_found: 'transient',
    toString: 'transient',
  }
  for (const [code, kind] of Object.entries(kinds))
    assert.deepEqual(poll({ state: 'failed', failure_code: code, failure_reason: 'why' }), {
      verdict: { kind, charged: 'maybe', code, message: 'why' },
    })
  assert.deepEqual(poll({ state: 'failed' }), {
    verdict: { kind: 'transient', charged: 'maybe', code: undefined, message: undefined },
  })
})

void test('states on the way are running, also one that is new to us', () => {
  const running = { state: 'running', progress: null }
  assert.deepEqual(poll({ state: 'queued' }), { ...running, status: 'scheduled' })
  assert.deepEqual(poll({ state: 'processing' }), { ...running, status: 'sampling' })
  assert.deepEqual(poll({ state: 'pondering' }), { ...running, status: 'scheduled' })
})

void test('a completed generation has its addresses; without one it holds no image', () => {
  assert.deepEqual(poll({ state: 'completed', output: [{ type: 'image', url: 'https://x/y' }] }), {
    images: [{ url: 'https://x/y' }],
    cost: null,
  })
  for (const output of [null, [], [{ type: 'image', url: '' }]])
    assert.deepEqual(poll({ state: 'completed', output }), { images: [], cost: null })
})

void test('faults of the submit', () => {
  const refused = { detail: 'Prompt not allowed because advanced moderation failed' }
  assert.equal(readLumaVerdict(answer(400, refused))?.kind, 'refused')
  for (const [status, detail] of [
    [401, 'Not authenticated'],
    [402, 'Insufficient credits'],
    [429, 'Too many concurrent generations'],
  ] as const)
    assert.deepEqual(readLumaVerdict(answer(status, { detail })), { message: detail })
  assert.deepEqual(readLumaVerdict(answer(422, { detail: [{ loc: ['body', 'prompt'], msg: 'too long' }] })), {
    param: 'prompt',
    message: 'too long',
  })
  assert.equal(readLumaVerdict(answer(500, 'oops')), null)
})

void test('a submit without an id is of no use', () => {
  assert.deepEqual(readLumaSubmit(answer(200, { id: 'g1', state: 'queued' }), COST), {
    job: { id: 'g1' },
    cost: COST,
  })
  const reading = readLumaSubmit(answer(200, { state: 'queued' }), COST)
  assert.equal('verdict' in reading && reading.verdict.kind, 'bad_response')
})
