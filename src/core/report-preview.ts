import type { EngineContext, EnginePreview } from './engine.ts'
import { removeBlobs } from './end-job.ts'
import type { ImageFormat, ImageInfo } from './job.ts'
import type { BlobStore, Clock, ImageProbe, Lease, StateStore } from './ports.ts'
import { asOutput } from './store-outputs.ts'

export type PreviewReporter = {
  /** Null: nobody wants previews. */
  report: Required<EngineContext>['onPreview'] | null
  /** Takes nothing more, waits for what is being written, and removes the bytes. */
  close: () => Promise<void>
}

export const NO_PREVIEWS: PreviewReporter = { report: null, close: () => Promise.resolve() }

/** One a second is news to an eye; each costs a flush to the disk and a commit. */
const MIN_INTERVAL_MS = 1000
/**
 * A vendor's PNG of 1.5 MP has some MB, and one of its largest, of 8.3 MP, is at most 25 MB before compression: what was
 * paid for is shown. Previews of engines at home have some kB.
 */
export const MAX_PREVIEW_BYTES = 32 * 1024 * 1024
/** What a browser decodes in an instant; the largest picture of a vendor that sends previews has 8.3 MP. */
export const MAX_PREVIEW_PIXELS = 16_777_216
/** What every browser shows. */
const FORMATS: readonly ImageFormat[] = ['jpeg', 'png', 'webp']

type Deps = {
  state: Pick<StateStore, 'savePreview'>
  blobs: Pick<BlobStore, 'put' | 'delete'>
  probe: Pick<ImageProbe, 'probe'>
  clock: Clock
}

/**
 * Keeps the newest preview of an attempt beside its job: one write at a time and at most one a second; what comes in
 * between is dropped, so that no engine can fill memory, disk or database. What is too large, or no still picture that
 * browsers show, is dropped too. Writes are fenced, and the attempt leaves no bytes behind, however it ends.
 */
export function createPreviewReporter(deps: Deps, lease: Lease): PreviewReporter {
  let writing: Promise<void> | null = null
  let lastAt = Number.NEGATIVE_INFINITY
  let shown: string | null = null
  let isClosed = false
  const save = async (bytes: Uint8Array, info: ImageInfo): Promise<void> => {
    const blob = await deps.blobs.put(bytes, { maxBytes: MAX_PREVIEW_BYTES })
    const preview = asOutput(blob, info)
    // An answer that is lost after the commit leaves an address without bytes until the next preview: no harm.
    const isSaved = await deps.state.savePreview(lease, preview).catch(() => null)
    if (isSaved === false) isClosed = true
    const old = isSaved === true ? shown : preview.blobKey
    if (isSaved === true) shown = preview.blobKey
    if (old !== null) await removeBlobs(deps.blobs, [old])
  }
  return {
    report: ({ bytes }) => {
      const now = deps.clock.now()
      if (isClosed || writing !== null || now - lastAt < MIN_INTERVAL_MS) return
      const info = inspect(deps, bytes)
      if (info === null) return
      lastAt = now
      // A preview that cannot be stored costs a look at the picture, not the job.
      writing = save(bytes, info)
        .catch(() => undefined)
        .finally(() => (writing = null))
    },
    close: async () => {
      isClosed = true
      await writing
      if (shown !== null) await removeBlobs(deps.blobs, [shown])
    },
  }
}

/** Null: not to be shown. */
function inspect({ probe }: Pick<Deps, 'probe'>, bytes: EnginePreview['bytes']): ImageInfo | null {
  if (bytes.length === 0 || bytes.length > MAX_PREVIEW_BYTES) return null
  try {
    const info = probe.probe(bytes)
    const isSmall = info.width * info.height <= MAX_PREVIEW_PIXELS
    return isSmall && info.frames === 1 && FORMATS.includes(info.format) ? info : null
  } catch {
    return null
  }
}
