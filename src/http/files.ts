/** /files/{id}: results and assets, public to whoever knows the id; an image tag sends no key. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { missingBytes } from '../core/missing-bytes.ts'
import type { ByteRange, StoredFile } from '../core/ports.ts'
import type { FileSigner } from '../core/signed-files.ts'
import { attachment } from './attachment.ts'
import { parseRange } from './byte-range.ts'
import type { HttpContext } from './context.ts'
import { querySwitch, queryText } from './query.ts'

type Files = Pick<HttpContext, 'state' | 'blobs' | 'clock' | 'fileSigner' | 'fileCache'>
/** `until`: when the address or the file ends, in milliseconds; infinity for never. */
type Found = { file: StoredFile; until: number }

/** 32 hex digits, then any ending: the content decides the type, the ending is for people. */
const NAME = /^([0-9a-f]{32})(?:\.[a-z0-9]{1,8})?$/u
const MAX_AGE_SECONDS = 31_536_000
const RENEW = 'look at the job or the asset again for a fresh one'

export function registerFiles(app: FastifyInstance, context: HttpContext): void {
  app.route({
    method: ['GET', 'HEAD'],
    url: '/files/:name',
    handler: (request, reply) => serve(context, request, reply),
  })
}

async function serve(files: Files, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { file, until } = await findFile(files, request)
  const leftMs = until - files.clock.now()
  const saved = querySwitch(request, 'download') ? attachment(queryText(request, 'filename'), file) : null
  const headers = headersOf(file, { leftMs, saved })
  const etag = `"${file.sha256}"`
  if (isKnown(request.headers['if-none-match'], etag)) return reply.headers(headers).code(304).send()
  const range = readRange(request, reply, { file, etag })
  const bytes =
    request.method === 'HEAD' ? await assertStored(files, file) : await readBytes(files, file, range)
  const length = range === null ? file.bytes : range.end - range.start + 1
  void reply.headers(headers)
  void reply.header('content-length', length)
  if (range !== null)
    void reply.code(206).header('content-range', `bytes ${range.start}-${range.end}/${file.bytes}`)
  return reply.send(bytes)
}

/** Where addresses are signed, nothing is said about a file to who has no good one, not even whether it is there. */
async function findFile({ state, clock, fileSigner }: Files, request: FastifyRequest): Promise<Found> {
  const { name = '' } = request.params as { name?: string }
  const id = NAME.exec(name)?.[1]
  const signedUntil =
    id === undefined || fileSigner === null ? Infinity : readSignature(fileSigner, id, request)
  const file = id === undefined ? null : await state.getFile(id)
  const expiresAt = file?.expiresAt ?? Infinity
  if (file === null || expiresAt <= clock.now())
    throw new AfterimageError('not_found', 'There is no file with this id.')
  return { file, until: Math.min(signedUntil, expiresAt) }
}

/** @throws AfterimageError `forbidden` */
function readSignature(fileSigner: FileSigner, id: string, request: FastifyRequest): number {
  const given = { expires: queryText(request, 'expires'), signature: queryText(request, 'signature') }
  const verdict = fileSigner.check(id, given)
  if (verdict.kind === 'valid') return verdict.until
  const fault = verdict.kind === 'expired' ? 'has expired' : 'is not signed by this server'
  throw new AfterimageError('forbidden', `The address of this file ${fault}; ${RENEW}.`)
}

/**
 * The bytes behind an id never change; what may happen is that they are deleted, or that the address ends. A preview is
 * gone when its job has ended, which nobody knows beforehand.
 */
function cacheControl({ isPreview }: StoredFile, leftMs: number): string {
  if (isPreview) return 'private, no-store'
  const seconds = Math.max(0, Math.min(MAX_AGE_SECONDS, Math.floor(leftMs / 1000)))
  return `public, max-age=${seconds}, immutable`
}

function headersOf(
  file: StoredFile,
  { leftMs, saved }: { leftMs: number; saved: string | null },
): Record<string, string> {
  return {
    'content-type': file.contentType,
    'cache-control': cacheControl(file, leftMs),
    etag: `"${file.sha256}"`,
    'accept-ranges': 'bytes',
    // Whatever a caller managed to store is never run as a page of this origin.
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'cross-origin',
    ...(saved === null ? {} : { 'content-disposition': saved }),
  }
}

function isKnown(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//u, ''))
  return tags.includes(etag) || tags.includes('*')
}

function readRange(
  { headers }: FastifyRequest,
  reply: FastifyReply,
  { file, etag }: { file: StoredFile; etag: string },
): ByteRange | null {
  // If-Range: a part is only good beside the other parts of the same file.
  if (headers['if-range'] !== undefined && headers['if-range'] !== etag) return null
  try {
    return parseRange(headers.range, file.bytes)
  } catch (error) {
    void reply.header('content-range', `bytes */${file.bytes}`)
    throw error
  }
}

/** So that HEAD never promises what GET cannot give. @throws AfterimageError `not_found` */
async function assertStored({ blobs, fileCache }: Files, { blobKey }: StoredFile): Promise<null> {
  if (fileCache.get(blobKey) === null && (await blobs.head(blobKey)) === null) throw missingBytes()
  return null
}

/** @throws AfterimageError `not_found` where the bytes are gone */
async function readBytes(files: Files, file: StoredFile, range: ByteRange | null): Promise<unknown> {
  const { blobs, fileCache: cache } = files
  const hot = cache.get(file.blobKey)
  if (hot !== null) return range === null ? hot : hot.subarray(range.start, range.end + 1)
  if (range !== null || file.isPreview || !cache.accepts(file.bytes))
    return blobs.get(file.blobKey, range ?? undefined)
  const bytes = Buffer.concat(await (await blobs.get(file.blobKey)).toArray())
  cache.put(file.blobKey, bytes)
  return bytes
}
