import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readKreaPoll, readKreaSubmit } from './answer.ts'

const answer = (json: unknown) => ({ status: 200, headers: {}, text: '', json })
const JOB = { job_id: 'a', created_at: '2026-11-26T00:00:00Z' }

void describe('Krea answers', () => {
  void test('a word that is new is a job that runs: it is paid for', () => {
    assert.deepEqual(readKreaSubmit(answer({ ...JOB, status: 'uploading' })), { job: { id: 'a' } })
    assert.deepEqual(readKreaPoll(answer({ ...JOB, status: 'uploading' })), {
      state: 'running',
      status: 'processing',
      progress: { stage: 'processing', percent: 0, etaMs: null },
    })
    for (const json of [{ status: 'queued' }, JOB, { ...JOB, status: 7 }])
      assert.ok('verdict' in readKreaSubmit(answer(json)))
  })

  void test('a price or progress in another form costs neither the job nor its picture', () => {
    const side = { cost: { amount_usd: '0.15' }, progress: 0.4 }
    const running = readKreaPoll(answer({ ...JOB, ...side, status: 'sampling' }))
    assert.equal('state' in running && running.state, 'running')
    const done = readKreaPoll(
      answer({ ...JOB, ...side, status: 'completed', result: { urls: ['https://x/y'] } }),
    )
    assert.deepEqual(done, { images: [{ url: 'https://x/y' }], cost: null, warnings: [] })
  })
})
