/** Fetches results that an upstream left at an address. The address is untrusted, whoever named it. */
import { createWriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { randomUUID } from 'node:crypto'
import type { EngineContext, EngineOutput } from '../../core/engine.ts'
import { AfterimageError, isAfterimageError } from '../../core/errors.ts'
import { isCutOff } from '../../core/cut-off.ts'
import { pause } from '../../core/pause.ts'
import { readFileAt } from '../../core/probe-blob.ts'
import type { UntrustedFetch } from '../../core/ports.ts'
import { isRefusedByServer, unreachable } from '../fetch-errors.ts'
import { unanswered, upstreamError } from '../../core/upstream-fault.ts'
import type { UpstreamFaultKind } from '../../core/upstream-fault.ts'
import { PAID_TRIES, pauseAfter } from './follow.ts'

export type DownloaderOptions = {
  vendor: string
  /** The configured address: its host may serve results over plain http, every other needs https. */
  origin: string
  /** Never sends credentials, never enters private space unless the operator allowed it. */
  fetch: UntrustedFetch
  maxBytes?: number
  timeoutMs?: number
  /** Waits between tries; injected by tests. */
  pause?: (ms: number, signal: AbortSignal) => Promise<void>
}

export type DownloadResult = (
  url: string,
  context: Pick<EngineContext, 'scratchDirectory' | 'signal'>,
  /** Tries of an address that may come back; `PAID_TRIES` when absent. */
  maxTries?: number,
) => Promise<EngineOutput>

const MAX_BYTES = 256 * 1024 * 1024
const TIMEOUT_MS = 120_000
/** How often an address is tried that fails so, each counted by itself: an outage before must not use them up. */
const MAX_TRIES = {
  final: 1,
  /** A file may appear a moment after its address; an address that has expired stays so. */
  refused: 2,
  /** A file that is still being written where it is fetched from is whole a moment later; else it stays as it is. */
  cutOff: 4,
  /** It may come back. */
  passing: Infinity,
} as const
type Failure = keyof typeof MAX_TRIES

/**
 * Results are paid for, so a download is repeated where it may help, and goes to a file, not into memory.
 * @throws AfterimageError with a fault that is never `charged: 'no'`: `unavailable` where the file may still come, else
 *   `engine_failed`; `cancelled`
 */
export function createDownloader(options: DownloaderOptions): DownloadResult {
  const wait = options.pause ?? pause
  return async (url, context, maxTries = PAID_TRIES) => {
    if (!isAcceptable(url, options.origin)) throw failed(options.vendor, 'bad_response', notHttps())
    const failures: Record<Failure, number> = { final: 0, refused: 0, cutOff: 0, passing: 0 }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await downloadOnce(options, { url, context })
      } catch (error) {
        if (context.signal.aborted) throw failed(options.vendor, 'cancelled', error)
        const failure = failureOf(error)
        failures[failure] += 1
        if (failures[failure] >= MAX_TRIES[failure]) throw failed(options.vendor, 'bad_response', error)
        if (attempt >= maxTries) throw failed(options.vendor, 'transient', error)
        await wait(pauseAfter(attempt), context.signal)
      }
    }
  }
}

async function downloadOnce(
  options: DownloaderOptions,
  { url, context }: { url: string; context: Parameters<DownloadResult>[1] },
): Promise<EngineOutput> {
  const path = join(context.scratchDirectory, `result-${randomUUID()}`)
  const { body } = await options.fetch(url, {
    maxBytes: options.maxBytes ?? MAX_BYTES,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
    signal: context.signal,
  })
  try {
    await pipeline(body, createWriteStream(path))
    if (await readFileAt(path, isCutOff))
      throw unreachable(new URL(url).hostname, 'the file ends before its picture does', new CutOff())
  } catch (error) {
    // A server that breaks off each time would fill the disk, a hundred tries of one picture.
    await rm(path, { force: true })
    throw error
  }
  return { kind: 'file', path }
}

class CutOff extends Error {}

function failureOf(error: unknown): Failure {
  if (!isAfterimageError(error) || error.code !== 'input_unreachable') return 'final'
  if (error.cause instanceof CutOff) return 'cutOff'
  return isRefusedByServer(error) ? 'refused' : 'passing'
}

function isAcceptable(url: string, origin: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, hostname } = new URL(url)
  return protocol === 'https:' || (protocol === 'http:' && hostname === new URL(origin).hostname)
}

function notHttps(): AfterimageError {
  return new AfterimageError('input_forbidden', 'its address is not https')
}

/** The address may hold a signature, so the message names only what the guard says: a host and a reason. */
function failed(vendor: string, kind: UpstreamFaultKind, error: unknown): Error {
  const reason = isAfterimageError(error) ? error.message : 'the file could not be written'
  return upstreamError(
    unanswered(kind, { call: 'follow', charged: 'maybe' }),
    `${vendor} made an image, but it could not be fetched: ${reason}.`,
    error,
  )
}
