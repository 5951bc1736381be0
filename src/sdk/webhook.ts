import type { Job } from './types.ts'

/** Headers as a fetch request, Node or a framework has them; names in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>

export type VerifyWebhookOptions = {
  /** How far the time of the message may be from now, in either direction; 300 by default. */
  toleranceSeconds?: number | undefined
  /** Milliseconds since the epoch; the clock by default. */
  now?: (() => number) | undefined
}

export type WebhookFault =
  | 'missing_header'
  | 'invalid_timestamp'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'invalid_secret'
  | 'no_matching_signature'
  | 'invalid_body'

/** The message is not one to act on. `code` says why; answer it with 400 and nothing more. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError'
  readonly code: WebhookFault

  constructor(code: WebhookFault, message: string) {
    super(message)
    this.code = code
  }
}

const PREFIX = 'whsec_'
const DEFAULT_TOLERANCE_SECONDS = 300
/** A rotation sends two; a long list would only make us compute. */
const MAX_SIGNATURES = 16

/**
 * Checks that a webhook comes from your server and is recent, and answers the job in it. Works wherever WebCrypto does
 * (Node 20, browsers, workers); the comparison takes the same time whatever the signature. Follows the specification of
 * Standard Webhooks, so that its other libraries agree.
 *
 * @param body the raw body as it came; parsed and serialised again it would not match
 * @param secret `whsec_…`, or several while one replaces the other
 * @throws WebhookVerificationError; RangeError for a tolerance that is no number
 *
 * @example
 * const job = await verifyWebhook(await request.text(), request.headers, process.env.WEBHOOK_SECRET)
 */
// oxlint-disable-next-line max-params -- the three things that every verifier of Standard Webhooks takes, in its order
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  options: VerifyWebhookOptions = {},
): Promise<Job> {
  const id = readHeader(headers, 'webhook-id')
  const timestamp = readHeader(headers, 'webhook-timestamp')
  const signatures = readSignatures(readHeader(headers, 'webhook-signature'))
  checkTime(timestamp, options)
  const content = concatenate(`${id}.${timestamp}.`, body)
  let isGenuine = false
  for (const key of await importKeys(secret))
    for (const signature of signatures)
      // No early end: how long this takes must not tell which signature came close.
      isGenuine = (await crypto.subtle.verify('HMAC', key, signature, content)) || isGenuine
  if (!isGenuine)
    throw new WebhookVerificationError(
      'no_matching_signature',
      'No signature matches: wrong secret, or the body is not the raw one.',
    )
  return parseJob(body)
}

function readHeader(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : findHeader(headers, name)
  if (typeof value === 'string' && value !== '') return value
  throw new WebhookVerificationError('missing_header', `The header ${name} is missing.`)
}

function findHeader(headers: Exclude<WebhookHeaders, Headers>, name: string): string | undefined {
  const [, value] = Object.entries(headers).find(([key]) => key.toLowerCase() === name) ?? []
  return typeof value === 'string' ? value : value?.[0]
}

/** The signatures of the one version that uses a shared secret; others are not ours to judge. */
function readSignatures(header: string): readonly Uint8Array<ArrayBuffer>[] {
  return header
    .split(' ')
    .filter((part) => part.startsWith('v1,'))
    .slice(0, MAX_SIGNATURES)
    .flatMap((part) => decodeBase64(part.slice(3)) ?? [])
}

function checkTime(timestamp: string, { toleranceSeconds, now }: VerifyWebhookOptions): void {
  if (!/^\d{1,12}$/u.test(timestamp))
    throw new WebhookVerificationError('invalid_timestamp', 'The header webhook-timestamp is no time.')
  const tolerance = toleranceSeconds ?? DEFAULT_TOLERANCE_SECONDS
  // Of an environment variable that is not set; every comparison with it is false, and replays would pass.
  if (Number.isNaN(tolerance)) throw new RangeError('toleranceSeconds is not a number')
  const age = Math.floor((now?.() ?? Date.now()) / 1000) - Number(timestamp)
  if (age > tolerance)
    throw new WebhookVerificationError(
      'timestamp_too_old',
      `The message is ${age} s old; it may be a replay.`,
    )
  if (age < -tolerance)
    throw new WebhookVerificationError(
      'timestamp_too_new',
      'The message is from the future; check the clock.',
    )
}

function importKeys(secret: string | readonly string[]) {
  const secrets = typeof secret === 'string' ? [secret] : secret
  return Promise.all(
    secrets.map((text) => {
      const bytes = decodeBase64(text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text)
      if (bytes === null || bytes.length === 0)
        throw new WebhookVerificationError(
          'invalid_secret',
          'The secret is not in the form in which the server shows it.',
        )
      return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
    }),
  )
}

/** Null when it is no base64. */
function decodeBase64(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return null
  }
}

function concatenate(head: string, body: string | Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder()
  const [first, second] = [encoder.encode(head), typeof body === 'string' ? encoder.encode(body) : body]
  const whole = new Uint8Array(first.length + second.length)
  whole.set(first)
  whole.set(second, first.length)
  return whole
}

function parseJob(body: string | Uint8Array): Job {
  try {
    return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)) as Job
  } catch {
    throw new WebhookVerificationError('invalid_body', 'The signature is right, but the body is not JSON.')
  }
}
