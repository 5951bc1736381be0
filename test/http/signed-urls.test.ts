/** AFTERIMAGE_SIGNED_URLS=on: an address of a file is good for a time, for whoever has it, and nobody makes one up. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import { Afterimage } from '../../src/sdk/index.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const photo = readFileSync(photoPath('cat'))
let app: TestApp
let now = Date.UTC(2027, 0, 1)
before(async () => {
  const settings = { AFTERIMAGE_SIGNED_URLS: 'on', AFTERIMAGE_SIGNED_URL_SECONDS: '1000' }
  app = await startTestApp({ settings, clock: { now: () => now } })
})
after(() => app.stop())

const get = (url: URL, options: { method?: string; headers?: Record<string, string> } = {}) =>
  app.call(url.pathname + url.search, { key: null, ...options })
const uploadedUrl = async (): Promise<URL> => new URL(String((await app.upload())['image_url']))
const changed = (url: URL, name: string, value: string | null): URL => {
  const copy = new URL(url)
  if (value === null) copy.searchParams.delete(name)
  else copy.searchParams.set(name, value)
  return copy
}
const edit = (image: URL, key: string) => {
  const json = { prompt: 'warmer', image_urls: [image.href] }
  return app.call('/generate/image/google/nano-banana-pro', { json, key })
}

void describe('signed addresses', () => {
  void test('GET, HEAD, ranges and downloads, without a key; caches keep it no longer than it is good', async () => {
    const url = await uploadedUrl()
    const whole = await get(url)
    assert.equal(whole.status, 200)
    assert.deepEqual(whole.bytes, photo)
    const [, age = ''] =
      /^public, max-age=(\d+), immutable$/u.exec(whole.headers.get('cache-control') ?? '') ?? []
    assert.equal(Number(age), Number(url.searchParams.get('expires')) - now / 1000)
    const head = await get(url, { method: 'HEAD' })
    assert.deepEqual([head.status, head.bytes.length], [200, 0])
    const part = await get(url, { headers: { range: 'bytes=2-5' } })
    assert.equal(part.status, 206)
    assert.deepEqual(part.bytes, photo.subarray(2, 6))
    const saved = await get(changed(url, 'download', '1'))
    assert.match(saved.headers.get('content-disposition') ?? '', /^attachment/u)
  })

  void test('unsigned, changed, of another file, or given twice: 403, the same for a file that is not there', async () => {
    const [url, other] = [await uploadedUrl(), await uploadedUrl()]
    const signature = url.searchParams.get('signature') ?? ''
    const flipped = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)
    const ofOther = new URL(url)
    ofOther.search = other.search
    const unknown = new URL(`${url.origin}/files/${'0'.repeat(32)}.jpg${url.search}`)
    for (const bad of [
      new URL(url.origin + url.pathname),
      changed(url, 'signature', null),
      changed(url, 'expires', null),
      changed(url, 'signature', flipped),
      changed(url, 'signature', signature.slice(0, -2)),
      changed(url, 'expires', String(Number(url.searchParams.get('expires')) + 1000)),
      ofOther,
      unknown,
    ])
      for (const method of ['GET', 'HEAD']) {
        const { status, body, headers } = await get(bad, { method })
        assert.equal(status, 403, bad.href)
        assert.equal(headers.get('etag'), null)
        if (method === 'HEAD') continue
        assert.equal(body['code'], 'forbidden')
        assert.match(
          String(body['error']),
          /is not signed by this server; look at the job or the asset again/u,
        )
      }
    assert.equal((await get(new URL(`${url.href}&expires=1`))).status, 400)
  })

  void test('an address that has expired says so; the asset has a fresh one', async () => {
    const asset = await app.upload()
    const url = new URL(String(asset['image_url']))
    now = Number(url.searchParams.get('expires')) * 1000 - 1
    assert.equal((await get(url)).status, 200)
    now += 1
    const { status, body } = await get(url)
    assert.equal(status, 403)
    assert.match(String(body['error']), /has expired/u)
    assert.equal((await get(url, { headers: { 'if-none-match': '*' } })).status, 403)
    const fresh = (await app.call(`/assets/${String(asset['id'])}`)).body
    assert.equal((await get(new URL(String(fresh['image_url'])))).status, 200)
  })

  void test('as an input: any address for its own account, a good one for others', async () => {
    const url = await uploadedUrl()
    const bare = new URL(url.origin + url.pathname)
    assert.equal((await edit(bare, app.key)).status, 200)
    assert.equal((await edit(url, app.otherKey)).status, 200)
    const refused = await edit(bare, app.otherKey)
    assert.equal(refused.status, 422)
    assert.equal(refused.body['code'], 'input_unreachable')
    now += 2_000_000
    assert.equal((await edit(url, app.key)).status, 200)
    assert.equal((await edit(url, app.otherKey)).status, 422)
  })

  void test('results, lists, events and the SDK go on as before', async () => {
    const client = new Afterimage({ apiKey: app.key, baseUrl: app.url })
    const asset = await client.assets.upload(new Blob([photo]), { filename: 'cat.jpg' })
    const { job } = await client.subscribe('image/google/nano-banana-pro', {
      input: { prompt: 'warmer', image_urls: [asset.image_url] },
    })
    const [result = ''] = job.result.urls ?? []
    assert.match(result, /\.png\?expires=\d+&signature=[\w-]{43}$/u)
    assert.equal((await fetch(result)).status, 200)
    assert.equal((await edit(new URL(result), app.key)).status, 200)
    const page = await client.jobs.list({ limit: 10 })
    const listed = page.items.find(({ job_id }) => job_id === job.job_id)?.result.urls?.[0] ?? ''
    assert.equal((await fetch(listed)).status, 200)
  })
})
