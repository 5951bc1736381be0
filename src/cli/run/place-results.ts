/** Results come down from the server and are put where the user wants them, never over somebody else's file. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { AfterimageError } from '../../core/errors.ts'
import type { WrittenFile } from './events.ts'
import type { RunRecord } from './records.ts'
import { alreadyThere, createFile, replaceFile } from './replace-file.ts'
import { numberedTarget } from './targets.ts'

export type Placed = WrittenFile & { sha256: string }

/** What may be overwritten: everything with `--force`, else only files with these hashes. */
export type Permission = { isForced: boolean; replaces: readonly string[] }

/**
 * Told before anything is uploaded: a paid result that cannot be stored helps nobody.
 * @throws AfterimageError `conflict`
 */
export async function assertTarget(path: string, permission: Permission): Promise<void> {
  const sha256 = await hashFile(path)
  if (sha256 !== null && !isAllowed(sha256, permission)) throw alreadyThere(path)
}

function isAllowed(sha256: string, { isForced, replaces }: Permission): boolean {
  return isForced || replaces.includes(sha256)
}

/**
 * Downloads all results; the second one of a job goes to `photo-2.png` and so on.
 * @throws AfterimageError `conflict`, `engine_failed` when a result cannot be fetched
 */
export async function placeResults(
  urls: readonly string[],
  target: string,
  permission: Permission,
): Promise<Placed[]> {
  const placed: Placed[] = []
  for (const [index, url] of urls.entries()) {
    const path = numberedTarget(target, index)
    placed.push(await placeOne(url, path, permission))
  }
  return placed
}

async function placeOne(url: string, path: string, permission: Permission): Promise<Placed> {
  const { bytes, contentType } = await download(url)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const placed = { path, bytes: bytes.length, contentType, sha256 }
  const found = await hashFile(path)
  // A run that was killed between this file and its note has written it already.
  if (found === sha256) return placed
  if (found === null && !permission.isForced) await createFile(path, bytes)
  else if (found === null || isAllowed(found, permission)) await replaceFile(path, bytes)
  else throw alreadyThere(path)
  return placed
}

async function download(url: string): Promise<{ bytes: Uint8Array; contentType: string }> {
  const answer = await fetch(url).catch((error: unknown) => {
    throw lostResult('the server does not answer', error)
  })
  if (!answer.ok) throw lostResult(`the server answered ${answer.status}`)
  const bytes = new Uint8Array(
    await answer.arrayBuffer().catch((error: unknown) => {
      throw lostResult('the connection broke', error)
    }),
  )
  return { bytes, contentType: answer.headers.get('content-type') ?? 'application/octet-stream' }
}

function lostResult(reason: string, cause?: unknown): AfterimageError {
  return new AfterimageError(
    'unavailable',
    `the result could not be fetched: ${reason}; run the same command again to fetch it`,
    { cause },
  )
}

/** True when every result of an earlier run lies there unchanged. */
export async function isIntact({ outputs }: RunRecord): Promise<boolean> {
  const hashes = await Promise.all(outputs.map(({ path }) => hashFile(path)))
  return outputs.length > 0 && outputs.every(({ sha256 }, index) => hashes[index] === sha256)
}

/** Lower-case hex SHA-256 of a file, or null when nothing lies there. */
export async function hashFile(path: string): Promise<string | null> {
  const stats = await stat(path).catch(() => null)
  if (stats === null) return null
  if (!stats.isFile()) throw new AfterimageError('conflict', `${path} is not a file; choose another -o`)
  const digest = createHash('sha256')
  for await (const chunk of createReadStream(path)) digest.update(chunk as Buffer)
  return digest.digest('hex')
}
