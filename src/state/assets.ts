import { AfterimageError } from '../core/errors.ts'
import type { Asset } from '../core/ports.ts'
import { publish } from './end-job.ts'
import { all, row, rows, type Script, statement } from './script.ts'
import * as assets from './statements/assets.ts'
import { stamp } from './stamp.ts'

type AssetRow = {
  id: string
  account_id: string
  file_id: string
  blob_key: string
  filename: string | null
  description: string | null
  content_type: string
  bytes: number
  sha256: string
  width: number | null
  height: number | null
  created_at: number
  expires_at: number | null
}

function toAsset(row: AssetRow): Asset {
  return {
    id: row.id,
    accountId: row.account_id,
    fileId: row.file_id,
    blobKey: row.blob_key,
    filename: row.filename,
    description: row.description,
    contentType: row.content_type,
    bytes: row.bytes,
    sha256: row.sha256,
    width: row.width,
    height: row.height,
    createdAtMicros: row.created_at,
    expiresAt: row.expires_at,
  }
}

/**
 * Stores an asset and its public file. Its time is moved on where the account already has it. Same id: no-op.
 * @throws AfterimageError `conflict` when the id belongs to another account
 */
export function* createAsset(asset: Asset): Script<Asset> {
  const [, [inserted] = []] = yield* all([
    stamp(asset.accountId, asset.createdAtMicros, 0),
    statement(
      assets.INSERT,
      asset.id,
      asset.accountId,
      asset.fileId,
      asset.blobKey,
      asset.filename,
      asset.description,
      asset.contentType,
      asset.bytes,
      asset.sha256,
      asset.width,
      asset.height,
      asset.expiresAt,
      asset.accountId,
    ),
  ])
  if (inserted === undefined) return yield* findTwin(asset)
  yield* all([publish(asset, { ...asset, isPreview: false })])
  return toAsset(inserted as AssetRow)
}

/** Looked for only after the insert was refused: looking first would miss a twin that commits in between. */
function* findTwin({ id, accountId }: Asset): Script<Asset> {
  const twin = yield* getAsset(id, accountId)
  if (twin === null)
    throw new AfterimageError('conflict', 'An asset with this id already exists; use a new id.')
  return twin
}

export function* getAsset(id: string, accountId: string): Script<Asset | null> {
  const found = yield* row<AssetRow>(assets.GET_OF_ACCOUNT, id, accountId)
  return found === null ? null : toAsset(found)
}

export function* findAssetByFile(fileId: string, accountId: string): Script<Asset | null> {
  const found = yield* row<AssetRow>(assets.GET_BY_FILE, fileId, accountId)
  return found === null ? null : toAsset(found)
}

/** @param before microseconds; only what was created strictly earlier */
export function* listAssets(accountId: string, before: number, limit: number): Script<readonly Asset[]> {
  return (yield* rows<AssetRow>(assets.LIST, accountId, before, limit)).map(toAsset)
}
