/** Moderation by an HTTP endpoint that the operator configured; it may lie in a private network. */
import { openAsBlob } from 'node:fs'
import { Agent, FormData, request } from 'undici'
import type { Moderator } from '../core/moderation.ts'
import { describeRequest, MAX_ANSWER_BYTES, parseVerdict } from './verdict.ts'

export type EndpointOptions = {
  url: string
  /** Sent as a bearer token; null sends none. */
  secret: string | null
  /** For the whole exchange. */
  timeoutMs: number
}

/** One multipart POST for each decision: the part `request` is JSON, the parts `image` follow in its order. */
export function createModerationEndpoint({ url, secret, timeoutMs }: EndpointOptions): Moderator {
  // No kept connections: one that the endpoint has just closed would count as a failure.
  const dispatcher = new Agent({ pipelining: 0, connect: { timeout: timeoutMs } })
  return async (wanted, signal) => {
    const form = new FormData()
    form.append('request', JSON.stringify(describeRequest(wanted)))
    for (const { path, contentType, role } of wanted.images)
      form.append('image', await openAsBlob(path, { type: contentType }), role)
    const response = await request(url, {
      method: 'POST',
      dispatcher,
      body: form,
      headers: {
        accept: 'application/json',
        ...(secret === null ? {} : { authorization: `Bearer ${secret}` }),
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    // Ending it early is no fault of anybody's.
    response.body.on('error', () => undefined)
    // A redirect counts too: following one would show images and secret to somebody else.
    if (response.statusCode !== 200) {
      response.body.destroy()
      throw new Error(`it answered with HTTP ${response.statusCode}`)
    }
    return parseVerdict(await readText(response.body))
  }
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > MAX_ANSWER_BYTES) throw new Error('its answer is too long')
    pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}
