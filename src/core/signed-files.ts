/** Addresses of files that are good for a time: whoever has one needs no key, and nobody can make one up. */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import type { Clock } from './ports.ts'

/** `expires` in seconds since the epoch; `signature` in base64url, 43 characters. */
export type FileSignature = { expires: number; signature: string }
/** The same as it came with a request. */
export type GivenSignature = { expires: string | null; signature: string | null }

/** `until` in milliseconds. */
export type SignatureVerdict = { kind: 'valid'; until: number } | { kind: 'expired' } | { kind: 'invalid' }

export type FileSigner = {
  sign: (fileId: string) => FileSignature
  /** `expired` is told only of signatures that were good. */
  check: (fileId: string, given: GivenSignature) => SignatureVerdict
}

export type FileSignerDeps = {
  /** Text of at least 32 random characters, from which the key is derived. */
  masterKey: string
  clock: Clock
  /** How long an address is good for at least, in seconds. */
  validSeconds: number
}

const KEY_BYTES = 32
const SECONDS = /^[1-9]\d{0,11}$/u
/**
 * Ends lie on a grid of a tenth of the time: a job that is looked at again and again then has the same address, and a
 * browser its picture from the cache.
 */
const STEPS = 10

/** HMAC-SHA256 of the id and the end, under a key derived from the server's with HKDF (RFC 5869). */
export function createFileSigner({ masterKey, clock, validSeconds }: FileSignerDeps): FileSigner {
  const key = Buffer.from(hkdfSync('sha256', masterKey, '', 'afterimage file addresses', KEY_BYTES))
  const macOf = (fileId: string, expires: number): Buffer =>
    createHmac('sha256', key).update(`${fileId}.${expires}`).digest()
  const step = Math.max(1, Math.floor(validSeconds / STEPS))
  return {
    sign: (fileId) => {
      const expires = Math.ceil((clock.now() / 1000 + validSeconds) / step) * step
      return { expires, signature: macOf(fileId, expires).toString('base64url') }
    },
    check: (fileId, { expires, signature }) => {
      if (expires === null || signature === null || !SECONDS.test(expires)) return { kind: 'invalid' }
      const [wanted, given] = [macOf(fileId, Number(expires)), Buffer.from(signature, 'base64url')]
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return { kind: 'invalid' }
      const until = Number(expires) * 1000
      return clock.now() < until ? { kind: 'valid', until } : { kind: 'expired' }
    },
  }
}
