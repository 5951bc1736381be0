/** Krea's routes that this server does not have, answered clearly instead of with 404. */
import type { FastifyInstance } from 'fastify'
import { AfterimageError } from '../core/errors.ts'

const ROUTES: readonly (readonly [
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  what: string,
])[] = [
  ['POST', '/generate/video/*', 'Video generation'],
  ['POST', '/styles/train', 'Style training'],
  ['GET', '/styles', 'Styles'],
  ['GET', '/styles/:id', 'Styles'],
  ['PATCH', '/styles/:id', 'Styles'],
  ['GET', '/styles/:id/share/link', 'Sharing of styles'],
  ['POST', '/styles/:id/share/workspace', 'Sharing of styles'],
  ['DELETE', '/styles/:id/share/workspace', 'Sharing of styles'],
  ['GET', '/node-apps/:id', 'Node apps'],
  ['POST', '/node-apps/:id/execute', 'Node apps'],
  ['POST', '/mcp', 'MCP'],
]

export function registerNotImplemented(app: FastifyInstance): void {
  for (const [method, path, what] of ROUTES) {
    const refusal = new AfterimageError(
      'not_implemented',
      `${what} is not part of this server; it makes images: POST /generate/image/… and /generate/enhance/….`,
    )
    // Refused before the body, so that its size and form do not matter.
    const onRequest = (): Promise<never> => Promise.reject(refusal)
    app.route({ method, url: path, exposeHeadRoute: false, onRequest, handler: onRequest })
  }
}
