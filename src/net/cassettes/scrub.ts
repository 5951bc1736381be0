/** Takes out of requests and answers what nobody may keep: keys, signatures, prompts, addresses of people, pictures. */
import { createHash } from 'node:crypto'

/** Parameters that make an address work for whoever has it: of S3, Google, Azure, CloudFront, TOS and OSS. */
const SECRET_PARAMETER =
  /^(?:x-(?:amz|goog|tos|oss)-.*|.*(?:signature|token|secret|credential|password|apikey|api_key|accesskeyid)|sig|key|policy|expires|key-pair-id|auth.*|s[eprtvk]|spr|skoid|sktid|ske|sks|skt|skv|hdnea)$/iu
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/gu
const PROMPT = '(?:\\w+_)?prompt|prompt_?text|text|caption|description'
/** Members of answers that tell of the request or of its owner. */
const PRIVATE_MEMBER = new RegExp(
  `^(?:${PROMPT}|user|user_?name|user_?id|email|account|account_?id|owner|organization)$`,
  'iu',
)
/** Members of requests that hold what somebody wrote. */
const WRITTEN_MEMBER = new RegExp(`^(?:${PROMPT})$`, 'iu')
const DATA_URI = /^data:[\w/+.-]*;base64,/u
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/u
/** Shorter runs are ids and words. */
const MIN_BASE64 = 256
const MAX_WORD = 128
/** Every key is longer; a prompt of several words is no machine word either. */
const MIN_KNOWN = 12
export const REMOVED = 'REMOVED'

export function hashOf(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16)
}

/** An address without what makes it secret; done twice it stays the same. Any other text is unchanged. */
export function scrubAddress(text: string): string {
  if (!/^https?:\/\//u.test(text) || !URL.canParse(text)) return text
  const url = new URL(text)
  const names = [...url.searchParams.keys()].filter((name) => SECRET_PARAMETER.test(name))
  if (names.length === 0 && url.username === '' && url.password === '') return text
  for (const name of names) url.searchParams.set(name, REMOVED)
  url.username = ''
  url.password = ''
  return url.href
}

/** The base64 of a text that is nothing else, with what stands before it; null for every other. */
export function encodedBytes(text: string): { head: string; bytes: Buffer } | null {
  const head = DATA_URI.exec(text)?.[0] ?? ''
  const body = text.slice(head.length)
  if ((head === '' && body.length < MIN_BASE64) || !BASE64.test(body)) return null
  const bytes = Buffer.from(body, 'base64')
  return bytes.toString('base64') === body ? { head, bytes } : null
}

/** A value of a request as it may be shown and is compared: members sorted, pictures and written text as hashes. */
export function scrubRequest(value: unknown, known: readonly string[], name = ''): unknown {
  if (typeof value === 'string') return scrubRequestText(value, known, name)
  if (Array.isArray(value)) return value.map((item) => scrubRequest(item, known, name))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(members.map(([member, inner]) => [member, scrubRequest(inner, known, member)]))
}

function scrubRequestText(text: string, known: readonly string[], name: string): string {
  const encoded = encodedBytes(text)
  if (encoded !== null) return `${encoded.bytes.length} bytes, sha256 ${hashOf(encoded.bytes)}`
  if (/^https?:\/\//u.test(text)) return scrubAddress(text)
  const isWritten =
    WRITTEN_MEMBER.test(name) || /\s/u.test(text) || text.length > MAX_WORD || known.includes(text)
  return isWritten && text !== '' ? `${text.length} characters, sha256 ${hashOf(text)}` : text
}

/** What may not be kept of answers, and where bytes go. */
export type AnswerScrub = { known: readonly string[]; keep: (bytes: Buffer) => string }

/** A value of an answer without what is private; everything else has to stay, because it is played again. */
export function scrubAnswer(value: unknown, scrub: AnswerScrub, name = ''): unknown {
  if (typeof value === 'string') {
    const encoded = encodedBytes(value)
    if (encoded !== null) return encoded.head + scrub.keep(encoded.bytes)
    return PRIVATE_MEMBER.test(name) ? REMOVED : scrubAddress(withoutKnown(value, scrub.known))
  }
  if (Array.isArray(value)) return value.map((item) => scrubAnswer(item, scrub, name))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([member, inner]) => [member, scrubAnswer(inner, scrub, member)]),
  )
}

/**
 * A text without the given ones and without addresses of people. A short word stays: a prompt `completed` must not
 * take the state out of an answer.
 */
export function withoutKnown(text: string, known: readonly string[]): string {
  return known
    .filter((secret) => secret.length >= MIN_KNOWN || /\S\s+\S/u.test(secret))
    .toSorted((a, b) => b.length - a.length)
    .reduce((rest, secret) => rest.replaceAll(secret, REMOVED), text)
    .replaceAll(EMAIL, REMOVED)
}
