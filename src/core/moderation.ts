/** What the operator's moderation decides about, and what its words mean for a job. Off unless it is configured. */
import type { AttemptContext } from './attempt.ts'
import { contentTypeOf } from './content-type.ts'
import { AfterimageError } from './errors.ts'
import type { Job, Output, Warning } from './job.ts'
import { localCopy } from './local-copy.ts'
import { pause } from './pause.ts'
import type { BlobStore } from './ports.ts'

/** `input`: the images, the prompt and the other fields, before an engine sees them; `output`: what it made. */
export type ModerationStage = 'input' | 'output'

/** `path` is a file that must not be written to; `role` is `result` for outputs. */
export type ModeratedImage = { role: string; contentType: string; path: string }

export type ModerationRequest = {
  stage: ModerationStage
  jobId: string
  accountId: string
  model: string
  prompt: string | null
  /** What the caller set besides, under its wire names. */
  fields: Readonly<Record<string, unknown>>
  images: readonly ModeratedImage[]
}

/** `reason` is for the user; null when none was given. */
export type ModerationVerdict = { isAllowed: boolean; reason: string | null }

/** Asks once. @throws anything when no answer came that can be read; its message names no content */
export type Moderator = (request: ModerationRequest, signal: AbortSignal) => Promise<ModerationVerdict>

export type Moderation = {
  moderator: Moderator
  /** Whether a job goes on unchecked when the moderator does not answer; else it fails. */
  isOpenOnFailure: boolean
  /** Told of each time without an answer. */
  onFailure: (error: unknown, scene: { jobId: string; stage: ModerationStage }) => void
}

/** The warning of a job that passed although nobody decided: its result is not for later requests. */
export const NOT_MODERATED = 'not_moderated'

/** Pauses before the second and the third try, in milliseconds: a restart of the moderator costs no job. */
const PAUSES_MS = [500, 2000]

/**
 * Lets a job pass to its engine, or not. A job that an earlier attempt brought there has passed; asking again could lose
 * what was paid for.
 * @returns what the job has to say about it
 * @throws AfterimageError `content_rejected`, `moderation_unavailable`
 */
export async function moderateInput(
  moderation: Moderation | null,
  { job, lease, engineContext, signal, markUnmoderated }: AttemptContext,
): Promise<readonly Warning[]> {
  const begun = job.attempts.filter((entry) => entry.number < lease.attempt && wasBegun(entry))
  // Also where the operator has switched it off since then: it is true of this result.
  if (begun.some(({ isUnmoderated }) => isUnmoderated === true)) return [notModerated('input')]
  if (moderation === null || begun.length > 0) return []
  const images: ModeratedImage[] = []
  for (const image of job.input.images)
    images.push({
      role: image.role,
      contentType: contentTypeOf(image.info.format),
      path: await engineContext.imagePath(image),
    })
  const warnings = await decide(moderation, { ...aboutJob(job), stage: 'input', images }, signal)
  if (warnings.length > 0) markUnmoderated()
  return warnings
}

/**
 * The same for what the engine made, before anybody can fetch it.
 * @throws AfterimageError as `moderateInput`
 */
export async function moderateOutputs(
  moderation: Moderation | null,
  { job, engineContext, signal }: AttemptContext,
  { outputs, blobs }: { outputs: readonly Output[]; blobs: Pick<BlobStore, 'get' | 'localPath'> },
): Promise<readonly Warning[]> {
  if (moderation === null) return []
  const images: ModeratedImage[] = []
  for (const { contentType, blobKey } of outputs)
    images.push({
      role: 'result',
      contentType,
      path: await localCopy(blobs, blobKey, engineContext.scratchDirectory),
    })
  return decide(moderation, { ...aboutJob(job), stage: 'output', images }, onlyLostLease(signal))
}

/**
 * What was made was perhaps paid for, and is lost when the attempt ends here: neither a cancel nor a shutdown nor the
 * deadline ends it any more, and the tries take their limited time.
 */
function onlyLostLease(signal: AbortSignal): AbortSignal {
  const stop = new AbortController()
  const check = (): void => {
    if (signal.reason === 'lease_lost') stop.abort(signal.reason)
  }
  if (signal.aborted) check()
  else signal.addEventListener('abort', check, { once: true })
  return stop.signal
}

function wasBegun({ outcome, handle }: Job['attempts'][number]): boolean {
  return outcome === 'submitting' || (handle ?? null) !== null
}

function aboutJob({ id, accountId, model, input }: Job): Omit<ModerationRequest, 'stage' | 'images'> {
  return { jobId: id, accountId, model, prompt: input.prompt, fields: input.fields }
}

async function decide(
  moderation: Moderation,
  request: ModerationRequest,
  signal: AbortSignal,
): Promise<readonly Warning[]> {
  const verdict = await askPatiently(moderation, request, signal)
  if (verdict?.isAllowed === true) return []
  if (verdict !== null) throw rejected(request.stage, verdict.reason)
  if (!moderation.isOpenOnFailure) throw new AfterimageError('moderation_unavailable')
  return [notModerated(request.stage)]
}

function notModerated(stage: ModerationStage): Warning {
  const what = stage === 'input' ? 'The request' : 'The result'
  const message = `${what} was not checked, because the moderation of this server did not answer`
  return { code: NOT_MODERATED, path: '', message }
}

/** Null: no answer, also not to the last try. */
async function askPatiently(
  { moderator, onFailure }: Moderation,
  request: ModerationRequest,
  signal: AbortSignal,
): Promise<ModerationVerdict | null> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    try {
      return await moderator(request, signal)
    } catch (error) {
      signal.throwIfAborted()
      onFailure(error, request)
    }
    if (pauseMs !== null) await pause(pauseMs, signal)
  }
  return null
}

function rejected(stage: ModerationStage, reason: string | null): AfterimageError {
  const what = stage === 'input' ? 'the request' : 'the result'
  const because = reason === null ? '.' : `: ${reason}`
  return new AfterimageError('content_rejected', `The moderation of this server refused ${what}${because}`)
}
