import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readBflPoll, readBflSubmit, readBflVerdict, toBflPoll } from './answer.ts'

const answer = (json: unknown, status = 200) => ({ status, headers: {}, text: '', json })
const poll = (json: unknown, now = 0) => readBflPoll(answer(json), { id: 'a', submittedAt: 0 }, now)

void describe('Black Forest Labs answers', () => {
  void test('a submit names its own address, and its price in cents', () => {
    const url = 'https://api.us1.bfl.ai/v1/get_result?id=7f1c'
    const read = readBflSubmit(answer({ id: '7f1c', polling_url: url, cost: 4.5 }), 5)
    assert.deepEqual(read, {
      job: { id: '7f1c', pollingUrl: url, submittedAt: 5 },
      cost: { microUsd: 45_000, basis: 'reported', computeUnits: 25.8 },
    })
    assert.deepEqual(toBflPoll({ pollingUrl: url }), { path: url })
  })

  void test('a submit without address is asked for by id; one without id is of no use', () => {
    const read = readBflSubmit(answer({ id: 'a b', status: 'Pending' }), 0)
    assert.ok('job' in read)
    assert.equal(read.cost, null)
    assert.deepEqual(toBflPoll(read.job), { path: '/get_result?id=a%20b' })
    assert.ok('verdict' in readBflSubmit(answer({ polling_url: 'https://x' }), 0))
  })

  void test('a price or progress in another form costs neither the job nor its picture', () => {
    const read = readBflSubmit(answer({ id: 'a', cost: '4.5' }), 5)
    assert.deepEqual(read, { job: { id: 'a', pollingUrl: null, submittedAt: 5 }, cost: null })
    const reading = poll({ status: 'Ready', result: { sample: 'https://x/y' }, progress: '100%' })
    assert.ok('images' in reading)
  })

  void test('running, with progress, also under words that are new', () => {
    assert.deepEqual(poll({ status: 'Pending', result: null, progress: 0.35 }), {
      state: 'running',
      status: 'sampling',
      progress: { stage: 'sampling', percent: 35, etaMs: null },
    })
    for (const status of ['Reasoning', 'Generating', 'Dreaming', 'toString']) {
      const reading = poll({ status })
      assert.equal('state' in reading ? reading.state : null, 'running', status)
    }
  })

  void test('both moderations are refusals, and an error is none', () => {
    const kindOf = (status: string): unknown => {
      const reading = poll({ status, result: null })
      return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.code] : reading
    }
    assert.deepEqual(kindOf('Request Moderated'), ['refused', 'request_moderated'])
    assert.deepEqual(kindOf('Content Moderated'), ['refused', 'content_moderated'])
    assert.deepEqual(kindOf('Error'), ['transient', 'error'])
  })

  void test('a job that is not found is young or has expired', () => {
    const missing = { status: 'Task not found', result: null }
    assert.ok('state' in poll(missing, 15_000))
    assert.ok('verdict' in poll(missing, 15_001))
  })

  void test('a fault of validation names the field', () => {
    const detail = [{ loc: ['body', 'width'], msg: 'too small', type: 'x' }]
    assert.deepEqual(readBflVerdict(answer({ detail }, 422)), { param: 'width', message: 'too small' })
    assert.equal(readBflVerdict(answer('<h1>')), null)
  })
})
