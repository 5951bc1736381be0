import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startServer } from '../../test/support/http-server.ts'
import type { TestServer } from '../../test/support/http-server.ts'
import { createFileBlobStore } from '../blobs/files.ts'
import { createImageProbe } from '../imaging/probe.ts'
import { createGuardedFetch } from '../net/guarded-fetch.ts'
import { createAdmitInputs } from './admit-inputs.ts'
import type { AfterimageError } from './errors.ts'
import type { ImageSource, InputImage } from './job.ts'

const photo = readFileSync(new URL('../../test/support/photos/cat.jpg', import.meta.url))
const sha256 = createHash('sha256').update(photo).digest('hex')
const directory = mkdtempSync(join(tmpdir(), 'afterimage-admit-'))
const blobs = createFileBlobStore({ directory })
let site: TestServer

const ANSWERS: Readonly<Record<string, (status: (code: number) => void) => Uint8Array | string>> = {
  '/photo': () => photo,
  '/page': () => '<!doctype html><title>Sign in</title>',
  '/truncated': () => photo.subarray(0, 100),
  '/huge': () => Buffer.alloc(600_000, 1),
  '/missing': (status) => {
    status(404)
    return 'no'
  },
}

before(async () => {
  site = await startServer(
    (request, response) => {
      const answer = ANSWERS[request.url ?? ''] ?? (() => '')
      response.end(answer((code) => (response.statusCode = code)))
    },
    { host: '127.0.0.1' },
  )
})
after(async () => {
  await site.close()
  rmSync(directory, { recursive: true })
})

let own: { blobKey: string; bytes: number; sha256: string } | null = null
const admit = createAdmitInputs({
  blobs,
  probe: createImageProbe(),
  fetchUntrusted: createGuardedFetch({ allowPrivate: ['127.0.0.1'] }),
  findOwnFile: async (url, accountId) =>
    url === 'https://own.test/files/1' && accountId === 'a' ? own : null,
  limits: { maxBytes: 500_000, fetchTimeoutMs: 5000 },
})

function source(value: string, index = 0): ImageSource {
  return { role: 'source', path: `image_urls[${index}]`, value, strength: null, tag: null }
}

function urlOf(path: string): string {
  return `http://127.0.0.1:${site.port}${path}`
}

async function countBlobs(): Promise<number> {
  return (await Array.fromAsync(blobs.list())).length
}

function assertIsPhoto(image: InputImage | undefined): void {
  assert.equal(image?.sha256, sha256)
  assert.equal(image?.bytes, photo.length)
  assert.deepEqual([image?.info.format, image?.info.width, image?.info.height], ['jpeg', 451, 300])
}

void describe('admitInputs', () => {
  void test('URL, data URI, raw base64 and own asset become four durable blobs, in order', async () => {
    const asset = await blobs.put(photo)
    own = { blobKey: asset.key, bytes: asset.bytes, sha256: asset.sha256 }
    const values = [
      urlOf('/photo'),
      `data:text/plain;base64,${photo.toString('base64')}`,
      photo.toString('base64url'),
      'https://own.test/files/1',
    ]
    const sources = values.map((value, index) => ({
      ...source(value, index),
      strength: index,
      tag: `t${index}`,
    }))
    const images = await admit(sources, { accountId: 'a' })
    for (const image of images) assertIsPhoto(image)
    assert.deepEqual(
      images.map(({ path, strength, tag, role }) => ({ path, strength, tag, role })),
      sources.map(({ path, strength, tag, role }) => ({ path, strength, tag, role })),
    )
    const keys = new Set([asset.key, ...images.map(({ blobKey }) => blobKey)])
    assert.equal(keys.size, 5, 'no key is shared, not even with the asset')
    for (const key of keys) assert.deepEqual(await blobs.head(key), { bytes: photo.length })
  })

  void test("another account's asset URL is an ordinary URL", async () => {
    const foreign = admit([source('https://own.test/files/1')], { accountId: 'b' })
    await assert.rejects(foreign, { code: 'input_unreachable', message: /^image_urls\[0\]: .*"own\.test"/u })
  })

  void test('an asset that is gone is said to be unreachable', async () => {
    own = { blobKey: '0'.repeat(32), bytes: 1, sha256: '' }
    await assert.rejects(admit([source('https://own.test/files/1')], { accountId: 'a' }), {
      code: 'input_unreachable',
    })
  })

  void test('each kind of bad input has its own code and sentence and leaves nothing stored', async () => {
    const before = await countBlobs()
    const cases: readonly [value: string, code: string, message: RegExp][] = [
      ['cat.jpg', 'input_unreadable', /neither a URL nor base64/u],
      [urlOf('/page'), 'input_unreadable', /found an HTML page; send a JPEG, PNG, WebP/u],
      [urlOf('/missing'), 'input_unreachable', /"127\.0\.0\.1": it answered with status 404/u],
      [urlOf('/empty'), 'input_unreadable', /an empty file/u],
      [urlOf('/truncated'), 'input_unreadable', /this JPEG ends inside its header .*100 bytes arrived/u],
      [urlOf('/huge'), 'input_too_large', /more than the 500000 bytes/u],
      ['http://10.1.2.3/x.png', 'input_forbidden', /"10\.1\.2\.3" is private or reserved/u],
      ['http://nowhere.invalid/x.png', 'input_unreachable', /"nowhere\.invalid"/u],
      ['ftp://files.test/x.png', 'input_forbidden', /"ftp:"/u],
      [
        `data:image/png;base64,${photo.subarray(0, 90).toString('base64')}`,
        'input_unreadable',
        /ends inside its header/u,
      ],
      [
        `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg"/>')}`,
        'input_unreadable',
        /an SVG drawing/u,
      ],
    ]
    for (const [value, code, message] of cases) {
      await assert.rejects(admit([source(value, 3)], { accountId: 'a' }), (error: AfterimageError) => {
        assert.equal(error.code, code, `${value.slice(0, 60)}: ${error.message}`)
        assert.match(error.message, message)
        assert.match(error.message, /^image_urls\[3\]: /u)
        assert.equal(error.status, 422)
        assert.deepEqual(
          error.issues.map(({ path }) => path),
          ['image_urls[3]'],
        )
        return true
      })
    }
    assert.equal(await countBlobs(), before)
  })

  void test('one bad image among good ones takes the good ones away again', async () => {
    const before = await countBlobs()
    const values = [
      urlOf('/photo'),
      photo.toString('base64'),
      urlOf('/missing'),
      urlOf('/photo'),
      urlOf('/photo'),
    ]
    const refused = admit(values.map(source), { accountId: 'a' })
    await assert.rejects(refused, { code: 'input_unreachable', message: /^image_urls\[2\]: / })
    assert.equal(await countBlobs(), before)
  })

  void test('a caller that goes away stops the downloads', async () => {
    const before = await countBlobs()
    const controller = new AbortController()
    const waiting = admit([source(urlOf('/photo'))], { accountId: 'a', signal: controller.signal })
    controller.abort()
    await assert.rejects(waiting, { code: 'client_closed_request' })
    assert.equal(await countBlobs(), before)
  })
})
