import { createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import type { Dispatcher } from 'undici'
import { Agent, request } from 'undici'
import type { AfterimageError } from '../../core/errors.ts'
import type { Clock } from '../../core/ports.ts'
import { unanswered, upstreamError } from '../../core/upstream-fault.ts'
import type { Answer } from './answer.ts'
import { plainHeaders, readAnswer, readBody, readFailedAnswer } from './answer.ts'
import type { OpenBody, UpstreamBody } from './body.ts'
import { openBody } from './body.ts'
import { faultOfBrokenCall } from './broken-call.ts'
import type { Exchange, ExchangeAnswer } from './exchange.ts'
import type { UpstreamEvent } from './events.ts'
import { BrokenStreamError, readEvents } from './events.ts'
import { resolveTarget } from './target.ts'
import type { FaultScene, ReadVerdict, Upstream, Verdict } from './verdict.ts'
import { faultOfAnswer } from './verdict.ts'

/** Milliseconds. */
export type UpstreamTimeouts = { connect: number; bodyIdle: number; total: number }

export type UpstreamClientOptions = Upstream & {
  /** Base address with its path: `https://api.openai.com/v1`. Credentials go here and nowhere else. */
  origin: string
  /** Host suffixes of the same vendor that may see credentials too: `.bfl.ai` for polling addresses. */
  trustedSuffixes?: readonly string[]
  /** Read before each call, so that a key can be rotated or entered without a restart. Null: not ready. */
  secret: () => string | null
  /** The headers that carry the secret. */
  authorize: (secret: string) => Readonly<Record<string, string>>
  /** The vendor's words for faults, over the defaults of the status. */
  readVerdict?: ReadVerdict
  clock: Clock
  timeouts?: Partial<UpstreamTimeouts>
  /** Larger answers are a fault. */
  maxAnswerBytes?: number
  /** Replaces the connections, for tests and proxies. */
  dispatcher?: Dispatcher
  /** Stands between us and the connections. */
  exchange?: Exchange
}

export type UpstreamCall = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below the origin (`/images/edits`), or a whole address that an answer named. */
  path: string
  body?: UpstreamBody
  headers?: Readonly<Record<string, string>>
  /** True for the one call that costs money; decides what a lost answer means. */
  isBillable: boolean
  signal: AbortSignal
  /** Texts that must not appear in an error: the prompt. */
  known?: readonly string[]
  /** Takes events when the answer is a stream of them; its errors end the call. */
  onEvent?: (event: UpstreamEvent) => void
  /** Whether the events so far are the whole answer: what befalls the stream after them is no fault. */
  isAnswered?: () => boolean
  /** Path of a file that takes the body of a successful answer, whatever it is; `text` stays empty then. */
  saveTo?: string
}

export type UpstreamClient = {
  isReady: () => boolean
  /**
   * One request, never repeated, no redirects. Resolves for 2xx answers.
   * `json` is undefined for streams; for other answers it is checked to be JSON.
   * @throws AfterimageError with an UpstreamFault for everything else
   */
  send: (call: UpstreamCall) => Promise<Answer>
  /** The fault of a 2xx answer that says no, or nothing of use. */
  reject: (call: UpstreamCall, answer: Answer, verdict: Verdict) => AfterimageError
  close: () => Promise<void>
}

/** Images take minutes and some upstreams send no header until they are done: undici's 300 s would lose paid work. */
const TIMEOUTS: UpstreamTimeouts = { connect: 10_000, bodyIdle: 300_000, total: 900_000 }
/** Four PNGs of 8 MP in base64, with room. */
const MAX_ANSWER_BYTES = 192 * 1024 * 1024

type Session = {
  options: UpstreamClientOptions
  timeouts: UpstreamTimeouts
  maxAnswerBytes: number
  dispatcherFor: (call: UpstreamCall) => Dispatcher
}

/** The one HTTP client for addresses that the operator configured. */
export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const timeouts = { ...TIMEOUTS, ...options.timeouts }
  const common = { headersTimeout: 0, bodyTimeout: timeouts.bodyIdle, connect: { timeout: timeouts.connect } }
  // Billable calls never use a kept connection: one that the server just closed would break after the first
  // byte, and a call that never arrived would have to count as paid.
  const fresh = options.dispatcher ?? new Agent({ ...common, pipelining: 0 })
  const kept = options.dispatcher ?? new Agent(common)
  const session: Session = {
    options,
    timeouts,
    maxAnswerBytes: options.maxAnswerBytes ?? MAX_ANSWER_BYTES,
    dispatcherFor: ({ isBillable }) => (isBillable ? fresh : kept),
  }
  return {
    isReady: () => options.secret() !== null,
    send: (call) => send(session, call),
    reject: (call, answer, verdict) => faultOfAnswer(answer, verdict, sceneOf(options, call)),
    close: async () => {
      if (options.dispatcher === undefined) await Promise.all([fresh.destroy(), kept.destroy()])
    },
  }
}

