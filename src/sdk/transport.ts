import { ConnectionError, KreaAPIError, NotFoundError, TimeoutError } from './errors.ts'
import type { CallOptions, Settings } from './options.ts'
import { readError } from './read-error.ts'
import { isRetryAllowed, retryPauseMs } from './retry.ts'
import { sleep } from './sleep.ts'
import type { Sleep } from './sleep.ts'

export type TransportRequest = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Begins with a slash; ids in it are already encoded. */
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  body?: { json: unknown } | { form: FormData }
  headers?: Readonly<Record<string, string>>
  /** Sending it twice has the same effect as sending it once. */
  isRepeatable: boolean
  options?: CallOptions | undefined
}

export type Answer = { body: unknown; requestId: string | null }

/** Sends one request of the API and retries it where that is safe. @throws KreaAPIError */
export type Transport = (request: TransportRequest) => Promise<Answer>

export function createTransport(settings: Settings, deps: { sleep?: Sleep } = {}): Transport {
  const pause = deps.sleep ?? sleep
  return async (request) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await sendOnce(settings, request)
      } catch (error) {
        if (isAlreadyDone(error, request, attempt)) return { body: null, requestId: null }
        const isLast = attempt > settings.maxRetries
        if (!(error instanceof KreaAPIError) || isLast || !isRetryAllowed(error, request.isRepeatable))
          throw error
        await pause(retryPauseMs(error, attempt, Math.random()), request.options?.signal)
      }
    }
  }
}

/** Opens an answer that comes bit by bit. Tried once, without a time limit. @throws ConnectionError when there is none */
export type OpenStream = (request: TransportRequest) => Promise<ReadableStream<Uint8Array>>

export function createOpenStream(settings: Settings): OpenStream {
  return async (request) => {
    const init = { ...composeInit(settings, request), signal: request.options?.signal ?? null }
    const { ok, headers, body } = await settings.fetch(composeUrl(settings, request), init)
    const isStream = headers.get('content-type')?.startsWith('text/event-stream') === true
    if (ok && isStream && body !== null) return body
    await body?.cancel()
    throw new ConnectionError(`${request.path} answers no stream`)
  }
}

/** A repeated DELETE that finds nothing: an earlier try did it, and its answer was lost. */
function isAlreadyDone(error: unknown, request: TransportRequest, attempt: number): boolean {
  return error instanceof NotFoundError && request.method === 'DELETE' && request.isRepeatable && attempt > 1
}

async function sendOnce(settings: Settings, request: TransportRequest): Promise<Answer> {
  const { signal } = request.options ?? {}
  const timeoutMs = request.options?.timeoutMs ?? settings.timeoutMs
  const deadline = AbortSignal.timeout(timeoutMs)
  try {
    const response = await settings.fetch(composeUrl(settings, request), {
      ...composeInit(settings, request),
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    })
    return await readAnswer(response, request)
  } catch (error) {
    if (error instanceof KreaAPIError) throw error
    signal?.throwIfAborted()
    if (deadline.aborted)
      throw new TimeoutError(`${request.method} ${request.path} took longer than ${timeoutMs} ms`)
    throw toConnectionError(error, settings.baseUrl)
  }
}

async function readAnswer(response: Response, request: TransportRequest): Promise<Answer> {
  const body = parseJson(await response.text())
  const { status, headers, ok } = response
  if (!ok) throw readError({ status, headers, body })
  const requestId = headers.get('x-request-id')
  // Only a DELETE may answer with nothing.
  if (typeof body !== 'object' || (body === null && request.method !== 'DELETE'))
    throw new KreaAPIError('The answer is not JSON; is the base URL that of an API?', {
      status,
      body,
      requestId,
    })
  return { body, requestId }
}

function composeUrl(settings: Settings, request: TransportRequest): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(request.query ?? {}))
    if (value !== undefined) query.set(name, String(value))
  const search = query.size > 0 ? `?${query.toString()}` : ''
  return `${settings.baseUrl}${request.path}${search}`
}

function composeInit(settings: Settings, request: TransportRequest): RequestInit {
  const { method, body } = request
  const headers = new Headers({ accept: 'application/json' })
  if (settings.apiKey !== null) headers.set('authorization', `Bearer ${settings.apiKey}`)
  if (body !== undefined && 'json' in body) headers.set('content-type', 'application/json')
  for (const [name, value] of Object.entries({ ...request.headers, ...request.options?.headers }))
    headers.set(name, value)
  // Followed, a redirected POST becomes a GET without its body: the job would be lost without an error.
  const redirect = method === 'GET' ? 'follow' : 'error'
  if (body === undefined) return { method, headers, redirect }
  return { method, headers, redirect, body: 'json' in body ? JSON.stringify(body.json) : body.form }
}

/** The text itself when it is not JSON; null when it is empty, as some servers answer a DELETE. */
function parseJson(text: string): unknown {
  if (text.trim() === '') return null
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

/** Node hides the reason in `cause`, and one level deeper when a name has several addresses; browsers tell none. */
function toConnectionError(error: unknown, baseUrl: string): ConnectionError {
  const reason = causeOf(error)
  const text = reason instanceof Error && reason.message !== '' ? reason.message : String(reason)
  const code = (reason as { code?: unknown } | null)?.code
  return new ConnectionError(`Cannot reach ${baseUrl}: ${text}`, {
    code: typeof code === 'string' ? code : null,
    cause: error,
  })
}

function causeOf(error: unknown): unknown {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
  return cause instanceof AggregateError && cause.message === '' ? (cause.errors[0] ?? cause) : cause
}
