/** What the routes need from the rest of the server; wired in app.ts. */
import type { ModelCatalogue } from '../catalogue/index.ts'
import type { ApiKey } from '../core/api-key.ts'
import type { AfterimageError } from '../core/errors.ts'
import type { DeliveryStore, JobWebhook } from '../core/delivery.ts'
import type { CancelJob, DeleteJob } from '../core/end-job.ts'
import type { EngineKeys } from '../core/engine-keys.ts'
import type { EngineView } from '../core/engine-view.ts'
import type {
  BlobStore,
  Clock,
  EngineOffer,
  FileCache,
  StateStore,
  Asset,
  UntrustedFetch,
} from '../core/ports.ts'
import type { UploadOnce, UploadRequest } from '../core/store-asset.ts'
import type { DryRun, SubmitJob, SubmitOnce, SubmitShared } from '../core/submit-job.ts'
import type { FileSigner } from '../core/signed-files.ts'
import type { PreviewFile } from '../core/preview-file.ts'
import type { WatchJob } from '../core/watch-job.ts'
import type { WebhookSecrets } from '../core/webhook-secrets.ts'
import type { WebhookSink } from '../core/webhook-sink.ts'
import type { ParsedKey } from '../wire/parse-key.ts'
import type { LedgerStore } from '../core/money.ts'
import type { CompatMode } from '../wire/types.ts'
import type { BaseUrls } from './base-url.ts'
import type { Sessions } from './session-store.ts'

export type HttpContext = {
  state: Pick<
    StateStore,
    | 'findKey'
    | 'touchKey'
    | 'listKeys'
    | 'revokeKey'
    | 'getJob'
    | 'listJobs'
    | 'getAsset'
    | 'listAssets'
    | 'getFile'
    | 'countKeys'
  >
  clock: Clock
  blobs: Pick<BlobStore, 'get' | 'head'>
  fileCache: FileCache
  catalogue: ModelCatalogue
  offers: readonly EngineOffer[]
  engineKeys: Pick<EngineKeys, 'enter' | 'remove'>
  /** Every engine that this version knows, at this moment. */
  listEngines: () => EngineView[]
  fetchUntrusted: UntrustedFetch
  submitJob: SubmitJob
  submitOnce: SubmitOnce
  submitShared: SubmitShared
  dryRun: DryRun
  cancelJob: CancelJob
  deleteJob: DeleteJob
  watchJob: WatchJob
  previewFile: PreviewFile
  /** Answers the address in its normal form. @throws AfterimageError `invalid_request` that names the header */
  checkWebhook: (url: string) => Promise<string>
  deliveries: Pick<DeliveryStore, 'list' | 'get' | 'listAttempts' | 'replay' | 'listDisabled' | 'enable'>
  ledger: Pick<LedgerStore, 'usage' | 'getBalance'>
  webhookSecrets: WebhookSecrets
  webhookSink: WebhookSink
  /** Address of this server for the URLs in the body of a delivery. */
  webhookBaseUrl: (webhook: JobWebhook) => string
  uploadAsset: (request: UploadRequest) => Promise<Asset>
  uploadOnce: UploadOnce
  deleteAsset: (id: string, accountId: string) => Promise<boolean>
  baseUrls: BaseUrls
  /** Null where files are public to whoever knows their id. */
  fileSigner: FileSigner | null
  /** Who is signed in to the Studio. */
  sessions: Sessions
  compat: CompatMode
  isDraftEnabled: boolean
  /** Whether a moderation sees results before their callers do. */
  isModerated: boolean
  limits: {
    maxInputBytes: number
    maxInputPixels: number
    maxBodyBytes: number
    fetchTimeoutMs: number
  }
  /** @throws AfterimageError `storage_full` when new bytes would fill the disk */
  assertDiskSpace: () => Promise<void>
  /** What keeps this server from doing its work, or null; and whether new bytes are refused for want of room. */
  checkReadiness: () => Promise<{ fault: AfterimageError | null; isDiskLow: boolean }>
  /** Makes a key in an account; its token is told only here. */
  createApiKey: (wanted: ParsedKey & { accountId: string }) => Promise<{ key: ApiKey; token: string }>
  /** A seed for a request that gives none. */
  newSeed: () => number
  /** What an upload or an open Studio announces: the engine of this machine may get ready. */
  expectJob: () => void
  version: string
}
