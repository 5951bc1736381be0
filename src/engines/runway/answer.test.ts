import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateInput } from '../../../test/support/requests.ts'
import { readRunwayPoll, readRunwaySubmit, readRunwayVerdict } from './answer.ts'
import { RUNWAY_MODELS } from './models.ts'
import { estimateRunway } from './prices.ts'
import { chooseRunwaySize } from './request.ts'

const answer = (json: unknown, status = 200) => ({ status, headers: {}, text: '', json })
const verdictOf = (json: unknown): unknown => {
  const reading = readRunwayPoll(answer(json))
  return 'verdict' in reading ? [reading.verdict.kind, reading.verdict.charged] : reading
}

void describe('Runway answers', () => {
  void test('an empty account hides in a 400', () => {
    const error = 'You do not have enough credits to run this task.'
    assert.equal(readRunwayVerdict(answer({ error }, 400))?.kind, 'quota')
    const issues = [{ path: ['ratio'], message: 'Invalid option' }]
    assert.deepEqual(readRunwayVerdict(answer({ error: 'Validation of body failed', issues }, 400)), {
      param: 'ratio',
      message: 'Invalid option',
    })
    assert.equal(readRunwayVerdict(answer('<h1>', 502)), null)
  })

  void test('the estimate of a submit stands until the task says what it cost', () => {
    const read = readRunwaySubmit(answer({ id: 'a', estimatedCost: { credits: 8 } }))
    assert.deepEqual(read, {
      job: { id: 'a' },
      cost: { microUsd: 80_000, basis: 'list_price', computeUnits: 45.8 },
    })
    assert.ok('verdict' in readRunwaySubmit(answer({ task: 'a' })))
  })

  void test('a price or progress in another form costs neither the task nor its picture', () => {
    assert.deepEqual(readRunwaySubmit(answer({ id: 'a', estimatedCost: 8 })), {
      job: { id: 'a' },
      cost: null,
    })
    const done = { status: 'SUCCEEDED', output: ['https://x/y'], cost: { credits: -1 }, progress: 'all' }
    assert.deepEqual(readRunwayPoll(answer(done)), { images: [{ url: 'https://x/y' }], cost: null })
  })

  void test('waiting and running, with progress', () => {
    for (const status of ['PENDING', 'THROTTLED', 'NEW_WORD'])
      assert.deepEqual(readRunwayPoll(answer({ status })), {
        state: 'running',
        status: 'scheduled',
        progress: null,
      })
    assert.deepEqual(readRunwayPoll(answer({ status: 'RUNNING', progress: 0.42 })), {
      state: 'running',
      status: 'sampling',
      progress: { stage: 'sampling', percent: 42, etaMs: null },
    })
  })

  void test('what failed tells why, and whether it was charged', () => {
    const failed = (failureCode: string, credits?: number): unknown =>
      verdictOf({
        status: 'FAILED',
        failureCode,
        ...(credits === undefined ? {} : { cost: { credits } }),
      })
    assert.deepEqual(failed('SAFETY.INPUT.TEXT', 0), ['refused', 'no'])
    assert.deepEqual(failed('INPUT_PREPROCESSING.SAFETY.TEXT', 5), ['refused', 'yes'])
    assert.deepEqual(failed('ASSET.INVALID', 0), ['invalid_input', 'no'])
    assert.deepEqual(failed('INTERNAL', 0), ['transient', 'no'])
    assert.deepEqual(failed('INTERNAL'), ['transient', 'maybe'])
    assert.deepEqual(verdictOf({ status: 'CANCELLED', cost: { credits: 0 } }), ['bad_response', 'no'])
  })
})

void test('the nearest of the sizes: shape first, then pixels', () => {
  const model = RUNWAY_MODELS['runway/gen-4-image']
  assert.ok(model !== undefined)
  const nearest = (width: number, height: number): string => {
    const { size, warnings } = chooseRunwaySize(generateInput({ width, height }), model)
    return `${size.width}:${size.height} ${warnings.length}`
  }
  assert.equal(nearest(1280, 720), '1280:720 0')
  assert.equal(nearest(8192, 8192), '1080:1080 1')
  assert.equal(nearest(700, 700), '720:720 1')
  assert.equal(nearest(1000, 2000), '1080:1920 1')
  assert.equal(nearest(2400, 1000), '2112:912 1')
  const unasked = chooseRunwaySize(generateInput(), model)
  assert.deepEqual(unasked, { size: { width: 1024, height: 1024 }, warnings: [] })
})

void test('720p has its own price, everything larger the other', () => {
  const bySize = { credits: null }
  assert.equal(estimateRunway({ width: 1680, height: 720 }, bySize).microUsd, 50_000)
  assert.equal(estimateRunway({ width: 1024, height: 1024 }, bySize).microUsd, 80_000)
  assert.equal(estimateRunway({ width: 1024, height: 1024 }, { credits: 2 }).microUsd, 20_000)
})
