/** One POST to an address that a caller gave. */
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Agent, request } from 'undici'
import type { DeliveryResponse } from '../core/delivery.ts'
import { createAddressRules } from '../net/address-rules.ts'
import { isForbidden, reasonOf } from '../net/fetch-errors.ts'
import type { Resolver } from '../net/guarded-connector.ts'
import { createGuardedConnector, resolveBySystem } from '../net/guarded-connector.ts'

export type SendRequest = {
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** Fires when this process stops. */
  signal: AbortSignal
}

/** An answer, whatever its status, or why there was none, in words for the owner of the webhook. */
export type SendResult =
  | { response: DeliveryResponse; fault: null }
  | { response: DeliveryResponse | null; fault: string }

/** Never rejects. */
export type Send = (request: SendRequest) => Promise<SendResult>

export type SenderOptions = {
  /** Hosts, addresses and CIDR blocks that are reachable although private. */
  allowPrivate: readonly string[]
  resolver?: Resolver
  /** For everything from the look-up of the name to the head of the answer; 15 000 ms by default. */
  timeoutMs?: number
}

const TIMEOUT_MS = 15_000
/** Enough of an answer to understand an error. */
const KEPT_BYTES = 4096
/** An answer of this size is read to its end, so that the connection can be used again. */
const DRAINED_BYTES = 64 * 1024
/** The status decides; nobody waits longer than this for words that only go into the log. */
const BODY_TIMEOUT_MS = 2000
/** The receiver's sessions are none of our business and would lie in the log. */
const UNLOGGED_HEADERS = new Set(['set-cookie'])

/**
 * Connections are kept alive for each origin. Every new one is checked by the guard, with the address that the socket
 * then uses; one that is used again still leads to the address that was checked. Redirects are not followed.
 */
export function createSender(options: SenderOptions): { send: Send; close: () => Promise<void> } {
  const rules = createAddressRules(options.allowPrivate)
  const timeoutMs = options.timeoutMs ?? TIMEOUT_MS
  const dispatcher = new Agent({
    connect: createGuardedConnector(rules, options.resolver ?? resolveBySystem),
    pipelining: 1,
    allowH2: false,
    headersTimeout: timeoutMs,
    bodyTimeout: BODY_TIMEOUT_MS,
  })
  return {
    send: (call) => send(call, { dispatcher, timeoutMs }),
    close: () => dispatcher.destroy(),
  }
}

async function send(
  { url, headers, body, signal: stop }: SendRequest,
  { dispatcher, timeoutMs }: { dispatcher: Dispatcher; timeoutMs: number },
): Promise<SendResult> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeoutMs)
  const signal = AbortSignal.any([stop, deadline.signal])
  try {
    const answer = request(url, { method: 'POST', dispatcher, signal, headers, body })
    const response = await orAborted(answer, signal)
    return { response: await readResponse(response), fault: null }
  } catch (error) {
    return { response: null, fault: deadline.signal.aborted ? tooSlow(timeoutMs) : faultOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

function tooSlow(timeoutMs: number): string {
  return `The endpoint did not answer within ${timeoutMs / 1000} s.`
}

function faultOf(error: unknown): string {
  return isForbidden(error)
    ? 'The host is private or reserved; nothing was sent. The operator may list it in AFTERIMAGE_ALLOW_PRIVATE_NETWORK.'
    : `No answer: ${reasonOf(error)}.`
}

/** Undici notices an abort only after the connection is there, and the look-up of a name may hang. */
async function orAborted(
  answer: Promise<Dispatcher.ResponseData>,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(signal.reason)
  signal.addEventListener('abort', onAbort)
  // When the race is lost, the late answer is thrown away.
  answer.then(({ body }) => (signal.aborted ? discard(body) : null)).catch(() => null)
  try {
    if (signal.aborted) onAbort()
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

async function readResponse({
  statusCode,
  headers,
  body,
}: Dispatcher.ResponseData): Promise<DeliveryResponse> {
  const start = await readStart(body)
  return { status: statusCode, headers: loggedHeaders(headers), ...start }
}

/** What arrives of the body within its limits. A body that breaks off changes nothing: the status has been said. */
async function readStart(stream: Readable): Promise<Pick<DeliveryResponse, 'body' | 'isBodyCut'>> {
  const kept: Uint8Array[] = []
  let bytes = 0
  let isWhole = false
  const timer = setTimeout(() => stream.destroy(), BODY_TIMEOUT_MS)
  stream.on('error', () => null)
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      if (bytes < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - bytes))
      bytes += chunk.length
      if (bytes > DRAINED_BYTES) break
    }
    isWhole = bytes <= KEPT_BYTES
  } catch {
    // Broken off, or too slow: what is there goes into the log.
  } finally {
    clearTimeout(timer)
    discard(stream)
  }
  // As a stream, the decoder leaves out a character that the limit cuts in two.
  return { body: new TextDecoder().decode(Buffer.concat(kept), { stream: !isWhole }), isBodyCut: !isWhole }
}

function loggedHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const entries = Object.entries(headers).filter(([name]) => !UNLOGGED_HEADERS.has(name))
  return Object.fromEntries(entries.map(([name, value]) => [name, [value].flat().join(', ')]))
}

function discard(body: Readable): void {
  body.on('error', () => null)
  body.destroy()
}
