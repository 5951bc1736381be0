/** /files/{id}: bytes for anybody who knows the id. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

const photo = readFileSync(photoPath('cat'))
let app: TestApp
let path: string
before(async () => {
  app = await startTestApp()
  path = new URL(String((await app.upload())['image_url'])).pathname
})
after(() => app.stop())

const get = (headers: Record<string, string> = {}, method = 'GET') =>
  app.call(path, { key: null, headers, method })

void describe('files', () => {
  void test('GET answers the bytes with everything a browser wants to know', async () => {
    // Twice: the second answer comes from memory.
    for (let round = 0; round < 2; round += 1) {
      const { status, headers, bytes } = await get()
      assert.equal(status, 200)
      assert.deepEqual(bytes, photo)
      assert.equal(headers.get('content-type'), 'image/jpeg')
      assert.equal(headers.get('content-length'), String(photo.length))
      assert.match(String(headers.get('etag')), /^"[0-9a-f]{64}"$/u)
      assert.equal(headers.get('cache-control'), 'public, max-age=31536000, immutable')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
      assert.match(String(headers.get('content-security-policy')), /sandbox/u)
      assert.equal(headers.get('cross-origin-resource-policy'), 'cross-origin')
      assert.equal(headers.get('access-control-allow-origin'), '*')
      assert.equal(headers.get('content-disposition'), null)
    }
  })

  void test('HEAD answers the same headers without the bytes', async () => {
    const { status, headers, bytes } = await get({}, 'HEAD')
    assert.equal(status, 200)
    assert.equal(headers.get('content-length'), String(photo.length))
    assert.equal(headers.get('content-type'), 'image/jpeg')
    assert.equal(bytes.length, 0)
  })

  void test('the ending does not matter, the id does', async () => {
    const bare = path.replace(/\.\w+$/u, '')
    for (const name of [bare, `${bare}.jpg`, `${bare}.png`])
      assert.deepEqual((await app.call(name, { key: null })).bytes, photo, name)
    for (const name of [
      '/files/',
      '/files/x',
      `/files/${'0'.repeat(32)}`,
      `${bare}/x`,
      '/files/..%2f..%2fdata',
    ])
      assert.equal((await app.call(name, { key: null })).status, 404, name)
  })

  void test('ranges: from memory and from disk', async () => {
    const { status, headers, bytes } = await get({ range: 'bytes=10-19' })
    assert.equal(status, 206)
    assert.equal(headers.get('content-range'), `bytes 10-19/${photo.length}`)
    assert.equal(headers.get('content-length'), '10')
    assert.deepEqual(bytes, photo.subarray(10, 20))
    assert.deepEqual((await get({ range: 'bytes=-5' })).bytes, photo.subarray(-5))
  })

  void test('a range outside is 416 with the size; nonsense is the whole file', async () => {
    const { status, headers, body } = await get({ range: `bytes=${photo.length}-` })
    assert.equal(status, 416)
    assert.equal(headers.get('content-range'), `bytes */${photo.length}`)
    assert.equal(body['code'], 'range_not_satisfiable')
    assert.equal((await get({ range: 'bytes=1-2,4-5' })).status, 200)
  })

  void test('a known ETag is 304; If-Range with another one is the whole file', async () => {
    const etag = String((await get()).headers.get('etag'))
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await get({ 'if-none-match': known })
      assert.equal(answer.status, 304, known)
      assert.equal(answer.bytes.length, 0)
    }
    assert.equal((await get({ 'if-none-match': '"other"' })).status, 200)
    assert.equal((await get({ range: 'bytes=0-0', 'if-range': '"other"' })).status, 200)
    assert.equal((await get({ range: 'bytes=0-0', 'if-range': etag })).status, 206)
  })

  void test('?download=1 names the file', async () => {
    const { headers } = await app.call(`${path}?download=1`, { key: null })
    assert.match(String(headers.get('content-disposition')), /^attachment; filename="[0-9a-f]{32}\.jpg"$/u)
    assert.equal((await app.call(`${path}?download=maybe`, { key: null })).status, 400)
    const named = async (name: string) =>
      (await app.call(`${path}?download=1&filename=${encodeURIComponent(name)}`, { key: null })).headers.get(
        'content-disposition',
      )
    assert.equal(await named('my cat.png'), 'attachment; filename="my cat.jpg"')
    assert.equal(
      await named('Süße Katze'),
      `attachment; filename="S__e Katze.jpg"; filename*=UTF-8''S%C3%BC%C3%9Fe%20Katze.jpg`,
    )
    assert.equal(await named('../../etc/passwd'), 'attachment; filename="etc passwd.jpg"')
    assert.equal(
      await named('a"; x="\r\nX-Evil: 1\u202Egpj.exe'),
      'attachment; filename="a ; x= X-Evil 1 gpj.exe.jpg"',
    )
    assert.match(String(await named('...')), /^attachment; filename="[0-9a-f]{32}\.jpg"$/u)
    assert.equal(await named('x'.repeat(300)), `attachment; filename="${'x'.repeat(200)}.jpg"`)
    const [, stars] = String(await named('\u{1f31f}'.repeat(80))).split("UTF-8''")
    assert.equal(decodeURIComponent(String(stars)), `${'\u{1f31f}'.repeat(50)}.jpg`)
    const [, joined] = String(await named('می\u200cخواهم')).split("UTF-8''")
    assert.equal(decodeURIComponent(String(joined)), 'می\u200cخواهم.jpg')
  })

  void test('other methods are 405 with what is allowed', async () => {
    const { status, headers } = await get({}, 'DELETE')
    assert.equal(status, 405)
    assert.equal(headers.get('allow'), 'GET, HEAD, OPTIONS')
  })

  void test('a deleted asset is gone although it was in memory', async () => {
    const asset = await app.upload('product-coffee')
    const file = new URL(String(asset['image_url'])).pathname
    assert.equal((await app.call(file)).status, 200)
    await app.call(`/assets/${String(asset['id'])}`, { method: 'DELETE' })
    assert.equal((await app.call(file)).status, 404)
  })
})

void describe('files whose bytes are gone', () => {
  const GONE = 'This file is gone: its bytes are no longer stored here.'
  const lose = async (): Promise<string> => {
    const { pathname } = new URL(String((await app.upload('product-coffee'))['image_url']))
    const [id = ''] = /[0-9a-f]{32}/u.exec(pathname) ?? []
    const file = await app.app.state.getFile(id)
    assert.ok(file !== null)
    await app.app.blobs.delete(file.blobKey)
    return pathname
  }

  void test('are 404 in the words of the API, also to HEAD and by ranges, without headers of the file', async () => {
    const file = await lose()
    for (const headers of [{}, { range: 'bytes=0-9' }] as Record<string, string>[]) {
      const answer = await app.call(`${file}?download=1`, { key: null, headers })
      assert.deepEqual([answer.status, answer.body['error']], [404, GONE])
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      for (const name of ['etag', 'content-range', 'content-disposition'])
        assert.equal(answer.headers.get(name), null, name)
    }
    assert.equal((await app.call(file, { key: null, method: 'HEAD' })).status, 404)
  })

  void test('have no preview, and are told of by their field as an input', async () => {
    const file = await lose()
    const preview = await app.call(`${file}/preview`)
    assert.deepEqual([preview.status, preview.body['error']], [404, GONE])
    const json = { prompt: 'warmer', image_url: app.url + file }
    const { status, body } = await app.call('/generate/image/afterimage/edit', { json })
    assert.deepEqual([status, body['code'], body['error']], [422, 'input_unreachable', `image_url: ${GONE}`])
  })
})

void describe('files without a cache', () => {
  void test('stream from the disk, ranges too', async () => {
    const small = await startTestApp({ settings: { AFTERIMAGE_FILE_CACHE_BYTES: '0' } })
    try {
      const file = new URL(String((await small.upload())['image_url'])).pathname
      assert.deepEqual((await small.call(file)).bytes, photo)
      const part = await small.call(file, { headers: { range: 'bytes=100-' } })
      assert.deepEqual(part.bytes, photo.subarray(100))
    } finally {
      await small.stop()
    }
  })
})
