import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { BlobStore } from '../core/ports.ts'
import { createFileCache, dropDeleted } from './file-cache.ts'

void describe('file cache', () => {
  void test('gives back what was put', () => {
    const cache = createFileCache(100)
    cache.put('a', Buffer.from('picture'))
    assert.equal(cache.get('a')?.toString(), 'picture')
    assert.equal(cache.get('b'), null)
  })

  void test('the least recently used goes first, and the budget holds', () => {
    const cache = createFileCache(100)
    for (const key of ['a', 'b', 'c', 'd']) cache.put(key, Buffer.alloc(25))
    cache.get('a')
    cache.put('e', Buffer.alloc(25))
    assert.equal(cache.get('b'), null)
    assert.ok(cache.get('a') !== null && cache.get('e') !== null)
  })

  void test('putting the same key again counts once', () => {
    const cache = createFileCache(100)
    for (let round = 0; round < 10; round += 1) cache.put('a', Buffer.alloc(25))
    for (const key of ['b', 'c', 'd']) cache.put(key, Buffer.alloc(25))
    assert.ok(cache.get('a') !== null)
  })

  void test('more than a quarter of the budget is not kept', () => {
    const cache = createFileCache(100)
    cache.put('big', Buffer.alloc(26))
    assert.equal(cache.get('big'), null)
    assert.equal(cache.accepts(26), false)
  })

  void test('what is deleted from the store leaves it too', async () => {
    const cache = createFileCache(100)
    const deleted: string[] = []
    const store = { delete: async (key: string) => void deleted.push(key) } as Partial<BlobStore> as BlobStore
    for (const key of ['a', 'b']) cache.put(key, Buffer.alloc(25))
    await dropDeleted(store, cache).delete('a')
    assert.deepEqual(deleted, ['a'])
    assert.ok(cache.get('a') === null && cache.get('b') !== null)
  })

  void test('a reader that was there before the deletion does not put it back', () => {
    const cache = createFileCache(100)
    cache.drop('read before and put after')
    cache.put('read before and put after', Buffer.alloc(25))
    assert.equal(cache.get('read before and put after'), null)
    for (let count = 0; count < 5000; count += 1) cache.drop(`deleted ${count}`)
    cache.put('deleted 4999', Buffer.alloc(25))
    assert.equal(cache.get('deleted 4999'), null)
  })
})
