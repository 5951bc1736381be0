/** The Studio at `/`: the page that `npm ci` built into dist/studio, served from this process. */
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { AfterimageError } from '../core/errors.ts'
import type { BaseUrls } from './base-url.ts'
import { explainMissingStudio } from './studio-missing.ts'

/** The same folder from the sources (`src/http`) and from the published package (`dist/http`). */
const BUILT = fileURLToPath(new URL('../../dist/studio', import.meta.url))

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.json': 'application/json; charset=utf-8',
}

/** File names carry a hash of their content, so they never change. */
const FOREVER = 'public, max-age=31536000, immutable'
const NAME = /^[\w.-]{1,120}$/u

export type StudioOptions = { baseUrls: Pick<BaseUrls, 'forHost'>; directory?: string }

/** `GET /` and `GET /studio/{file}`. Both are public: the page holds no data of anybody. */
export function registerStudio(app: FastifyInstance, options: StudioOptions): void {
  const directory = options.directory ?? BUILT
  app.get('/', async (request, reply) => {
    const page = await readFile(join(directory, 'index.html')).catch(() => null)
    void reply.headers({
      'content-security-policy': policyFor(options.baseUrls.forHost(request.headers.host)),
      'content-type': TYPES['.html'],
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      // The address may hold a sign-in link until the page has removed it. Not `no-referrer`: with it browsers send
      // `Origin: null`, and a write could no longer be told from one of another page.
      'referrer-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    })
    return page === null ? reply.code(503).send(explainMissingStudio()) : reply.send(page)
  })
  app.get('/studio/:name', async (request, reply) => sendFile(directory, request, reply))
}

/** Text files lie compressed beside themselves; nothing is compressed while a caller waits. */
async function sendFile(
  directory: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { name = '' } = request.params as { name?: string }
  const type = TYPES[extname(name)]
  if (!NAME.test(name) || type === undefined) throw unknownFile()
  const file = join(directory, 'studio', name)
  const isBrotliTaken = /\bbr\b/u.test(request.headers['accept-encoding']?.toString() ?? '')
  const compressed = isBrotliTaken ? await readFile(`${file}.br`).catch(() => null) : null
  const body = compressed ?? (await readFile(file).catch(() => null))
  if (body === null) throw unknownFile()
  if (compressed !== null) void reply.header('content-encoding', 'br')
  void reply.headers({
    'content-type': type,
    'cache-control': FOREVER,
    vary: 'accept-encoding',
    'x-content-type-options': 'nosniff',
  })
  return reply.send(body)
}

/** Nothing but this server: no script of a page, no style of a page, no address elsewhere. */
function policyFor(ownUrl: string): string {
  const own = `'self' ${new URL(ownUrl).origin}`
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self'",
    `img-src ${own} blob: data:`,
    `connect-src ${own} blob:`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function unknownFile(): AfterimageError {
  return new AfterimageError('not_found', 'The Studio has no such file; load the page again.')
}
