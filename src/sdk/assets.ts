import type { CallOptions } from './options.ts'
import { createPages } from './pages.ts'
import type { PagePromise } from './pages.ts'
import { toId } from './paths.ts'
import type { Transport, TransportRequest } from './transport.ts'
import type { Asset, Page } from './types.ts'

export type UploadOptions = CallOptions & {
  /** Default: the name of a File, else `upload`. */
  filename?: string | undefined
  description?: string | undefined
  /** Sent again with the same key, within a day, the upload answers the asset of the first time. Makes retries safe. */
  idempotencyKey?: string | undefined
}

export type Assets = {
  /** Stores a file; its `image_url` then serves as input. Read a file first: `await readFile(path)`. */
  upload: (source: Blob | ArrayBuffer | Uint8Array, options?: UploadOptions) => Promise<Asset>
  /**
   * Lets the server fetch a picture from its address. Servers take this in lenient mode, and from their own Studio.
   */
  uploadFromUrl: (url: string, options?: UploadOptions) => Promise<Asset>
  get: (id: string, options?: CallOptions) => Promise<Asset>
  /** Your assets, newest first. */
  list: (query?: { limit?: number; cursor?: string }, options?: CallOptions) => PagePromise<Asset>
  delete: (id: string, options?: CallOptions) => Promise<void>
}

type BlobParts = ConstructorParameters<typeof Blob>[0]

/** 75 MB, the largest asset, over a line of 2 Mbit/s. */
const UPLOAD_TIMEOUT_MS = 300_000

export function createAssets(send: Transport, timeoutMs: number): Assets {
  return {
    upload: async (source, { filename, description, idempotencyKey, ...options } = {}) => {
      const form = new FormData()
      // Fields before the file: a server that streams knows them when the bytes begin.
      if (description !== undefined) form.append('description', description)
      form.append('file', toBlob(source), filename ?? nameOf(source) ?? 'upload')
      const limited = { ...options, timeoutMs: options.timeoutMs ?? Math.max(timeoutMs, UPLOAD_TIMEOUT_MS) }
      const request = { path: '/assets', body: { form }, ...onceBy(idempotencyKey), options: limited }
      return (await send({ method: 'POST', ...request })).body as Asset
    },
    uploadFromUrl: async (url, { filename, description, idempotencyKey, ...options } = {}) => {
      const body = { json: { url, name: filename, description } }
      const request = { path: '/assets', body, ...onceBy(idempotencyKey), options }
      return (await send({ method: 'POST', ...request })).body as Asset
    },
    get: async (id, options) =>
      (await send({ method: 'GET', path: `/assets/${toId('id', id)}`, isRepeatable: true, options }))
        .body as Asset,
    list: ({ limit, cursor } = {}, options) =>
      createPages(async (cursor) => {
        const query = { limit, cursor }
        return (await send({ method: 'GET', path: '/assets', query, isRepeatable: true, options }))
          .body as Page<Asset>
      }, cursor),
    delete: (id, options) => deleteAsset(send, id, options),
  }
}

async function deleteAsset(send: Transport, id: string, options: CallOptions | undefined): Promise<void> {
  await send({ method: 'DELETE', path: `/assets/${toId('id', id)}`, isRepeatable: true, options })
}

function onceBy(key: string | undefined): Pick<TransportRequest, 'headers' | 'isRepeatable'> {
  return key === undefined
    ? { isRepeatable: false }
    : { headers: { 'idempotency-key': key }, isRepeatable: true }
}

function toBlob(source: Blob | ArrayBuffer | Uint8Array): Blob {
  // The type of Uint8Array allows shared memory, which Blob's does not; a Blob copies the bytes either way.
  return source instanceof Blob ? source : new Blob([source] as BlobParts)
}

function nameOf(source: object): string | null {
  return 'name' in source && typeof source.name === 'string' && source.name !== '' ? source.name : null
}
