/** Uploads: bytes stream to the blob store, then the header is read, then a row makes them an asset. */
import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { removeBlobs } from './end-job.ts'
import { newFileId } from './file-id.ts'
import { fieldError, isAfterimageError } from './errors.ts'
import type { Once, OnceResult } from './idempotency.ts'
import { fingerprintOf } from './idempotency.ts'
import { contentTypeOf } from './content-type.ts'
import type { Asset, BlobStore, Clock, ImageProbe, StateStore } from './ports.ts'
import type { ExpiryOf } from './retention.ts'
import { probeBlob } from './probe-blob.ts'

export type UploadRequest = {
  accountId: string
  stream: Readable
  filename: string | null
  /** A promise while the form is still being read: the field may come after the file. When it rejects, nothing is stored. */
  description: string | null | Promise<string | null>
  maxBytes: number
}

export type AssetDeps = {
  state: Pick<StateStore, 'createAsset' | 'deleteAsset'>
  blobs: BlobStore
  probe: ImageProbe
  clock: Clock
  /** Absent: assets are kept. */
  expiryOf?: ExpiryOf
}

/**
 * Stores an uploaded image; its type and size come from its content, never from its name.
 * @throws AfterimageError `payload_too_large`, `input_unreadable` (not an accepted image), `input_too_large`, `storage_full`
 */
export function createUploadAsset(deps: AssetDeps): (request: UploadRequest) => Promise<Asset> {
  return async (request) => deps.state.createAsset(await receive(deps, request))
}

export type UploadOnce = (
  request: UploadRequest,
  once: Pick<Once<Asset>, 'key' | 'answer'>,
) => Promise<OnceResult>

/**
 * The same for an upload that may be sent twice. What counts is what arrived, name, description and content: the bytes
 * of a form differ at every try, because its boundary does.
 * @throws AfterimageError as `createUploadAsset`, and `idempotency_mismatch`
 */
export function createUploadOnce(deps: AssetDeps & { state: Pick<StateStore, 'idempotency'> }): UploadOnce {
  return async (request, { key, answer }) => {
    const asset = await receive(deps, request)
    const { accountId, filename, description, sha256 } = asset
    const fingerprint = fingerprintOf('POST /assets', filename, description, sha256)
    const once = { key, fingerprint, answer }
    const known = await deps.state.idempotency.find(accountId, once).catch(async (error: unknown) => {
      await removeBlobs(deps.blobs, [asset.blobKey])
      throw error
    })
    const result =
      known === null
        ? await deps.state.idempotency.createAsset(asset, once)
        : { answer: known, isReplayed: true }
    if (result.isReplayed) await removeBlobs(deps.blobs, [asset.blobKey])
    return result
  }
}

/** Everything up to the commit. */
async function receive(
  deps: AssetDeps,
  { accountId, stream, filename, description, maxBytes }: UploadRequest,
): Promise<Asset> {
  const blob = await deps.blobs.put(stream, { maxBytes })
  const [info, text] = await Promise.all([probeBlob(deps, blob).catch(blameFile), description]).catch(
    async (error: unknown) => {
      await removeBlobs(deps.blobs, [blob.key])
      throw error
    },
  )
  return {
    id: randomUUID(),
    accountId,
    fileId: newFileId(),
    blobKey: blob.key,
    filename,
    description: text,
    contentType: contentTypeOf(info.format),
    bytes: blob.bytes,
    sha256: blob.sha256,
    width: info.width,
    height: info.height,
    createdAtMicros: deps.clock.now() * 1000,
    expiresAt: (await deps.expiryOf?.(accountId, null)) ?? null,
  }
}

function blameFile(error: unknown): never {
  throw isAfterimageError(error)
    ? fieldError(error.code, { path: 'file', message: error.message }, error)
    : error
}

/** Removes an asset with its bytes; false when there is none of this id. Jobs that used it keep their own copy. */
export function createDeleteAsset(
  deps: Pick<AssetDeps, 'state' | 'blobs'>,
): (id: string, accountId: string) => Promise<boolean> {
  return async (id, accountId) => {
    const deleted = await deps.state.deleteAsset(id, accountId)
    if (deleted === null) return false
    await removeBlobs(deps.blobs, deleted.blobKeys)
    return true
  }
}