async function send(session: Session, call: UpstreamCall): Promise<Answer> {
  const scene = sceneOf(session.options, call)
  const secret = session.options.secret()
  if (secret === null) throw missingSecret(scene)
  const target = resolveTarget(call.path, session.options)
  const body = call.body === undefined ? null : openBody(call.body)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), session.timeouts.total)
  const signal = AbortSignal.any([call.signal, deadline.signal])
  try {
    const headers = headersOf(call, session.options.authorize(secret))
    const send = (): Promise<ExchangeAnswer> =>
      request(target, {
        dispatcher: session.dispatcherFor(call),
        method: call.method,
        headers,
        body: body?.stream ?? null,
        signal,
      })
    const { method, isBillable } = call
    const exchange = session.options.exchange ?? sendOnly
    const response = await raceAbort(signal, () =>
      exchange({ method, target, isBillable, body: call.body ?? null, known: scene.known }, send),
    )
    return await receive(session, { call, response, scene })
  } catch (error) {
    throw faultOfBrokenCall(error, {
      scene,
      isSent: isSent(body),
      isCancelled: call.signal.aborted,
      isTimedOut: deadline.signal.aborted,
    })
  } finally {
    clearTimeout(timer)
    body?.stream.destroy()
  }
}

type Received = { call: UpstreamCall; response: ExchangeAnswer; scene: FaultScene }

async function receive(session: Session, { call, response, scene }: Received): Promise<Answer> {
  if (response.statusCode < 200 || response.statusCode > 299) {
    // Redirects end here too: following one would show the credentials, or the image, to somebody else.
    const answer = await readFailedAnswer(response)
    throw faultOfAnswer(answer, session.options.readVerdict?.(answer) ?? null, scene)
  }
  const isStream = /^text\/event-stream\b/iu.test(plainHeaders(response)['content-type'] ?? '')
  if (isStream && call.onEvent !== undefined) {
    await takeEvents(readBody(response, session.maxAnswerBytes), call.onEvent).catch((error: unknown) => {
      if (call.signal.aborted || call.isAnswered?.() !== true) throw error
    })
    return withoutBody(response)
  }
  if (call.saveTo !== undefined) {
    await pipeline(readBody(response, session.maxAnswerBytes), createWriteStream(call.saveTo))
    return withoutBody(response)
  }
  const answer = await readAnswer(response, session.maxAnswerBytes)
  if (answer.json !== undefined || answer.text === '') return answer
  throw faultOfAnswer(answer, { kind: 'bad_response', message: 'its answer is not JSON' }, scene)
}

async function takeEvents(
  body: AsyncIterable<Uint8Array>,
  onEvent: (event: UpstreamEvent) => void,
): Promise<void> {
  try {
    for await (const event of readEvents(body)) onEvent(event)
  } catch (error) {
    throw error instanceof RangeError ? new BrokenStreamError(error.message, { cause: error }) : error
  }
}

function withoutBody(response: ExchangeAnswer): Answer {
  return { status: response.statusCode, headers: plainHeaders(response), text: '', json: undefined }
}

const sendOnly: Exchange = (_request, send) => send()

/** Races the signal: undici notices an abort only after the connection is there, and name resolution may hang. */
async function raceAbort(signal: AbortSignal, send: () => Promise<ExchangeAnswer>): Promise<ExchangeAnswer> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new Error('aborted'))
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    const answer = send()
    // When the race is lost, the late answer is thrown away.
    answer
      .then(({ body }) => (signal.aborted ? body.on('error', () => null).destroy() : null))
      .catch(() => null)
    return await Promise.race([answer, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function headersOf(
  call: UpstreamCall,
  credentials: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    accept: acceptOf(call),
    'accept-encoding': 'identity',
    'user-agent': 'Afterimage',
    ...(call.body === undefined
      ? {}
      : { 'content-type': call.body.contentType, 'content-length': String(call.body.bytes) }),
    ...call.headers,
    ...credentials,
  }
}

function acceptOf({ onEvent, saveTo }: UpstreamCall): string {
  if (saveTo !== undefined) return '*/*'
  return onEvent === undefined ? 'application/json' : 'text/event-stream, application/json'
}

function sceneOf(options: UpstreamClientOptions, call: UpstreamCall): FaultScene {
  const secret = options.secret()
  return {
    upstream: options,
    call: call.isBillable ? 'submit' : 'follow',
    known: [...(secret === null ? [] : [secret]), ...(call.known ?? [])],
    now: options.clock.now(),
  }
}

/** A call without body is sent as soon as it is made, as far as anybody can tell. */
function isSent(body: OpenBody | null): boolean {
  return body === null || body.isStarted()
}

function missingSecret({ upstream, call }: FaultScene): AfterimageError {
  return upstreamError(
    unanswered('auth', { call, charged: call === 'submit' ? 'no' : 'maybe' }),
    `No API key for ${upstream.vendor}: set ${upstream.secretVariable}.`,
  )
}
