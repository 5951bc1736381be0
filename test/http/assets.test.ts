/** /assets: uploads in every shape, good and bad. */
import assert from 'node:assert/strict'
import { request as httpRequest } from 'node:http'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import type { TestApp } from '../support/app.ts'
import { form, startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'

let app: TestApp
before(async () => {
  app = await startTestApp({ settings: { AFTERIMAGE_MAX_INPUT_BYTES: '300000' } })
})
after(() => app.stop())

const post = (body: FormData | string, headers: Record<string, string> = {}) =>
  app.call('/assets', { method: 'POST', body, headers })

/** Blobs on the disk, to see that refused uploads leave nothing. */
function countBlobs(): number {
  const root = join(app.directory, 'data', 'blobs')
  return readdirSync(root, { recursive: true }).filter((name) => /[0-9a-f]{32}$/u.test(String(name))).length
}

void describe('POST /assets', () => {
  void test('stores the image and tells what it measured', async () => {
    const { status, body } = await post(form())
    assert.equal(status, 200)
    assert.match(String(body['id']), /^[0-9a-f-]{36}$/u)
    assert.ok(String(body['image_url']).startsWith(`${app.url}/files/`))
    assert.equal(body['width'], 451)
    assert.equal(body['height'], 300)
    assert.equal(body['mime_type'], 'image/jpeg')
    assert.equal(body['size_bytes'], readFileSync(photoPath('cat')).length)
    assert.ok(!Number.isNaN(Date.parse(String(body['uploaded_at']))))
  })

  void test('the description may stand before or after the file', async () => {
    for (const order of ['before', 'after']) {
      const data = new FormData()
      if (order === 'before') data.append('description', 'my cat')
      data.append('file', form().get('file') ?? '')
      if (order === 'after') data.append('description', 'my cat')
      const { status, body } = await post(data)
      assert.equal(status, 200, order)
      assert.equal(body['description'], 'my cat', order)
    }
  })

  void test('the type comes from the content, not from name or header', async () => {
    const data = new FormData()
    data.append('file', new Blob([readFileSync(photoPath('cat'))], { type: 'image/png' }), 'cat.gif')
    assert.equal((await post(data)).body['mime_type'], 'image/jpeg')
  })

  void test('no file, a text named file, two files, another field: 400, and nothing is kept', async () => {
    const before = countBlobs()
    const none = new FormData()
    none.append('description', 'nothing')
    const text = new FormData()
    text.append('file', 'just text')
    const two = form()
    two.append('file', new Blob([readFileSync(photoPath('cat'))]), 'b.jpg')
    const other = new FormData()
    other.append('image', new Blob([readFileSync(photoPath('cat'))]), 'b.jpg')
    for (const data of [none, text, two, other]) {
      const { status, body } = await post(data)
      assert.equal(status, 400)
      assert.match(String(body['error']), /file/u)
    }
    assert.equal(countBlobs(), before)
  })

  void test('what is no image is 422 and leaves nothing', async () => {
    const before = countBlobs()
    for (const content of ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'text', '']) {
      const data = new FormData()
      data.append('file', new Blob([content], { type: 'image/png' }), 'a.png')
      const { status, body } = await post(data)
      assert.equal(status, 422, content)
      assert.equal(body['code'], 'input_unreadable')
    }
    assert.equal(countBlobs(), before)
  })

  void test('one byte too many is 413, exactly the limit is not', async () => {
    const before = countBlobs()
    const padded = (size: number): FormData => {
      const data = new FormData()
      const bytes = Buffer.concat([readFileSync(photoPath('cat')), Buffer.alloc(300_000)]).subarray(0, size)
      data.append('file', new Blob([bytes]), 'cat.jpg')
      return data
    }
    assert.equal((await post(padded(300_000))).status, 200)
    const { status, body } = await post(padded(300_001))
    assert.equal(status, 413)
    assert.equal(body['code'], 'payload_too_large')
    const large = new FormData()
    large.append('file', new Blob([Buffer.alloc(5_000_000)]), 'large.jpg')
    assert.equal((await post(large)).status, 413)
    assert.equal(countBlobs(), before + 1)
  })

  void test('broken forms are 400', async () => {
    const type = 'multipart/form-data; boundary=b'
    const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    for (const [body, contentType] of [
      [`${head}abc`, type],
      ['garbage', type],
      ['--b--\r\n', type],
      [`${head}abc\r\n--b--`, 'multipart/form-data'],
    ] as const) {
      const answer = await post(body, { 'content-type': contentType })
      assert.equal(answer.status, 400, JSON.stringify(body))
      assert.equal(answer.body['code'], 'invalid_request')
    }
  })

  void test('a caller that hangs up in the middle leaves nothing', async () => {
    const before = countBlobs()
    await new Promise<void>((resolve) => {
      const request = httpRequest(`${app.url}/assets`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${app.key}`,
          'content-type': 'multipart/form-data; boundary=b',
          'content-length': 100_000,
        },
      })
      request.on('error', () => resolve())
      const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\nabc'
      request.write(head, () => request.destroy(new Error('hung up')))
    })
    assert.equal((await app.call('/healthz')).status, 200)
    assert.equal(countBlobs(), before)
  })

  void test('JSON is 415 by default', async () => {
    const { status } = await app.call('/assets', { json: { url: 'https://example.com/a.png' } })
    assert.equal(status, 415)
  })
})

void describe('POST /assets in lenient mode', () => {
  void test('fetches the URL of a JSON body, through the guard', async () => {
    const fetched: string[] = []
    const lenient = await startTestApp({
      settings: { AFTERIMAGE_COMPAT: 'lenient' },
      fetchUntrusted: (url) => {
        fetched.push(url)
        return Promise.resolve({
          body: Readable.from([readFileSync(photoPath('cat'))]),
          contentType: 'image/jpeg',
        })
      },
    })
    try {
      const { status, body } = await lenient.call('/assets', {
        json: { url: 'https://example.com/a', name: 'a' },
      })
      assert.equal(status, 200)
      assert.equal(body['width'], 451)
      assert.deepEqual(fetched, ['https://example.com/a'])
      assert.equal((await lenient.call('/assets', { json: { name: 'a' } })).status, 400)
      assert.equal((await lenient.call('/assets', { method: 'POST' })).status, 400)
    } finally {
      await lenient.stop()
    }
  })

  void test('a private address is refused', async () => {
    const lenient = await startTestApp({ settings: { AFTERIMAGE_COMPAT: 'lenient' } })
    try {
      const answer = await lenient.call('/assets', { json: { url: `${lenient.url}/healthz` } })
      assert.equal(answer.status, 422)
    } finally {
      await lenient.stop()
    }
  })
})

void describe('GET and DELETE /assets', () => {
  void test('lists newest first in pages that neither repeat nor skip', async () => {
    const own = await startTestApp()
    try {
      const ids: unknown[] = []
      for (let n = 0; n < 5; n += 1) ids.unshift((await own.upload())['id'])
      const seen: unknown[] = []
      let cursor: string | null = null
      do {
        const query = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const { body } = await own.call(`/assets?limit=2${query}`)
        const items = body['items'] as Record<string, unknown>[]
        assert.ok(items.length <= 2)
        seen.push(...items.map(({ id }) => id))
        cursor = body['next_cursor'] as string | null
      } while (cursor !== null)
      assert.deepEqual(seen, ids)
    } finally {
      await own.stop()
    }
  })

  void test('delete answers success and message, then 404', async () => {
    const { id } = await app.upload()
    const path = `/assets/${String(id)}`
    const { status, body } = await app.call(path, {
      method: 'DELETE',
      headers: { 'content-type': 'application/json' },
    })
    assert.equal(status, 200)
    assert.equal(body['success'], true)
    assert.equal(typeof body['message'], 'string')
    assert.equal((await app.call(path)).status, 404)
    assert.equal((await app.call(path, { method: 'DELETE' })).status, 404)
  })

  void test('bad list parameters are 400 and named', async () => {
    for (const query of [
      'limit=0',
      'limit=1001',
      'limit=x',
      'limit=-1',
      'cursor=yesterday',
      'limit=1&limit=2',
    ]) {
      const { status, body } = await app.call(`/assets?${query}`)
      assert.equal(status, 400, query)
      const [issue] = body['issues'] as { path: string }[]
      assert.equal(issue?.path, query.split('=')[0], query)
    }
  })
})
