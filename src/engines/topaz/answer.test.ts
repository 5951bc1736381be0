import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { jobPath, readTopazDownload, readTopazPoll, readTopazSubmit, readTopazVerdict } from './answer.ts'
import { estimateFaithful } from './prices.ts'

const answer = (json: unknown, status = 200) => ({ status, headers: {}, text: '', json })
const poll = (json: unknown) => readTopazPoll(answer(json), { id: '5f2a' }, 0.1)

void describe('Topaz answers', () => {
  void test('a submit names the job; another form is of no use', () => {
    assert.deepEqual(readTopazSubmit(answer({ process_id: '5f2a', eta: 1 })), { job: { id: '5f2a' } })
    assert.ok('verdict' in readTopazSubmit(answer({ id: '5f2a' })))
    assert.equal(jobPath('status', { id: 'a/b' }), '/status/a%2Fb')
  })

  void test('running with progress, also under words that are new', () => {
    for (const status of ['Pending', 'Processing', 'Polishing'])
      assert.deepEqual(poll({ status, progress: 55, credits: 1 }), {
        state: 'running',
        status: 'processing',
        progress: { stage: 'enhancing', percent: 55, etaMs: null },
      })
  })

  void test("the end names its price in credits, at the operator's rate", () => {
    assert.deepEqual(poll({ status: 'Completed', progress: 100, credits: 3 }), {
      state: 'done',
      resultCall: { path: '/download/5f2a' },
      cost: { microUsd: 300_000, basis: 'list_price', computeUnits: 171.8 },
    })
  })

  void test('what failed tells whether it was charged', () => {
    const verdictOf = (json: unknown): unknown => {
      const reading = poll(json)
      return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.charged] : reading
    }
    assert.deepEqual(verdictOf({ status: 'Failed', credits: 0 }), ['transient', 'no'])
    assert.deepEqual(verdictOf({ status: 'Failed', credits: 2 }), ['transient', 'yes'])
    assert.deepEqual(verdictOf({ status: 'Failed' }), ['transient', 'maybe'])
    assert.deepEqual(verdictOf({ status: 'Cancelled', credits: 0 }), ['bad_response', 'no'])
  })

  void test('a download names an address, or nothing', () => {
    assert.deepEqual(readTopazDownload(answer({ download_url: 'https://x/y', expiry: 1 })), {
      images: [{ url: 'https://x/y' }],
      cost: null,
    })
    assert.deepEqual(readTopazDownload(answer({ expiry: 1 })), { images: [], cost: null })
  })

  void test('the sentence of a fault is kept', () => {
    assert.deepEqual(readTopazVerdict(answer({ message: 'Invalid model' }, 400)), {
      message: 'Invalid model',
    })
    assert.equal(readTopazVerdict(answer(undefined, 502)), null)
  })
})

void test('faithful models cost by megapixels, as far as published', () => {
  const usd = (megapixels: number): number | null =>
    estimateFaithful({ width: megapixels * 1000, height: 1000 }, 0.08).microUsd
  assert.deepEqual([24, 25, 64, 100, 101].map(usd), [80_000, 160_000, 240_000, 400_000, null])
})
