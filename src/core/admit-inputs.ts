import type { AfterimageError, ErrorCode } from './errors.ts'
import { fieldError, isAfterimageError, toAfterimageError } from './errors.ts'
import { parseImageSource } from './image-source.ts'
import type { ImageInfo, ImageSource, InputImage } from './job.ts'
import { mapLimited } from './map-limited.ts'
import type { BlobStore, ImageProbe, StoredBlob, UntrustedFetch } from './ports.ts'
import { probeBlob } from './probe-blob.ts'

export type AdmitInputsDeps = {
  blobs: BlobStore
  probe: ImageProbe
  fetchUntrusted: UntrustedFetch
  /** The stored file behind one of our own URLs; null when the URL is foreign or the file of another account. */
  findOwnFile: (
    url: string,
    accountId: string,
  ) => Promise<{ blobKey: string; bytes: number; sha256: string } | null>
  limits: { maxBytes: number; fetchTimeoutMs: number }
}

export type AdmitInputs = (
  sources: readonly ImageSource[],
  context: { accountId: string; signal?: AbortSignal },
) => Promise<InputImage[]>

type Context = { accountId: string; signal: AbortSignal; onStored: (key: string) => void }
type Stored = { blob: StoredBlob; info: ImageInfo }

/** Downloads of one request at a time; more would let one request take all sockets and disk. */
const MAX_CONCURRENT = 4

/**
 * Turns what the caller named (URL, own asset URL, data URI, raw base64) into durable, sniffed blobs of its own.
 * All or nothing: when one image fails, what was stored for the others is deleted.
 * @throws AfterimageError a 422 that names the field: `input_unreadable`, `input_unreachable`, `input_forbidden`,
 *   `input_too_large`; or `storage_full`, `client_closed_request`
 */
export function createAdmitInputs(deps: AdmitInputsDeps): AdmitInputs {
  return async (sources, { accountId, signal }) => {
    const stored: string[] = []
    const failures: AfterimageError[] = []
    const stop = new AbortController()
    const context: Context = {
      accountId,
      signal: AbortSignal.any(signal === undefined ? [stop.signal] : [stop.signal, signal]),
      onStored: (key) => stored.push(key),
    }
    const outcomes = await mapLimited(sources, MAX_CONCURRENT, async (source) => {
      try {
        context.signal.throwIfAborted()
        return await admitOne(deps, source, context)
      } catch (error) {
        // The first failure is the reason; those after it are mostly the abort that it caused.
        failures.push(nameField(error, source.path))
        stop.abort(failures[0])
        throw error
      }
    })
    const [failure] = failures
    if (failure !== undefined) {
      // The error matters more than an orphan, which the sweep finds.
      await Promise.allSettled(stored.map((key) => deps.blobs.delete(key)))
      throw failure
    }
    return outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  }
}

async function admitOne(deps: AdmitInputsDeps, source: ImageSource, context: Context): Promise<InputImage> {
  const { role, path, strength, tag } = source
  const { blob, info } = await store(deps, source, context)
  return { role, path, blobKey: blob.key, sha256: blob.sha256, bytes: blob.bytes, info, strength, tag }
}

async function store(deps: AdmitInputsDeps, source: ImageSource, context: Context): Promise<Stored> {
  const { maxBytes } = deps.limits
  const parsed = parseImageSource(source.value, maxBytes)
  if (parsed.kind === 'bytes') {
    // Looked at before it is stored: most refusals then cost no disk write.
    const info = deps.probe.probe(parsed.bytes)
    const blob = await deps.blobs.put(parsed.bytes, { maxBytes })
    context.onStored(blob.key)
    return { blob, info }
  }
  const blob = await storeUrl(deps, parsed.url, context)
  context.onStored(blob.key)
  return { blob, info: await probeBlob(deps, blob) }
}

async function storeUrl(deps: AdmitInputsDeps, url: string, context: Context): Promise<StoredBlob> {
  const { maxBytes, fetchTimeoutMs } = deps.limits
  const own = await deps.findOwnFile(url, context.accountId)
  // A copy, never the same key: deleting the asset or the job must not take what the other needs.
  if (own !== null) return deps.blobs.put(await deps.blobs.get(own.blobKey), { maxBytes })
  const options = { maxBytes, timeoutMs: fetchTimeoutMs, signal: context.signal }
  const { body } = await deps.fetchUntrusted(url, options)
  return deps.blobs.put(body, { maxBytes })
}

/** Codes of parts that know nothing of inputs, as the input's fault. */
const INPUT_CODES: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  payload_too_large: 'input_too_large',
  not_found: 'input_unreachable',
}

/** Faults of the input become a 422 about its field; a full disk or a lost caller stays what it is. */
function nameField(error: unknown, path: string): AfterimageError {
  if (!isAfterimageError(error)) return toAfterimageError(error)
  const code = INPUT_CODES[error.code] ?? error.code
  return code.startsWith('input_') ? fieldError(code, { path, message: error.message }, error) : error
}
