/** What expires is gone with its bytes; what is not stored leaves no input behind. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { sweepExpired } from '../../src/core/retention.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

let app: TestApp
let now = Date.UTC(2027, 0, 1)
before(async () => {
  const settings = { AFTERIMAGE_RETENTION_SECONDS: '1000' }
  app = await startTestApp({ clock: { now: () => now }, settings })
})
after(() => app.stop())

const sweep = (): Promise<number> => sweepExpired(app.app, now)
const countBlobs = (): number =>
  readdirSync(join(app.directory, 'data', 'blobs'), { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile(),
  ).length
const edit = async (options: Record<string, unknown>, key = app.key) => {
  const asset = await app.upload()
  const json = { prompt: 'warmer', image_urls: [asset['image_url']], afterimage: options }
  const answer = await app.call('/generate/image/google/nano-banana-pro', { json, key })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  await app.call(`/assets/${String(asset['id'])}`, { method: 'DELETE' })
  return answer.body
}
const cacheControl = async (path: string): Promise<string | null> =>
  (await app.call(path)).headers.get('cache-control')
const expiry = (body: Record<string, unknown>): number => Date.parse(String(body['expires_at'])) - now

void describe('retention', () => {
  void test('a request shortens its time and cannot lengthen it; nobody warns about it', async () => {
    const short = await edit({ retention: 60 })
    assert.equal(expiry(short), 60_000)
    assert.doesNotMatch(JSON.stringify(short['warnings']), /retention/u)
    assert.equal(expiry(await edit({ retention: 5000 })), 1_000_000)
    await app.app.state.setRetention('default', 500)
    assert.equal(expiry(await edit({})), 500_000)
    await app.app.state.setRetention('default', null)
    assert.equal(expiry(await edit({})), 1_000_000)
  })

  void test('what has expired is gone with its bytes, not a millisecond earlier', async () => {
    const job = await edit({ retention: 60 })
    const { result } = await app.settle(job['job_id'])
    const file = new URL(String((result as { urls: string[] }).urls[0])).pathname
    const asset = await app.upload()
    assert.equal(expiry(asset), 1_000_000)
    assert.equal(
      await cacheControl(new URL(String(asset['url'])).pathname),
      'public, max-age=1000, immutable',
    )
    assert.equal(await cacheControl(file), 'public, max-age=60, immutable')
    now += 59_999
    await sweep()
    assert.equal((await app.call(file)).status, 200)
    assert.equal(await cacheControl(file), 'public, max-age=0, immutable')
    now += 1
    assert.equal((await app.call(file)).status, 404, 'also before the sweep')
    const before = countBlobs()
    assert.ok((await sweep()) >= 1)
    assert.ok(countBlobs() <= before - 2)
    assert.equal((await app.call(file)).status, 404)
    assert.equal((await app.call(`/jobs/${String(job['job_id'])}`)).status, 404)
    now += 1_000_000
    await sweep()
    assert.equal((await app.call(`/assets/${String(asset['id'])}`)).status, 404)
    assert.equal(await sweep(), 0)
  })

  void test('a job that runs is kept, and has its whole time from its end', async () => {
    app.engine.hold()
    const job = await edit({ retention: 60 })
    now += 61_000
    await sweep()
    assert.equal((await app.call(`/jobs/${String(job['job_id'])}`)).status, 200)
    app.engine.release()
    assert.equal(expiry(await app.settle(job['job_id'])), 60_000)
    now += 59_999
    assert.equal(await sweep(), 0)
    now += 1
    assert.equal(await sweep(), 1)
  })
})

void describe('no_store', () => {
  void test('inputs go with the end of the job, results an hour later', async () => {
    await app.app.state.setRetention('default', 100_000)
    const { body: key } = await app.call('/keys', { json: { name: 'private', no_store: true } })
    const empty = countBlobs()
    for (const send of [() => edit({ no_store: true }), () => edit({}, String(key['token']))]) {
      const job = await send()
      assert.doesNotMatch(JSON.stringify(job['warnings']), /no_store/u)
      const ended = await app.settle(job['job_id'])
      assert.equal(expiry(ended), 3_600_000)
    }
    app.engine.hold()
    const cancelled = await edit({ no_store: true })
    await app.call(`/jobs/${String(cancelled['job_id'])}/cancel`, { method: 'POST' })
    await app.settle(cancelled['job_id'])
    app.engine.release()
    // Bytes go a moment after the row says that they are not needed.
    for (let tries = 0; countBlobs() > empty + 2 && tries < 200; tries++)
      await new Promise((resolve) => setTimeout(resolve, 5))
    assert.equal(countBlobs(), empty + 2, 'two results and no input')
    now += 3_600_000
    assert.equal(await sweep(), 3)
    assert.equal(countBlobs(), empty)
  })
})
