/** What every blob store must do. Run by each store's own test file. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import type { BlobStore } from '../../src/core/ports.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const code = (code: string) => ({ name: 'AfterimageError', code })

async function read(store: BlobStore, key: string, range?: { start: number; end: number }): Promise<Buffer> {
  const stream = await store.get(key, range)
  return Buffer.concat(await stream.toArray())
}

async function listAll(store: BlobStore): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for await (const { key, bytes, modifiedAt } of store.list()) {
    assert.ok(modifiedAt > 0)
    found.set(key, bytes)
  }
  return found
}

/** @param createStore answers an empty store and how to dispose of it */
export function blobStoreContract(
  name: string,
  createStore: () => Promise<{ store: BlobStore; dispose: () => Promise<void> }>,
): void {
  const withStore = (title: string, run: (store: BlobStore) => Promise<void>): void => {
    void test(title, async () => {
      const { store, dispose } = await createStore()
      try {
        await run(store)
      } finally {
        await dispose()
      }
    })
  }

  void describe(`blob store contract: ${name}`, () => {
    withStore('bytes come back, with size and SHA-256', async (store) => {
      const bytes = randomBytes(100_000)
      const stored = await store.put(bytes)
      assert.equal(stored.bytes, bytes.length)
      assert.equal(stored.sha256, sha256(bytes))
      assert.deepEqual(await read(store, stored.key), bytes)
      assert.deepEqual(await store.head(stored.key), { bytes: bytes.length })
    })

    withStore('a stream of chunks is stored as one blob, an empty one too', async (store) => {
      const parts = [randomBytes(70_000), Buffer.alloc(0), randomBytes(3)]
      const stored = await store.put(Readable.from(parts))
      assert.deepEqual(await read(store, stored.key), Buffer.concat(parts))
      const empty = await store.put(Readable.from([]))
      assert.equal(empty.bytes, 0)
      assert.equal(empty.sha256, sha256(Buffer.alloc(0)))
      assert.deepEqual(await read(store, empty.key), Buffer.alloc(0))
    })

    withStore('equal bytes get different keys, and deleting one leaves the other', async (store) => {
      const bytes = randomBytes(500)
      const [first, second] = await Promise.all([store.put(bytes), store.put(bytes)])
      assert.notEqual(first.key, second.key)
      await store.delete(first.key)
      assert.equal(await store.head(first.key), null)
      assert.deepEqual(await read(store, second.key), bytes)
    })

    withStore('any range inside the blob is exact, its end is clipped', async (store) => {
      const bytes = randomBytes(5000)
      const { key } = await store.put(bytes)
      await fc.assert(
        fc.asyncProperty(fc.nat(4999), fc.nat(9000), async (start, length) => {
          const end = start + length
          assert.deepEqual(await read(store, key, { start, end }), bytes.subarray(start, end + 1))
        }),
        { numRuns: 40 },
      )
    })

    withStore('a range outside the blob is refused', async (store) => {
      const { key } = await store.put(randomBytes(10))
      for (const range of [
        { start: 10, end: 12 },
        { start: -1, end: 3 },
        { start: 5, end: 4 },
      ])
        await assert.rejects(store.get(key, range), code('range_not_satisfiable'))
    })

    withStore('more than maxBytes is refused and leaves nothing behind', async (store) => {
      await assert.rejects(store.put(randomBytes(11), { maxBytes: 10 }), code('payload_too_large'))
      const endless = Readable.from(
        (function* () {
          for (;;) yield Buffer.alloc(1000)
        })(),
      )
      await assert.rejects(store.put(endless, { maxBytes: 10_000 }), code('payload_too_large'))
      assert.equal(endless.destroyed, true, 'the sender is cut off')
      assert.equal((await store.put(randomBytes(10), { maxBytes: 10 })).bytes, 10)
      assert.equal((await listAll(store)).size, 1)
    })

    withStore('a stream that breaks leaves nothing behind, and its own error comes out', async (store) => {
      const broken = Readable.from(
        (function* () {
          yield randomBytes(1000)
          throw new Error('the sender went away')
        })(),
      )
      await assert.rejects(store.put(broken), /the sender went away/u)
      assert.equal((await listAll(store)).size, 0)
    })

    withStore('unknown, malformed and traversing keys are not found', async (store) => {
      await store.put(randomBytes(10))
      const keys = [
        '0'.repeat(32),
        '',
        '..',
        '../../etc/passwd',
        '/etc/passwd',
        'a/../b',
        'A'.repeat(32),
        'tmp',
      ]
      for (const key of keys) {
        await assert.rejects(store.get(key), code('not_found'))
        assert.equal(await store.head(key), null)
        await store.delete(key)
      }
      assert.equal((await listAll(store)).size, 1)
    })

    withStore('deleting twice is fine', async (store) => {
      const { key } = await store.put(randomBytes(10))
      await store.delete(key)
      await store.delete(key)
      await assert.rejects(store.get(key), code('not_found'))
    })

    withStore('the list names every blob once', async (store) => {
      const stored = await Promise.all(
        Array.from({ length: 20 }, (_, index) => store.put(Buffer.alloc(index))),
      )
      assert.deepEqual(
        [...(await listAll(store))].sort(),
        stored.map(({ key, bytes }): [string, number] => [key, bytes]).sort(),
      )
    })
  })
}
