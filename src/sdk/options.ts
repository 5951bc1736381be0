/** `fetch` as the platform has it; give your own for tests, proxies or instrumentation. */
export type Fetch = typeof globalThis.fetch

export type ClientOptions = {
  /** Default: the variable AFTERIMAGE_API_KEY where there are variables. Without a key no Authorization is sent. */
  apiKey?: string | undefined
  /** Default: the variable AFTERIMAGE_URL, else `http://127.0.0.1:4500`. A path in front of the API is kept. */
  baseUrl?: string | undefined
  /** For one HTTP request, in milliseconds; 60 000 by default. Uploads get at least five minutes. */
  timeoutMs?: number | undefined
  /** Further tries after a failed one, 2 by default; only where a try cannot do the work twice. */
  maxRetries?: number | undefined
  fetch?: Fetch | undefined
}

/** For one call. */
export type CallOptions = {
  /** Stops the call; what is thrown is the signal's own reason. A job that was accepted goes on. */
  signal?: AbortSignal | undefined
  timeoutMs?: number | undefined
  /** Added to, and stronger than, the SDK's own. */
  headers?: Readonly<Record<string, string>> | undefined
}

/** For calls that make a job. */
export type SubmitOptions = CallOptions & {
  /** Receives one POST with the job when it has ended. */
  webhookUrl?: string | undefined
  /**
   * Same key, same job, however often it is sent (1 to 255 characters, for example a UUID kept with your record).
   * With a key a lost answer is retried; without one it never is, because that could make two jobs.
   */
  idempotencyKey?: string | undefined
  /**
   * `read` takes the stored result of an earlier job that was asked for in the same way, at no cost (`cost.basis` is
   * then `reused`); `write` lets later requests take this one. Neither by default. Afterimage only.
   */
  cache?: 'read' | 'write' | 'read, write' | 'off' | undefined
}

export type Settings = {
  apiKey: string | null
  baseUrl: string
  timeoutMs: number
  maxRetries: number
  fetch: Fetch
}

/** Options over environment over defaults. @throws TypeError when the base URL is not an http(s) address */
export function resolveSettings(options: ClientOptions): Settings {
  const apiKey = options.apiKey ?? readVariable('AFTERIMAGE_API_KEY')
  return {
    apiKey: apiKey === undefined || apiKey === '' ? null : apiKey,
    baseUrl: parseBaseUrl(options.baseUrl ?? readVariable('AFTERIMAGE_URL') ?? 'http://127.0.0.1:4500'),
    timeoutMs: options.timeoutMs ?? 60_000,
    maxRetries: options.maxRetries ?? 2,
    // Looked up at each call and never called as a method: a browser's fetch refuses a foreign `this`.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
  }
}

/** True when the server is on this machine, where polling often costs nothing. */
export function isLoopback(baseUrl: string): boolean {
  const { hostname } = new URL(baseUrl)
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')
}

function parseBaseUrl(value: string): string {
  const url = URL.canParse(value) ? new URL(value) : null
  if (url === null || !/^https?:$/u.test(url.protocol))
    throw new TypeError(`baseUrl: expected an address such as "http://127.0.0.1:4500", found "${value}"`)
  return `${url.origin}${url.pathname.replace(/\/+$/u, '')}`
}

/** Browsers have no `process`, and some bundlers leave one without `env`. */
function readVariable(name: string): string | undefined {
  const scope = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }
  const value = scope.process?.env?.[name]
  return value === '' ? undefined : value
}
