/** Hot results in memory: reading a file in pieces costs seven times as much processor time. */
import type { BlobStore, FileCache } from '../core/ports.ts'

/** One file may take this share of the budget, so that a single giant cannot empty the cache. */
const MAX_SHARE = 1 / 4
/** Keys that are remembered as deleted: many more than are deleted while one file is read. */
const MAX_GONE = 1000

/** Least recently used first out; never holds more than `maxBytes`. */
export function createFileCache(maxBytes: number): FileCache {
  // A Map keeps the order of insertion: putting an entry again makes it the youngest.
  const entries = new Map<string, Buffer>()
  // Keys are never used again, so that whoever puts one of these has read it before it was deleted.
  const gone = new Set<string>()
  let total = 0
  const forget = (key: string): void => {
    total -= entries.get(key)?.length ?? 0
    entries.delete(key)
  }
  const accepts = (bytes: number): boolean => bytes <= maxBytes * MAX_SHARE
  return {
    accepts,
    drop: (key) => {
      forget(key)
      gone.add(key)
      for (const oldest of gone) {
        if (gone.size <= MAX_GONE) return
        gone.delete(oldest)
      }
    },
    get: (key) => {
      const bytes = entries.get(key)
      if (bytes === undefined) return null
      entries.delete(key)
      entries.set(key, bytes)
      return bytes
    },
    put: (key, bytes) => {
      if (!accepts(bytes.length) || gone.has(key)) return
      forget(key)
      entries.set(key, bytes)
      total += bytes.length
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) return
        forget(oldest)
      }
    },
  }
}

/** The same store, whose deleted bytes leave the cache too, so that what a caller has removed is nowhere any more. */
export function dropDeleted(blobs: BlobStore, cache: Pick<FileCache, 'drop'>): BlobStore {
  return {
    ...blobs,
    delete: async (key) => {
      await blobs.delete(key)
      // Afterwards, when no reader can find it any more.
      cache.drop(key)
    },
  }
}
