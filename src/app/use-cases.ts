/** The use cases of core, wired to their ports, as the routes call them. */
import type { ModelCatalogue } from '../catalogue/index.ts'
import { randomInt } from 'node:crypto'
import { createAdmitInputs } from '../core/admit-inputs.ts'
import { createCancelJob, createDeleteJob } from '../core/end-job.ts'
import type { Engine } from '../core/engine.ts'
import { createExpiryOf } from '../core/retention.ts'
import { createResultReuse } from '../core/reuse-result.ts'
import { createQueueRoom } from '../core/queue-room.ts'
import { createDeleteAsset, createUploadAsset, createUploadOnce } from '../core/store-asset.ts'
import { createDryRun, createSubmitJob, createSubmitOnce, createSubmitShared } from '../core/submit-job.ts'
import type { FileSigner } from '../core/signed-files.ts'
import { createPreviewFile } from '../core/preview-file.ts'
import { createWatchJob } from '../core/watch-job.ts'
import { createKeyMaker } from './api-keys.ts'
import type { Background } from './background.ts'
import { createDiskGuard } from './disk-space.ts'
import type { BaseUrls } from '../http/base-url.ts'
import type { HttpContext } from '../http/context.ts'
import { createPixelFingerprint } from '../imaging/pixel-fingerprint.ts'
import { createSessions } from '../http/session-store.ts'
import { scratchRootOf } from './job-runner.ts'
import { engineViews } from './engine-views.ts'
import { createFindOwnFile } from './own-files.ts'
import { packageVersion } from './package-version.ts'
import { toOffer } from './offers.ts'
import { moderationName } from './moderation.ts'
import type { Parts } from './parts.ts'
import { createReadiness } from './readiness.ts'
import type { Webhooks } from './webhooks.ts'

/** Seeds are stored and sent as JSON numbers; every engine takes 31 bits. */
const SEEDS = 2 ** 31
const CASSETTE_SEED = 1
/** For progress, and for what other processes do; commits of this one that end a job ring by themselves. */
const WATCH_POLL_MS = 500
/** Proxies end connections that are silent for 30 to 60 s. */
const HEARTBEAT_MS = 15_000

/** Everything that the HTTP server needs. */
export function createHttpContext(
  parts: Parts,
  deps: {
    engines: readonly Engine[]
    catalogue: ModelCatalogue
    baseUrls: BaseUrls
    fileSigner: FileSigner | null
    worker: Pick<Background, 'check' | 'expectJob'>
    webhooks: Omit<Webhooks, 'start' | 'stop'>
  },
): HttpContext {
  const { config, state, blobs } = parts
  const { catalogue, baseUrls, fileSigner, worker, webhooks } = deps
  const offers = deps.engines.map(toOffer)
  const assertDiskSpace = createDiskGuard(diskOptions(parts))
  const expiryOf = createExpiryOf({ ...parts, serverSeconds: config.retentionSeconds })
  const submitDeps = {
    ...parts,
    catalogue,
    admitInputs: createAdmitInputs({
      ...parts,
      findOwnFile: createFindOwnFile({ clock: parts.clock, state, baseUrls, fileSigner }),
      limits: { maxBytes: config.maxInputBytes, fetchTimeoutMs: config.fetchTimeoutSeconds * 1000 },
    }),
    offers,
    isDraftEnabled: config.isDraftEnabled,
    isModerated: moderationName(config) !== '',
    expiryOf,
    resultReuse: createResultReuse({
      ...parts,
      offers,
      fingerprintPixels: createPixelFingerprint({ blobs }),
      moderation: moderationName(config),
    }),
    room: createQueueRoom(state, config.maxPendingJobs),
  }
  return {
    ...parts,
    catalogue,
    offers,
    listEngines: () => engineViews({ ...parts, catalogue, offers }),
    baseUrls,
    fileSigner,
    sessions: createSessions({ clock: parts.clock, store: state.sessions }),
    ...webhooks,
    deliveries: state.deliveries,
    ledger: state.ledger,
    submitJob: createSubmitJob(submitDeps),
    submitOnce: createSubmitOnce(submitDeps),
    submitShared: createSubmitShared(submitDeps),
    dryRun: createDryRun(submitDeps),
    cancelJob: createCancelJob({ state, blobs, onCancelRequested: worker.check }),
    deleteJob: createDeleteJob({ state, blobs, onCancelRequested: worker.check }),
    previewFile: createPreviewFile({
      state,
      clock: parts.clock,
      blobs,
      engines: deps.engines,
      scratchDirectory: scratchRootOf(parts),
    }),
    watchJob: createWatchJob({ state, pollMs: WATCH_POLL_MS, heartbeatMs: HEARTBEAT_MS }),
    uploadAsset: createUploadAsset({ ...parts, expiryOf }),
    uploadOnce: createUploadOnce({ ...parts, expiryOf }),
    deleteAsset: createDeleteAsset(parts),
    compat: config.compat,
    isDraftEnabled: config.isDraftEnabled,
    isModerated: submitDeps.isModerated,
    limits: { ...config, fetchTimeoutMs: config.fetchTimeoutSeconds * 1000 },
    assertDiskSpace,
    checkReadiness: createReadiness({ ...parts, assertDiskSpace }),
    createApiKey: createKeyMaker(parts),
    // A recording is of one request: another seed would be another request.
    newSeed: () => (config.cassettes === null ? randomInt(SEEDS) : CASSETTE_SEED),
    expectJob: worker.expectJob,
    version: packageVersion(),
  }
}

function diskOptions({ config, clock, measureFreeDisk }: Parts): Parameters<typeof createDiskGuard>[0] {
  const options = { directory: config.dataDirectory, minFreeBytes: config.minFreeDiskBytes, clock }
  return measureFreeDisk === undefined ? options : { ...options, measure: measureFreeDisk }
}
