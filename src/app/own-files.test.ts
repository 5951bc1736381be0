import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFindOwnFile } from './own-files.ts'
import { createFileSigner } from '../core/signed-files.ts'
import { createBaseUrls } from '../http/base-url.ts'

const ID = 'a'.repeat(32)
const file = {
  id: ID,
  blobKey: 'b'.repeat(32),
  contentType: 'image/png',
  bytes: 3,
  sha256: 'c'.repeat(64),
  accountId: 'owner',
  expiresAt: null,
  isPreview: false,
}
const baseUrls = createBaseUrls({ publicUrl: 'https://img.example/api', host: '127.0.0.1', port: () => 4500 })
const state = { getFile: (id: string) => Promise.resolve(id === ID ? file : null) }
const clock = { now: () => 0 }
const find = createFindOwnFile({ baseUrls, state, clock, fileSigner: null })

void describe('own files', () => {
  void test('under every name of this server, with and without an ending', async () => {
    for (const url of [
      `https://img.example/api/files/${ID}`,
      `http://127.0.0.1:4500/files/${ID}.png`,
      `http://localhost:4500/files/${ID}.jpeg?x=1`,
    ])
      assert.equal((await find(url, 'default'))?.blobKey, file.blobKey, url)
  })

  void test('foreign addresses and other paths are left to the fetcher', async () => {
    for (const url of [`https://other.example/files/${ID}`, 'http://localhost:4500/admin', 'no url'])
      assert.equal(await find(url, 'default'), null, url)
  })

  void test('an own address without a file says so', async () => {
    await assert.rejects(find(`http://localhost:4500/files/${'0'.repeat(32)}`, 'default'), {
      code: 'input_unreachable',
    })
  })

  void test('a file whose time is over is gone, although the sweeper has not come yet', async () => {
    const expiring = { getFile: () => Promise.resolve({ ...file, expiresAt: 1000 }) }
    const at = (now: number) =>
      createFindOwnFile({ baseUrls, state: expiring, clock: { now: () => now }, fileSigner: null })
    const url = `http://localhost:4500/files/${ID}`
    assert.equal((await at(999)(url, 'owner'))?.blobKey, file.blobKey)
    await assert.rejects(at(1000)(url, 'owner'), { code: 'input_unreachable' })
  })

  void test('where addresses are signed, other accounts need a good one and the own account none', async () => {
    const fileSigner = createFileSigner({ masterKey: 'k'.repeat(43), clock, validSeconds: 60 })
    const findSigned = createFindOwnFile({ baseUrls, state, clock, fileSigner })
    const url = `http://localhost:4500/files/${ID}.png`
    const { expires, signature } = fileSigner.sign(ID)
    assert.equal((await findSigned(url, 'owner'))?.blobKey, file.blobKey)
    const signed = `${url}?expires=${expires}&signature=${signature}`
    assert.equal((await findSigned(signed, 'stranger'))?.blobKey, file.blobKey)
    for (const bad of [url, `${signed}x`, `http://localhost:4500/files/${'0'.repeat(32)}`])
      await assert.rejects(findSigned(bad, 'stranger'), { code: 'input_unreachable', message: /not signed/u })
  })
})
