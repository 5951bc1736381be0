/** From a parsed request to a prediction, with uploads of what is too large for it. */
import { z } from 'zod'
import { AfterimageError } from '../../core/errors.ts'
import type { AdapterRequest, OutgoingCall } from '../../net/upstream/adapter.ts'
import { formBody, jsonBody } from '../../net/upstream/body.ts'
import type { SendFree } from '../../net/upstream/follow.ts'
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import { mediaTypeOf } from '../../net/upstream/inputs.ts'
import type { EndpointModel } from '../endpoint.ts'
import { writeEndpointBody } from '../endpoint-body.ts'
import { toDataUri } from '../image-text.ts'
import { replicateCapabilities } from './models.ts'

export type ReplicateCallOptions = {
  /** A public address of ours that a prediction reports its end to; names the job, so that it can be found again. */
  webhookUrl?: (jobId: string) => string
  /** Larger images are uploaded; the vendor's own limit by default. */
  maxInlineBytes?: number
}

const MAX_INLINE_BYTES = 256_000
/** A prediction that waits longer than any caller is cancelled by Replicate itself, unbilled. */
const CANCEL_AFTER = '15m'
const FILE = z.object({ urls: z.object({ get: z.string().min(1) }) })

export async function toReplicateCall(
  { jobId, input, model, images }: AdapterRequest<EndpointModel>,
  send: SendFree,
  { webhookUrl, maxInlineBytes = MAX_INLINE_BYTES }: ReplicateCallOptions,
): Promise<OutgoingCall> {
  const { endpoint, body, warnings } = await writeEndpointBody({
    model,
    capabilities: replicateCapabilities(model),
    input,
    images,
    toText: (image) => (image.bytes > maxInlineBytes ? upload(image, send) : toDataUri(image)),
  })
  const report =
    webhookUrl === undefined ? {} : { webhook: webhookUrl(jobId), webhook_events_filter: ['completed'] }
  return {
    path: `/models/${endpoint.path}/predictions`,
    body: jsonBody({ input: body, ...report }),
    headers: { 'cancel-after': CANCEL_AFTER },
    warnings,
  }
}

/** The address that predictions take. Replicate removes the file by itself after a day. */
async function upload({ path, bytes, format }: PreparedImage, send: SendFree): Promise<string> {
  const content = { name: 'content', filename: `image.${format}`, contentType: mediaTypeOf(format) }
  const body = formBody([{ ...content, content: { path, bytes } }])
  const parsed = FILE.safeParse((await send({ method: 'POST', path: '/files', body })).json)
  if (!parsed.success)
    throw new AfterimageError('engine_failed', 'Replicate took an upload, but did not say where it lies.')
  return parsed.data.urls.get
}
