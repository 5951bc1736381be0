/** /jobs: look, list, cancel, delete. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { AfterimageError } from '../../src/core/errors.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

const MODEL = '/generate/image/google/nano-banana-pro'
let app: TestApp
let source: unknown
before(async () => {
  app = await startTestApp()
  source = (await app.upload())['image_url']
})
after(() => app.stop())

async function submit(): Promise<string> {
  const { body } = await app.call(MODEL, { json: { prompt: 'invert it', image_urls: [source] } })
  return String(body['job_id'])
}

void describe('cancel and delete', () => {
  void test('a pending job is cancelled by DELETE, then removed by the next one, then 404', async () => {
    app.engine.hold()
    const id = await submit()
    const cancelled = await app.call(`/jobs/${id}`, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(cancelled.status, 200)
    assert.equal(cancelled.body['job_id'], id)
    assert.equal((await app.settle(id))['status'], 'cancelled')
    app.engine.release()
    const removed = await app.call(`/jobs/${id}`, { method: 'DELETE' })
    assert.equal(removed.status, 200)
    assert.equal(typeof removed.body, 'object')
    for (const method of ['GET', 'DELETE'])
      assert.equal((await app.call(`/jobs/${id}`, { method })).status, 404)
  })

  void test('a completed job is removed with its files', async () => {
    const id = await submit()
    const job = await app.settle(id)
    const [url = ''] = (job['result'] as { urls: string[] }).urls
    const path = new URL(url).pathname
    assert.equal((await app.call(path)).status, 200)
    assert.equal((await app.call(`/jobs/${id}`, { method: 'DELETE' })).status, 200)
    assert.equal((await app.call(path)).status, 404)
  })

  void test('cancel: pending ends as cancelled, terminal stays as it is', async () => {
    app.engine.hold()
    const id = await submit()
    assert.equal((await app.call(`/jobs/${id}/cancel`, { method: 'POST' })).status, 200)
    assert.equal((await app.settle(id))['status'], 'cancelled')
    app.engine.release()
    const done = await submit()
    await app.settle(done)
    const { status, body } = await app.call(`/jobs/${done}/cancel`, { method: 'POST', json: {} })
    assert.equal(status, 200)
    assert.equal(body['status'], 'completed')
  })
})

void describe('a failed job', () => {
  void test('tells why in error and in result.error', async () => {
    app.engine.failNext(new AfterimageError('engine_rejected', 'The engine does not like raccoons.'))
    const job = await app.settle(await submit())
    assert.equal(job['status'], 'failed')
    assert.deepEqual(job['error'], {
      code: 'engine_rejected',
      message: 'The engine does not like raccoons.',
      retryable: false,
    })
    assert.equal((job['result'] as { error: string }).error, 'The engine does not like raccoons.')
    assert.notEqual(job['completed_at'], null)
  })
})

void describe('list', () => {
  void test('pages newest first without a gap or a repetition, and filters', async () => {
    const own = await startTestApp()
    try {
      const image = (await own.upload())['image_url']
      const ids: unknown[] = []
      for (let n = 0; n < 5; n += 1)
        ids.unshift(
          (await own.call(MODEL, { json: { prompt: 'invert it', image_urls: [image] } })).body['job_id'],
        )
      for (const id of ids) await own.settle(id)
      const seen: unknown[] = []
      let next: string | null = null
      do {
        const cursor = next === null ? '' : `&cursor=${encodeURIComponent(next)}`
        const { body } = await own.call(`/jobs?limit=2${cursor}`)
        seen.push(...(body['items'] as Record<string, unknown>[]).map((job) => job['job_id']))
        next = body['next_cursor'] as string | null
      } while (next !== null)
      assert.deepEqual(seen, ids)
      const count = async (query: string): Promise<number> =>
        ((await own.call(`/jobs?${query}`)).body['items'] as unknown[]).length
      assert.equal(await count('status=completed'), 5)
      assert.equal(await count('status=failed'), 0)
      assert.equal(await count('types=flux,externalImage'), 5)
      assert.equal(await count('types=flux'), 0)
      assert.equal(await count(`cursor=${new Date(0).toISOString()}`), 0)
    } finally {
      await own.stop()
    }
  })

  void test('bad parameters are 400 and named', async () => {
    for (const query of ['limit=0', 'limit=1001', 'status=done', 'cursor=x', 'types=a&types=b']) {
      const { status, body } = await app.call(`/jobs?${query}`)
      assert.equal(status, 400, query)
      assert.equal((body['issues'] as { path: string }[])[0]?.path, query.split('=')[0])
    }
    assert.equal((await app.call('/jobs?limit=1000')).status, 200)
    assert.equal((await app.call('/jobs?limit=&status=')).status, 200)
  })
})
