/** From what an engine made to durable, checked, public files. */
import { createReadStream } from 'node:fs'
import { contentTypeOf } from './content-type.ts'
import type { EngineOutput } from './engine.ts'
import { AfterimageError, isAfterimageError } from './errors.ts'
import type { ImageInfo, Output } from './job.ts'
import type { BlobStore, ImageProbe, StoredBlob } from './ports.ts'
import { removeBlobs } from './end-job.ts'
import { newFileId } from './file-id.ts'
import type { Patience } from './patient-state.ts'
import { insist } from './patient-state.ts'
import { probeBlob } from './probe-blob.ts'

export type StoreOutputsDeps = {
  blobs: BlobStore
  probe: ImageProbe
  /** For a store that is full or away: the picture may have been paid for. None by default. */
  patience?: Patience
}

const NO_PATIENCE: Patience = { patienceMs: 0 }

/**
 * Stores all outputs or none. Their headers are read here: an engine that answers with an error page instead of
 * a picture must fail the job, not complete it.
 * @throws AfterimageError `engine_failed` (no output, or not an image); `storage_full`, `unavailable` after `patience`
 */
export async function storeOutputs(
  deps: StoreOutputsDeps,
  outputs: readonly EngineOutput[],
): Promise<readonly Output[]> {
  if (outputs.length === 0)
    throw new AfterimageError('engine_failed', 'The engine answered without an image.')
  const stored: Output[] = []
  const keys: string[] = []
  try {
    for (const output of outputs) {
      const put = (): Promise<StoredBlob> =>
        deps.blobs.put(output.kind === 'bytes' ? output.bytes : createReadStream(output.path))
      const blob = await insist(put, deps.patience ?? NO_PATIENCE)
      keys.push(blob.key)
      stored.push(await toOutput(deps, blob, output))
    }
    return stored
  } catch (error) {
    await removeBlobs(deps.blobs, keys)
    throw error
  }
}

/** Takes back outputs that no row names, because the lease was lost meanwhile. */
export async function discardOutputs(deps: StoreOutputsDeps, outputs: readonly Output[]): Promise<void> {
  await removeBlobs(
    deps.blobs,
    outputs.map(({ blobKey }) => blobKey),
  )
}

async function toOutput(deps: StoreOutputsDeps, blob: StoredBlob, made: EngineOutput): Promise<Output> {
  const info = await readHeader(deps, blob, made).catch((error: unknown) => {
    const reason = isAfterimageError(error) ? `: ${error.message}` : '.'
    throw new AfterimageError('engine_failed', `What the engine made cannot be used${reason}`, {
      cause: error,
    })
  })
  return asOutput(blob, info)
}

/** A stored picture under a new unguessable id. */
export function asOutput(blob: StoredBlob, { format, width, height }: ImageInfo): Output {
  return {
    fileId: newFileId(),
    blobKey: blob.key,
    contentType: contentTypeOf(format),
    bytes: blob.bytes,
    sha256: blob.sha256,
    width,
    height,
  }
}

async function readHeader(deps: StoreOutputsDeps, blob: StoredBlob, made: EngineOutput): Promise<ImageInfo> {
  // What is in memory already need not be read back from the disk.
  return made.kind === 'bytes' ? deps.probe.probe(made.bytes) : probeBlob(deps, blob)
}
