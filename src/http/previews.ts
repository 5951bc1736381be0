/** /files/{name}/preview: a picture of the own account in a format that browsers show. */
import type { FastifyInstance } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import { callerSignal } from './caller-signal.ts'
import type { HttpContext } from './context.ts'
import { createOpenCounts } from './open-counts.ts'

/** Each takes a place among the jobs of this machine. */
const MAX_OPEN = 4
const NAME = /^([0-9a-f]{32})(?:\.[a-z0-9]{1,8})?$/u

/** Needs a key, unlike the file itself: an address that leaks must not cost this machine work. */
export function registerPreviews(
  app: FastifyInstance,
  { previewFile }: Pick<HttpContext, 'previewFile'>,
): void {
  const countPreview = createOpenCounts(MAX_OPEN, 'previews')
  app.get('/files/:name/preview', { exposeHeadRoute: false }, async (request, reply) => {
    const { name = '' } = request.params as { name?: string }
    const fileId = NAME.exec(name)?.[1]
    if (fileId === undefined) throw new AfterimageError('not_found', 'There is no file with this id.')
    countPreview(request.keyId, reply)
    const { accountId } = request
    const { bytes, contentType, isPreview } = await previewFile({
      fileId,
      accountId,
      signal: callerSignal(reply),
    })
    void reply.headers({
      'content-type': contentType,
      // The bytes behind an id never change; who else signs in at this browser has no business with them.
      'cache-control': isPreview ? 'private, no-store' : 'private, max-age=86400, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    })
    return reply.send(Buffer.from(bytes))
  })
}
