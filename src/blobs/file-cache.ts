/** Hot results in memory: reading a file in pieces costs seven times as much processor time. */
import type { BlobStore, FileCache } from '../core/ports.ts'

/** One file may take this share of the budget, so that a single giant cannot empty the cache. */
const MAX_SHARE = 1 / 4

/** Least recently used first out; never holds more than `maxBytes`. */
export function createFileCache(maxBytes: number): FileCache {
  // A Map keeps the order of insertion: putting an entry again makes it the youngest.
  const entries = new Map<string, Buffer>()
  let total = 0
  const drop = (key: string): void => {
    total -= entries.get(key)?.length ?? 0
    entries.delete(key)
  }
  const accepts = (bytes: number): boolean => bytes <= maxBytes * MAX_SHARE
  return {
    accepts,
    drop,
    get: (key) => {
      const bytes = entries.get(key)
      if (bytes === undefined) return null
      entries.delete(key)
      entries.set(key, bytes)
      return bytes
    },
    put: (key, bytes) => {
      if (!accepts(bytes.length)) return
      drop(key)
      entries.set(key, bytes)
      total += bytes.length
      for (const oldest of entries.keys()) {
        if (total <= maxBytes) return
        drop(oldest)
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
      // Afterwards: a reader that comes in between would put it back.
      cache.drop(key)
    },
  }
}
