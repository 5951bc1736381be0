/** What a caller learns about money: limits, balances, usage; and that accounts see only their own. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { TestAnswer, TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

let app: TestApp
let price = 0
const now = Date.UTC(2027, 2, 15, 12)
before(async () => {
  app = await startTestApp({ clock: { now: () => now } })
  const { body } = await submit({}, '?dry_run=1')
  price = (body['cost'] as { amount_usd: number }).amount_usd
  assert.ok(price > 0)
})
after(() => app.stop())

function submit(headers: Record<string, string> = {}, query = '', key = app.key): Promise<TestAnswer> {
  const json = { prompt: 'warmer' }
  return app.call(`/generate/image/google/nano-banana-pro${query}`, { json, headers, key })
}
/** Nobody publishes what it takes. */
const UNPRICED = 'openai/gpt-image-2.5-flare'
const SIZE = { aspect_ratio: '1:1', resolution: '1K' }
/** Whose limits an answer says may be exceeded. */
function limitsOf({ status, body }: TestAnswer): string[] {
  assert.equal(status, 200, JSON.stringify(body))
  const warnings = body['warnings'] as { code: string; path: string }[]
  return warnings.filter(({ code }) => code === 'cost_not_limited').map(({ path }) => path)
}
const credit = (accountId: string, usd: number): Promise<void> =>
  app.app.state.ledger.addCredit({ id: randomUUID(), accountId, microUsd: Math.round(usd * 1e6) })

void describe('X-Max-Cost', () => {
  void test('refuses a higher estimate, takes an equal one, and must be an amount', async () => {
    const refused = await submit({ 'X-Max-Cost': String(price - 0.000001) })
    assert.equal(refused.status, 400)
    assert.match(String(refused.body['error']), /X-Max-Cost: the estimate of \$[\d.]+ is above/u)
    assert.equal((await submit({ 'X-Max-Cost': String(price) })).status, 200)
    for (const text of ['-1', 'free', '1e3', '0.0000001', '$1'])
      assert.equal((await submit({ 'X-Max-Cost': text })).status, 400, text)
  })

  void test('holds for a dry run too', async () => {
    assert.equal((await submit({ 'X-Max-Cost': '0' }, '?dry_run=1')).status, 400)
  })
})

void describe('credits', () => {
  void test('402 says what is left; what a job did not use comes back', async () => {
    await credit('other', price * 1.5)
    app.engine.hold()
    const first = await submit({}, '', app.otherKey)
    assert.equal(first.status, 200)
    const second = await submit({}, '', app.otherKey)
    assert.equal(second.status, 402)
    assert.equal(second.body['code'], 'insufficient_credits')
    assert.match(String(second.body['error']), /balance is insufficient: \$[\d.]+ are left/u)
    app.engine.release()
    const jobId = String(first.body['job_id'])
    while ((await app.app.state.getJob(jobId, 'other'))?.completedAt === null)
      await new Promise((resolve) => setTimeout(resolve, 5))
    // The test engine makes its images for nothing.
    const { body } = await app.call('/usage', { key: app.otherKey })
    assert.equal(body['balance_usd'], Math.round(price * 1.5e6) / 1e6)
    assert.equal((await submit({}, '', app.otherKey)).status, 200)
  })

  void test('the budget of a key ends in 402; above its concurrency jobs wait', async () => {
    const make = async (limits: Record<string, unknown>): Promise<string> =>
      String((await app.call('/keys', { json: { name: 'limited', ...limits } })).body['token'])
    const poor = await make({ monthly_budget_usd: price / 2 })
    const { status, body } = await submit({}, '', poor)
    assert.equal(status, 402)
    assert.match(String(body['error']), /insufficient/u)
    app.engine.hold()
    const single = await make({ concurrency: 1 })
    const first = await submit({}, '', single)
    const second = await submit({}, '', single)
    assert.deepEqual([first.status, second.status], [200, 200])
    assert.deepEqual([first.body['status'], second.body['status']], ['queued', 'backlogged'])
    assert.equal((await submit()).body['status'], 'queued', 'other keys of the account are not held up')
    app.engine.release()
    for (const { body: job } of [first, second])
      assert.equal((await app.settle(job['job_id']))['status'], 'completed')
  })
})

