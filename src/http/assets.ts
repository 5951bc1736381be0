/** /assets: images that a caller uploads to use them in requests. */
import multipart from '@fastify/multipart'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import type { OnceResult, StoredAnswer } from '../core/idempotency.ts'
import type { Asset } from '../core/ports.ts'
import type { UploadRequest } from '../core/store-asset.ts'
import { renderAsset } from '../wire/render.ts'
import type { HttpContext } from './context.ts'
import { accepted, readIdempotencyKey, sendOnce } from './idempotency.ts'
import { readId, unknownId } from './identifiers.ts'
import { toPage } from './page.ts'
import { readPageQuery } from './query.ts'
import { renderingFor } from './rendering.ts'
import { readSessionCookie } from './session-cookie.ts'
import type { UploadContext } from './upload.ts'
import { uploadFromForm, uploadFromUrl } from './upload.ts'

export async function registerAssets(app: FastifyInstance, context: HttpContext): Promise<void> {
  const render = (asset: Asset, request: FastifyRequest): unknown =>
    renderAsset(asset, renderingFor(context, request))

  await app.register(multipart)
  app.post('/assets', { onRequest: () => context.assertDiskSpace() }, async (request, reply) => {
    context.expectJob()
    const key = readIdempotencyKey(request)
    if (key === null) return render(await upload(request, context), request)
    const answer = (asset: Asset): StoredAnswer => accepted(render(asset, request))
    const uploadAsset = (one: UploadRequest): Promise<OnceResult> => context.uploadOnce(one, { key, answer })
    return sendOnce(reply, await upload(request, { ...context, uploadAsset }))
  })
  app.get('/assets', async (request) => {
    const query = readPageQuery(request)
    const { accountId } = request
    return toPage(query.limit, {
      load: (limit) => context.state.listAssets({ ...query, accountId, limit }),
      render: (asset) => render(asset, request),
    })
  })
  app.get('/assets/:id', async (request) => {
    const asset = await context.state.getAsset(readId(request, 'asset'), request.accountId)
    if (asset === null) throw unknownId('asset')
    return render(asset, request)
  })
  app.delete('/assets/:id', async (request) => {
    const isDeleted = await context.deleteAsset(readId(request, 'asset'), request.accountId)
    if (!isDeleted) throw unknownId('asset')
    return { success: true, message: 'The asset was deleted.' }
  })
}

function upload<Stored>(
  request: FastifyRequest,
  context: UploadContext<Stored> & Pick<HttpContext, 'compat'>,
): Promise<Stored> {
  if (request.isMultipart()) return uploadFromForm(request, context)
  // The Studio asks for pictures elsewhere through this server: a page may not read those of other sites.
  const isFromStudio = readSessionCookie(request) !== null
  if (context.compat === 'lenient' || isFromStudio) return uploadFromUrl(request, context)
  throw new AfterimageError(
    'unsupported_media_type',
    'POST /assets takes multipart/form-data with the field "file".',
  )
}
