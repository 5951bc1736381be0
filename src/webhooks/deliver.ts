/** One try of a delivery: render, sign, send, judge. */
import type {
  ClaimedDelivery,
  DeliveryAttempt,
  DeliveryResponse,
  DeliveryVerdict,
  JobWebhook,
} from '../core/delivery.ts'
import { isAfterimageError } from '../core/errors.ts'
import type { Clock } from '../core/ports.ts'
import type { FileSigner } from '../core/signed-files.ts'
import type { WebhookSecrets } from '../core/webhook-secrets.ts'
import type { WebhookSink } from '../core/webhook-sink.ts'
import { readRetryAfter } from '../net/upstream/retry-after.ts'
import { renderJob } from '../wire/render.ts'
import type { CompatMode } from '../wire/types.ts'
import { planRetry } from './schedule.ts'
import type { Send, SendResult } from './send.ts'
import { signMessage } from './sign.ts'

export type DeliverDeps = {
  send: Send
  secrets: Pick<WebhookSecrets, 'list'>
  sink: Pick<WebhookSink, 'receive'>
  /** The id of one of our own sinks in an address, or null. */
  findSink: (url: string) => string | null
  clock: Clock
  /** From 0 up to but not including 1. */
  random: () => number
  mode: CompatMode
  /** Address of this server for the URLs in the body. */
  baseUrlFor: (webhook: JobWebhook) => string
  /** Null where addresses of files are not signed. */
  signFile: FileSigner['sign'] | null
}

export type Delivered = { attempt: DeliveryAttempt; verdict: DeliveryVerdict }
/** Rejects only for faults that are ours: the store does not answer. */
export type Deliver = (claimed: ClaimedDelivery, signal: AbortSignal) => Promise<Delivered>

const GONE = 410
/** Of these the specification says that further requests, not only this one, be held back. */
const OVERLOADED = new Set([429, 502, 504])

/**
 * The body is the JSON of `GET /jobs/{id}`, byte for byte the same at each try unless the server's settings change;
 * signed addresses in it are fresh at each try.
 */
export function createDeliver(deps: DeliverDeps): Deliver {
  return async ({ delivery, job, lease }, signal) => {
    const { url, keyId } = delivery.webhook
    const baseUrl = deps.baseUrlFor(delivery.webhook)
    const body = JSON.stringify(renderJob(job, { ...deps, baseUrl }))
    const startedAt = deps.clock.now()
    const secrets = await readSecrets(deps.secrets, keyId)
    const headers =
      typeof secrets === 'string' ? {} : toHeaders({ id: delivery.id, startedAt, body, secrets })
    const result: SendResult =
      typeof secrets === 'string'
        ? { response: null, fault: secrets }
        : await sendOrSink(deps, { url, headers, body, signal })
    const error = result.fault ?? refusalOf(result.response)
    const durationMs = Math.max(0, deps.clock.now() - startedAt)
    const { response } = result
    return {
      attempt: { number: lease.attempt, startedAt, durationMs, requestHeaders: headers, response, error },
      verdict: judge(deps, { response, error, failures: delivery.failureCount + 1 }),
    }
  }
}

/** A secret that cannot be decrypted is a fault of the set-up that somebody can mend: the schedule goes on meanwhile. */
async function readSecrets(
  secrets: DeliverDeps['secrets'],
  keyId: string,
): Promise<readonly string[] | string> {
  try {
    return (await secrets.list(keyId)).map(({ secret }) => secret)
  } catch (error) {
    if (isAfterimageError(error) && error.code === 'unavailable') return error.message
    throw error
  }
}

function toHeaders(message: {
  id: string
  startedAt: number
  body: string
  secrets: readonly string[]
}): Record<string, string> {
  const { id, body, secrets } = message
  const timestampSeconds = Math.floor(message.startedAt / 1000)
  return {
    'content-type': 'application/json',
    'accept-encoding': 'identity',
    'user-agent': 'Afterimage',
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signMessage({ id, timestampSeconds, body }, secrets),
  }
}

/** Our own sink is handed the message in memory: over the network, the guard would refuse loopback. */
async function sendOrSink(deps: DeliverDeps, call: Parameters<Send>[0]): Promise<SendResult> {
  const sinkId = deps.findSink(call.url)
  if (sinkId === null) return deps.send(call)
  const isTaken = await deps.sink.receive(sinkId, { headers: call.headers, body: call.body })
  const response = { headers: {}, body: '', isBodyCut: false }
  return { response: { ...response, status: isTaken ? 204 : 404 }, fault: null }
}

/** Null when the answer counts as delivered. */
function refusalOf(response: DeliveryResponse): string | null {
  const { status } = response
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400)
    return `The endpoint answered ${status}; redirects are not followed. Give the final address.`
  if (status === GONE)
    return 'The endpoint answered 410 Gone; it gets nothing more until it is enabled again.'
  return `The endpoint answered ${status}.`
}

function judge(
  { clock, random }: DeliverDeps,
  {
    response,
    error,
    failures,
  }: { response: DeliveryResponse | null; error: string | null; failures: number },
): DeliveryVerdict {
  if (error === null) return { kind: 'delivered' }
  if (response?.status === GONE) return { kind: 'disable' }
  const asked = response?.headers['retry-after']
  const retryAfterMs =
    asked === undefined ? null : readRetryAfter({ headers: { 'retry-after': asked }, text: '' }, clock.now())
  const isOverloaded = response !== null && OVERLOADED.has(response.status)
  const plan = planRetry(failures, { retryAfterMs, isOverloaded, random: random() })
  return plan === null ? { kind: 'failed' } : { kind: 'retry', ...plan }
}
