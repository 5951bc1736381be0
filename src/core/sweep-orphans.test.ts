import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createFileBlobStore } from '../blobs/files.ts'
import { sweepOrphans } from './sweep-orphans.ts'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-sweep-'))
after(() => rmSync(directory, { recursive: true }))

void test('deletes what no row names, and only what is old enough', async () => {
  const blobs = createFileBlobStore({ directory })
  const named = await blobs.put(Buffer.from('named'))
  const orphan = await blobs.put(Buffer.from('orphan'))
  async function* listBlobKeys(): AsyncGenerator<string> {
    yield named.key
    yield await Promise.resolve('f'.repeat(32))
  }
  const sweep = (before: number): Promise<number> => sweepOrphans({ blobs, state: { listBlobKeys } }, before)
  assert.equal(await sweep(Date.now() - 60_000), 0, 'a submit that is under way must not lose its bytes')
  assert.equal(await sweep(Date.now() + 60_000), 1)
  assert.equal(await blobs.head(orphan.key), null)
  assert.notEqual(await blobs.head(named.key), null)
})