void describe('/usage', () => {
  void test('an account sees its own; only the operator names another one', async () => {
    const { body: job } = await submit()
    await app.settle(job['job_id'])
    const own = await app.call('/usage?from=2027-03-15&to=2027-03-15')
    const items = own.body['items'] as Record<string, unknown>[]
    assert.equal(own.body['account'], 'default')
    assert.equal(own.body['balance_usd'], null)
    assert.deepEqual([items[0]?.['day'], items[0]?.['model']], ['2027-03-15', 'google/nano-banana-pro'])
    assert.equal((await app.call('/usage?account=default', { key: app.otherKey })).status, 403)
    assert.equal((await app.call('/usage', { key: app.otherKey })).body['account'], 'other')
    assert.equal((await app.call('/usage?account=other')).body['account'], 'other')
    const before = await app.call('/usage?to=2027-03-14')
    assert.deepEqual(before.body['items'], [])
  })

  void test('as CSV, with a header even when there is nothing', async () => {
    const { headers, bytes } = await app.call('/usage?format=csv&to=2027-03-14')
    assert.match(String(headers.get('content-type')), /^text\/csv/u)
    assert.equal(
      bytes.toString(),
      'day,model,key_id,jobs,charge_usd,spend_usd,unknown_cost_calls,draft_jobs\r\n',
    )
    const full = await app.call('/usage?format=csv')
    assert.match(
      full.bytes.toString(),
      /\r\n2027-03-15,google\/nano-banana-pro,[0-9a-f-]{36},\d+,0,0,0,\d+\r\n/u,
    )
  })

  void test('faulty days and formats are named', async () => {
    for (const query of ['from=yesterday', 'to=2027-02-30', 'from=2027-03-16&to=2027-03-15', 'format=xml'])
      assert.equal((await app.call(`/usage?${query}`)).status, 400, query)
  })
})

void describe('a price that is not known beforehand', () => {
  void test('a limit of nothing refuses it, and any other limit is told not to bind', async () => {
    const ask = (query: string, headers: Record<string, string>, key = app.key): Promise<TestAnswer> =>
      app.call(`/generate/image/${UNPRICED}${query}`, { json: { ...SIZE, prompt: 'warmer' }, headers, key })
    const limited = async (usd: number): Promise<string> =>
      String((await app.call('/keys', { json: { name: 'limited', max_cost_usd: usd } })).body['token'])
    const [none, some] = [await limited(0), await limited(0.5)]
    for (const query of ['', '?dry_run=1']) {
      const refused = await ask(query, { 'X-Max-Cost': '0' })
      assert.deepEqual([refused.status, refused.body['code']], [400, 'invalid_request'])
      assert.match(
        String(refused.body['message']),
        /^X-Max-Cost: the price of afterimage\/draft .*not known/u,
      )
      const poor = await ask(query, {}, none)
      assert.deepEqual([poor.status, poor.body['code']], [402, 'insufficient_credits'])
      assert.deepEqual(limitsOf(await ask(query, { 'X-Max-Cost': '0.05' })), ['X-Max-Cost'])
      assert.deepEqual(limitsOf(await ask(query, {}, some)), ['max_cost_usd'])
      assert.deepEqual(limitsOf(await ask(query, {})), [])
    }
    assert.deepEqual(limitsOf(await submit({ 'X-Max-Cost': String(price) })), [])
  })

  void test('a copy of a result is not told of the limit of the job that made it', async () => {
    const headers = { 'X-Max-Cost': '0.05', 'X-Afterimage-Cache': 'read, write' }
    const ask = (more: Record<string, string>): Promise<TestAnswer> =>
      app.call(`/generate/image/${UNPRICED}`, {
        json: { ...SIZE, prompt: 'colder' },
        headers: { ...headers, ...more },
      })
    const made = await ask({})
    assert.deepEqual(limitsOf(made), ['X-Max-Cost'])
    assert.equal((await app.settle(made.body['job_id']))['status'], 'completed')
    const copy = await ask({ 'X-Max-Cost': '0' })
    assert.equal(copy.headers.get('x-afterimage-cache'), 'hit')
    assert.deepEqual(limitsOf(copy), [])
  })
})
