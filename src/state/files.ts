/** Public files, and the blobs that rows need. */
import type { StoredFile } from '../core/ports.ts'
import { withoutPreview } from './end-job.ts'
import { type JobRow, outputsOf, previewOf } from './job-row.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as assets from './statements/assets.ts'
import * as files from './statements/files.ts'
import * as jobs from './statements/jobs.ts'

type FileRow = {
  id: string
  blob_key: string
  content_type: string
  bytes: number
  sha256: string
  account_id: string | null
  expires_at: number | null
  is_preview: number
}

/** A preview is a file only while its job runs: a program of an older schema ends jobs without a look at it. */
export function* getFile(id: string): Script<StoredFile | null> {
  const found = yield* row<FileRow>(files.GET, id)
  if (found === null) return null
  if (found.is_preview === 1 && !(yield* isShown(found))) return null
  return {
    id: found.id,
    blobKey: found.blob_key,
    contentType: found.content_type,
    bytes: found.bytes,
    sha256: found.sha256,
    accountId: found.account_id,
    expiresAt: found.expires_at,
    isPreview: found.is_preview === 1,
  }
}

function* isShown({ id, account_id }: FileRow): Script<boolean> {
  return (yield* row(jobs.FIND_SHOWING, account_id, `%"fileId":"${id}"%`)) !== null
}

type Removed = { blobKeys: readonly string[] } | null
type JobBlobs = Pick<JobRow, 'input_blobs' | 'outputs' | 'preview'>

/**
 * Removes a job that has ended; null when it has not, or is not the account's. Blob keys are never shared, so
 * nobody else needs those of a removed row.
 */
export function* deleteJob(id: string, accountId: string): Script<Removed> {
  const deleted = yield* row<JobBlobs>(jobs.DELETE, id, accountId)
  if (deleted === null) return null
  yield* all([
    ...outputsOf(deleted).map(({ fileId }) => statement(files.DELETE, fileId)),
    ...withoutPreview(deleted),
  ])
  return { blobKeys: blobKeysOf(deleted) }
}

/** Removes an asset; null when it is not the account's. */
export function* deleteAsset(id: string, accountId: string): Script<Removed> {
  const deleted = yield* row<{ file_id: string; blob_key: string }>(assets.DELETE, id, accountId)
  if (deleted === null) return null
  yield* rows(files.DELETE, deleted.file_id)
  return { blobKeys: [deleted.blob_key] }
}

function blobKeysOf(job: JobBlobs): readonly string[] {
  const preview = previewOf(job)
  const made = [...outputsOf(job), ...(preview === null ? [] : [preview])]
  return [...(JSON.parse(job.input_blobs) as string[]), ...made.map(({ blobKey }) => blobKey)]
}

/** Rows read at once by the orphan sweep: a few milliseconds of the database. */
const PAGE = 500
/** One page of a walk over a table: the keys in it, and the id to go on after; null at the end. */
type BlobPage = { blobKeys: readonly string[]; next: string | null }

/** The blobs of the jobs whose id comes after one; an empty text starts. */
export function* jobBlobs(after: string): Script<BlobPage> {
  const found = yield* rows<JobBlobs & { id: string }>(jobs.LIST_BLOBS, after, PAGE)
  return { blobKeys: found.flatMap(blobKeysOf), next: found.at(-1)?.id ?? null }
}

/** The same for assets. */
export function* assetBlobs(after: string): Script<BlobPage> {
  const found = yield* rows<{ id: string; blob_key: string }>(assets.LIST_BLOBS, after, PAGE)
  return { blobKeys: found.map(({ blob_key }) => blob_key), next: found.at(-1)?.id ?? null }
}
