/** The OpenAPI 3.1 document of this server, made from the catalogue. */
import type { ModelCatalogue } from '../catalogue/index.ts'
import { generatePaths, TAGS } from './openapi/generate-paths.ts'
import { accountPaths } from './openapi/account-paths.ts'
import { enginePaths, engineSchemas } from './openapi/engine-paths.ts'
import { accountSchemas } from './openapi/account-schemas.ts'
import { resourcePaths } from './openapi/resource-paths.ts'
import { webhookPaths } from './openapi/webhook-paths.ts'
import { componentResponses, withKeyErrors } from './openapi/responses.ts'
import { componentSchemas } from './openapi/schemas.ts'
import { webhookSchemas } from './openapi/webhook-schemas.ts'
import type { CompatMode } from './types.ts'

export type OpenApiOptions = {
  catalogue: Pick<ModelCatalogue, 'list'>
  /** Absolute, without a slash at the end. */
  serverUrl: string
  version: string
  /** What the server takes and answers; `aliases` when left out. */
  mode?: CompatMode
}

export type OpenApiDocument = {
  openapi: string
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } }
  servers: { url: string }[]
  security: Record<string, string[]>[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, unknown>>
  components: Record<string, Record<string, unknown>>
}

const DESCRIPTION =
  'Image to image over one asynchronous API: post a picture and an instruction, get a job, poll it, fetch the result.'

const TAG_LIST = [
  { name: TAGS.image, description: 'Models that edit and generate.' },
  { name: TAGS.enhance, description: 'Models that enlarge and repair.' },
  { name: 'Jobs', description: 'What was asked for, and what became of it.' },
  { name: 'Assets', description: 'Uploaded images.' },
  {
    name: 'Webhooks',
    description: 'What was sent when jobs ended, the secrets that sign it, and a sink to try it.',
  },
  { name: 'Engines', description: 'What makes the images, and the keys of vendors.' },
  { name: 'Keys', description: 'Who may do what, and what it costs.' },
  { name: 'Session', description: 'How the Studio signs in.' },
  { name: 'Models', description: 'What can be asked for.' },
  { name: 'Files', description: 'The bytes of results and assets.' },
  { name: 'Health', description: 'For supervisors, load balancers and generators of clients.' },
]

/** A new document at each call; a JSON value. */
export function buildOpenApi({
  catalogue,
  serverUrl,
  version,
  mode = 'aliases',
}: OpenApiOptions): OpenApiDocument {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Afterimage',
      version,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: serverUrl }],
    security: [{ bearerAuth: [] }, { keyAuth: [] }],
    tags: TAG_LIST,
    paths: withKeyErrors({
      ...generatePaths(catalogue.list(), mode),
      ...resourcePaths(),
      ...webhookPaths(),
      ...enginePaths(),
      ...accountPaths(),
    }),
    components: {
      securitySchemes: {
        bearerAuth: { type: 'http', scheme: 'bearer', description: 'Authorization: Bearer YOUR_API_KEY' },
        keyAuth: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'The same header with the scheme "Key": Authorization: Key YOUR_API_KEY',
        },
      },
      schemas: { ...componentSchemas(mode), ...webhookSchemas(), ...engineSchemas(), ...accountSchemas() },
      responses: componentResponses(),
    },
  }
}
