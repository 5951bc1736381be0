/** The two ways in which an image comes to POST /assets: a form, and in lenient mode the JSON `{url}`. */
import type { Multipart, MultipartFile } from '@fastify/multipart'
import type { Readable } from 'node:stream'
import type { FastifyRequest } from 'fastify'
import { AfterimageError, fieldError, isAfterimageError } from '../core/errors.ts'
import type { UploadRequest } from '../core/store-asset.ts'
import type { HttpContext } from './context.ts'

/** `uploadAsset` may answer anything that stands for what it stored. */
export type UploadContext<Stored> = Pick<HttpContext, 'fetchUntrusted' | 'limits'> & {
  uploadAsset: (request: UploadRequest) => Promise<Stored>
}

/** Longest text field of the form, in bytes. */
const MAX_FIELD_BYTES = 4096
const MAX_FIELDS = 10
const MAX_NAME_LENGTH = 255

/**
 * Streams the field `file` to the store; `description` may stand before or after it.
 * @throws AfterimageError `invalid_request` (no file, several files, a broken form), and those of `uploadAsset`
 */
export async function uploadFromForm<Stored>(
  request: FastifyRequest,
  context: UploadContext<Stored>,
): Promise<Stored> {
  const { maxInputBytes } = context.limits
  const parts = request.parts({
    // One byte and one file more than allowed, so that the excess arrives here and is named.
    limits: { fileSize: maxInputBytes + 1, files: 2, fields: MAX_FIELDS, fieldSize: MAX_FIELD_BYTES },
  })
  const form = Promise.withResolvers<string | null>()
  const upload = Promise.withResolvers<Stored>()
  for (const { promise } of [form, upload]) promise.catch(() => undefined)
  const files: Readable[] = []
  const onFile = ({ file, filename }: MultipartFile): void => {
    files.push(file)
    const name = filename === '' ? null : filename.slice(0, MAX_NAME_LENGTH)
    const target = { accountId: request.accountId, filename: name, maxBytes: maxInputBytes }
    const uploading = context.uploadAsset({ ...target, stream: file, description: form.promise })
    uploading.then(upload.resolve, upload.reject)
  }
  try {
    // The store may refuse long before the form ends; then nobody reads the file, and the form never ends.
    const description = await Promise.race([readForm(parts, onFile), upload.promise.then(() => null)])
    form.resolve(description)
  } catch (error) {
    form.reject(error)
    if (files.length === 0) upload.reject(error)
    for (const file of files) file.destroy()
    throw toFormError(await preferStoreError(upload.promise, error), request)
  }
  return upload.promise
}

/** When the store refuses a file, the form breaks too, and often first; the refusal is the reason worth telling. */
async function preferStoreError(upload: Promise<unknown>, formError: unknown): Promise<unknown> {
  const reason = await upload.then(
    () => formError,
    (error: unknown) => error,
  )
  return isAfterimageError(reason) ? reason : formError
}

/** Hands the one file on and answers the description. */
async function readForm(
  parts: AsyncIterable<Multipart>,
  onFile: (part: MultipartFile) => void,
): Promise<string | null> {
  let description: string | null = null
  let isFileSeen = false
  for await (const part of parts) {
    if (part.type === 'field') {
      if (part.fieldname === 'description') description = textOf(part.value, part.valueTruncated)
      continue
    }
    if (part.fieldname !== 'file' || isFileSeen) {
      part.file.resume()
      throw fieldError('invalid_request', {
        path: part.fieldname,
        message: 'send exactly one file, in the field "file"',
      })
    }
    isFileSeen = true
    onFile(part)
  }
  if (!isFileSeen) throw fieldError('invalid_request', { path: 'file', message: 'is missing; send one file' })
  return description
}

function textOf(value: unknown, isTruncated: boolean): string {
  if (typeof value === 'string' && !isTruncated) return value
  throw fieldError('invalid_request', {
    path: 'description',
    message: `expected text of at most ${MAX_FIELD_BYTES} bytes`,
  })
}

/** What the form's parser throws is about the caller's bytes; what the store throws is its own. */
function toFormError(error: unknown, { raw }: FastifyRequest): unknown {
  if (isAfterimageError(error)) return error
  if (raw.destroyed && !raw.complete) return new AfterimageError('client_closed_request')
  const isFromParser = error instanceof Error && !('errno' in error)
  return isFromParser
    ? new AfterimageError('invalid_request', 'The multipart body is broken or incomplete.', { cause: error })
    : error
}

/**
 * Fetches the image that `{url, name?, description?}` names.
 * @throws AfterimageError `invalid_request`, the `input_*` codes, and those of `uploadAsset`
 */
export async function uploadFromUrl<Stored>(
  request: FastifyRequest,
  context: UploadContext<Stored>,
): Promise<Stored> {
  const { url, name, description } = (request.body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof url !== 'string')
    throw fieldError('invalid_request', { path: 'url', message: 'expected the URL of an image' })
  const { maxInputBytes: maxBytes, fetchTimeoutMs: timeoutMs } = context.limits
  const { body } = await context.fetchUntrusted(url, { maxBytes, timeoutMs })
  return context.uploadAsset({
    accountId: request.accountId,
    stream: body,
    filename: typeof name === 'string' ? name.slice(0, MAX_NAME_LENGTH) : null,
    description:
      typeof description === 'string' ? textOf(description, description.length > MAX_FIELD_BYTES) : null,
    maxBytes,
  })
}
