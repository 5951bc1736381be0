/** Stored pictures in a format that every browser shows: HEIC, TIFF and the like are none. */
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Engine } from './engine.ts'
import { AfterimageError, isAfterimageError } from './errors.ts'
import { localCopy } from './local-copy.ts'
import { missingBytes } from './missing-bytes.ts'
import type { BlobStore, Clock, StateStore } from './ports.ts'

export type PreviewFile = (wanted: {
  /** 32 hex digits of the file's address. */
  fileId: string
  accountId: string
  signal: AbortSignal
}) => Promise<{ bytes: Uint8Array; contentType: string; isPreview: boolean }>

export type PreviewDeps = {
  state: Pick<StateStore, 'getFile'>
  clock: Clock
  blobs: Pick<BlobStore, 'get' | 'head' | 'localPath'>
  /** The first one that can is asked. */
  engines: readonly Pick<Engine, 'preview'>[]
  /** Folder for working files. */
  scratchDirectory: string
}

/** Longer than the largest allowed HEIC takes; a job before it in the queue may take longer still. */
const PATIENCE_MS = 60_000

/**
 * The whole picture, upright and sRGB, as JPEG or WebP. Nothing is stored: whoever shows it keeps it.
 * @returns a use case that throws AfterimageError `not_found` (also for files of other accounts), `input_unreadable`,
 *   `unavailable` when this machine has no time for it
 */
export function createPreviewFile(deps: PreviewDeps): PreviewFile {
  return async ({ fileId, accountId, signal }) => {
    const file = await deps.state.getFile(fileId)
    if (file === null || file.accountId !== accountId || (file.expiresAt ?? Infinity) <= deps.clock.now())
      throw new AfterimageError('not_found', 'There is no file with this id.')
    if ((await deps.blobs.head(file.blobKey)) === null) throw missingBytes()
    const preview = deps.engines.find((engine) => engine.preview !== undefined)?.preview
    if (preview === undefined) throw new AfterimageError('unavailable', 'No engine here makes previews.')
    await mkdir(deps.scratchDirectory, { recursive: true })
    const scratchDirectory = await mkdtemp(join(deps.scratchDirectory, 'preview-'))
    const deadline = AbortSignal.timeout(PATIENCE_MS)
    try {
      const source = await localCopy(deps.blobs, file.blobKey, scratchDirectory)
      const path = await preview(source, { signal: AbortSignal.any([signal, deadline]), scratchDirectory })
      return {
        bytes: await readFile(path),
        contentType: path.endsWith('.webp') ? 'image/webp' : 'image/jpeg',
        isPreview: file.isPreview,
      }
    } catch (error) {
      throw deadline.aborted
        ? new AfterimageError('unavailable', 'The engine of this machine is busy; ask again later.')
        : refusalOf(error)
    } finally {
      await rm(scratchDirectory, { recursive: true, force: true })
    }
  }
}

/** Whatever a file does to its decoder is the file's fault, and no fault of the server. */
function refusalOf(error: unknown): unknown {
  const code = isAfterimageError(error) ? error.code : null
  const isOfFile = code === 'engine_crashed' || code === 'engine_failed' || code === 'out_of_memory'
  return isOfFile
    ? new AfterimageError('input_unreadable', 'This picture cannot be shown.', { cause: error })
    : error
}
