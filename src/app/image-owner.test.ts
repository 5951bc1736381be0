import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createFileBlobStore } from '../blobs/files.ts'
import { ownsImages } from './image-owner.ts'

const root = mkdtempSync(join(tmpdir(), 'afterimage-owner-'))
after(() => rmSync(root, { recursive: true, force: true }))

function open() {
  const dataDirectory = mkdtempSync(join(root, 'data-'))
  const blobs = createFileBlobStore({ directory: join(dataDirectory, 'blobs') })
  const ask = (id: string, named: readonly string[] = []): Promise<boolean> =>
    ownsImages({ dataDirectory, blobs, state: stateOf(id, named) })
  return { blobs, ask }
}

function stateOf(id: string, named: readonly string[]): Parameters<typeof ownsImages>[0]['state'] {
  return {
    identify: () => Promise.resolve(id),
    listBlobKeys: async function* () {
      yield* named
    },
  }
}

void describe('owner of the images', () => {
  void test('the first database on an empty folder; another one never, also when the folder has filled', async () => {
    const { blobs, ask } = open()
    assert.equal(await ask('first'), true)
    await blobs.put(Buffer.from('pixels'))
    assert.equal(await ask('first'), true)
    assert.equal(await ask('second'), false)
  })

  void test('of a folder from before there were marks, the database that names something in it', async () => {
    const { blobs, ask } = open()
    const { key } = await blobs.put(Buffer.from('pixels'))
    assert.equal(await ask('empty'), false, 'a new database that was not filled by an import yet')
    assert.equal(await ask('stranger', ['0'.repeat(32)]), false)
    assert.equal(await ask('own', ['0'.repeat(32), key]), true)
    assert.equal(await ask('empty'), false)
  })

  void test('two that come at once agree on one', async () => {
    const { ask } = open()
    const answers = await Promise.all([ask('a'), ask('b')])
    assert.equal(answers.filter(Boolean).length, 1)
    assert.deepEqual(await Promise.all([ask('a'), ask('b')]), answers)
  })
})
