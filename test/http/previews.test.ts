/** GET /files/{name}/preview: what a browser cannot show, in a form that it can. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { photoPath } from '../support/pictures.ts'
import { createPngBomb } from '../support/png.ts'

let server: TestApp
before(async () => (server = await startTestApp({ isEngineReal: true })))
after(() => server.stop())

async function upload(bytes: Buffer, name: string): Promise<string> {
  const body = new FormData()
  body.append('file', new Blob([new Uint8Array(bytes)]), name)
  const asset = await server.call('/assets', { method: 'POST', body })
  assert.equal(asset.status, 200, JSON.stringify(asset.body))
  return new URL(String(asset.body['image_url'])).pathname
}

void describe('GET /files/{name}/preview', () => {
  void test('a HEIC photograph comes as a JPEG of its own size, for the browser of its account only', async () => {
    const heic = readFileSync(new URL('../support/images/cat.heic', import.meta.url))
    const path = await upload(heic, 'cat.heic')
    const { status, headers, bytes } = await server.call(`${path}/preview`)
    assert.equal(status, 200)
    assert.equal(headers.get('content-type'), 'image/jpeg')
    assert.match(headers.get('cache-control') ?? '', /^private, /u)
    assert.equal(headers.get('x-content-type-options'), 'nosniff')
    const shown = await sharp(bytes).metadata()
    assert.deepEqual([shown.format, shown.width, shown.height], ['jpeg', 160, 106])

    const foreign = await server.call(`${path}/preview`, { key: server.otherKey })
    const unknown = await server.call(`/files/${'0'.repeat(32)}.heic/preview`, { key: server.otherKey })
    assert.equal(foreign.status, 404)
    assert.equal(foreign.body['message'], unknown.body['message'])
    assert.equal((await server.call(`${path}/preview`, { key: null })).status, 401)
  })

  void test('a turned TIFF comes upright; what is transparent stays so', async () => {
    const turned = await sharp(photoPath('cat'))
      .resize(60, 40)
      .withMetadata({ orientation: 6 })
      .tiff()
      .toBuffer()
    const upright = await sharp(
      (await server.call(`${await upload(turned, 'a.tif')}/preview`)).bytes,
    ).metadata()
    assert.deepEqual([upright.width, upright.height], [40, 60])
    const clear = await sharp(photoPath('cat'))
      .resize(60, 40)
      .ensureAlpha(0.5)
      .tiff({ compression: 'lzw' })
      .toBuffer()
    const answer = await server.call(`${await upload(clear, 'b.tif')}/preview`)
    assert.equal(answer.headers.get('content-type'), 'image/webp')
    assert.equal((await sharp(answer.bytes).metadata()).hasAlpha, true)
  })

  void test('a panorama that is wider than WebP can be comes as a JPEG; a transparent one smaller, and stays so', async () => {
    const wide = { width: 20_000, height: 40, channels: 3, background: '#4a7' } as const
    const opaque = await sharp({ create: wide }).tiff().toBuffer()
    const answer = await server.call(`${await upload(opaque, 'wide.tif')}/preview`)
    assert.equal(answer.headers.get('content-type'), 'image/jpeg')
    const { width, height } = await sharp(answer.bytes).metadata()
    assert.deepEqual([width, height], [20_000, 40])
    const clear = await sharp({ create: { ...wide, channels: 4, background: '#4a78' } })
      .tiff({ compression: 'lzw' })
      .toBuffer()
    const transparent = await server.call(`${await upload(clear, 'clear.tif')}/preview`)
    const shown = await sharp(transparent.bytes).metadata()
    assert.deepEqual([shown.format, shown.width, shown.height, shown.hasAlpha], ['webp', 16_383, 33, true])
  })

  void test('a damaged picture is a 422 and no file of another name leaves the store', async () => {
    const whole = createPngBomb(64, 'rgb8')
    const path = await upload(whole.subarray(0, whole.length - 40), 'cut.png')
    const damaged = await server.call(`${path}/preview`)
    assert.deepEqual([damaged.status, damaged.body['code']], [422, 'input_unreadable'])
    for (const name of ['..%2fsecret.key', '%00', 'a', `${'0'.repeat(32)}.toolongending`])
      assert.equal((await server.call(`/files/${name}/preview`)).status, 404, name)
  })
})
