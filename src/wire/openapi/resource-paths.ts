/** Everything beside the models: jobs, assets, the catalogue, files, health. */
import { JOB_STATUSES } from '../../core/job.ts'
import type { Schema } from '../schema.ts'
import { errors, IDEMPOTENCY_KEY, json } from './responses.ts'

export const PUBLIC = { security: [] }
const JOB_ID = id('The id of a job.')
const ASSET_ID = id('The id of an asset.')
export const PAGE: readonly Schema[] = [
  query('cursor', 'next_cursor of the page before, or any time: what was created before it is listed.', {
    type: 'string',
    format: 'date-time',
  }),
  query('limit', 'Entries of a page.', { type: 'integer', minimum: 1, maximum: 1000, default: 100 }),
]

export function id(description: string): Schema {
  return { in: 'path', name: 'id', required: true, description, schema: { type: 'string', format: 'uuid' } }
}

export function query(name: string, description: string, schema: Schema): Schema {
  return { in: 'query', name, description, schema }
}

export function segment(name: string, description: string): Schema {
  return { in: 'path', name, required: true, description, schema: { type: 'string' } }
}

export function resourcePaths(): Record<string, Schema> {
  return { ...jobPaths(), ...assetPaths(), ...modelPaths(), ...filePaths(), ...healthPaths() }
}

function jobPaths(): Record<string, Schema> {
  const tags = ['Jobs']
  const filters = [
    query('types', 'Only these types, separated by commas.', { type: 'string' }),
    query('status', 'Only jobs in this status.', { type: 'string', enum: JOB_STATUSES }),
  ]
  return {
    '/jobs': {
      get: {
        tags,
        operationId: 'listJobs',
        summary: 'Own jobs, newest first',
        parameters: [...PAGE, ...filters],
        responses: { 200: json('A page of jobs.', 'JobPage'), ...errors(400) },
      },
    },
    '/jobs/{id}': {
      parameters: [JOB_ID],
      get: {
        tags,
        operationId: 'getJob',
        summary: 'A job as it stands',
        parameters: [
          query('wait', 'Seconds to wait for its end; the answer then is the job as it is.', {
            type: 'integer',
            minimum: 1,
            maximum: 60,
          }),
        ],
        responses: { 200: json('The job.', 'Job'), ...errors(400, 404) },
      },
      delete: {
        tags,
        operationId: 'deleteJob',
        summary: 'Cancels a job that is not done, removes one that is, with its files',
        responses: {
          200: { description: 'Done.', content: { 'application/json': { schema: { type: 'object' } } } },
          ...errors(404),
        },
      },
    },
    '/jobs/{id}/events': { parameters: [JOB_ID], get: jobEvents(tags) },
    '/jobs/{id}/cancel': {
      parameters: [JOB_ID],
      post: {
        tags,
        operationId: 'cancelJob',
        summary: 'Cancels a job and keeps it in the list',
        responses: { 200: json('The job.', 'Job'), ...errors(404) },
      },
    },
  }
}

function jobEvents(tags: readonly string[]): Schema {
  const description = 'Server-sent events: the data of each is the job, its id the version of the job.'
  const lastId = 'The id of the last event that arrived: only what is newer is sent.'
  return {
    tags,
    operationId: 'watchJob',
    summary: 'A job as it stands, then each change, until it has ended',
    parameters: [{ in: 'header', name: 'Last-Event-ID', description: lastId, schema: { type: 'string' } }],
    responses: {
      200: { description, content: { 'text/event-stream': { schema: { type: 'string' } } } },
      204: { description: 'The job has ended, and its last event arrived.' },
      ...errors(404),
    },
  }
}

function assetPaths(): Record<string, Schema> {
  const tags = ['Assets']
  const form = {
    type: 'object',
    properties: {
      file: { type: 'string', format: 'binary', description: 'The image.' },
      description: { type: 'string' },
    },
    required: ['file'],
  }
  return {
    '/assets': {
      get: {
        tags,
        operationId: 'listAssets',
        summary: 'Own assets, newest first',
        parameters: PAGE,
        responses: { 200: json('A page of assets.', 'AssetPage'), ...errors(400) },
      },
      post: {
        tags,
        operationId: 'uploadAsset',
        summary: 'Uploads an image to use in requests',
        parameters: [IDEMPOTENCY_KEY],
        requestBody: { required: true, content: { 'multipart/form-data': { schema: form } } },
        responses: { 200: json('The asset.', 'Asset'), ...errors(400, 413, 415, 422, 507) },
      },
    },
    '/assets/{id}': {
      parameters: [ASSET_ID],
      get: {
        tags,
        operationId: 'getAsset',
        summary: 'An asset',
        responses: { 200: json('The asset.', 'Asset'), ...errors(404) },
      },
      delete: {
        tags,
        operationId: 'deleteAsset',
        summary: 'Removes an asset with its file',
        responses: { 200: json('Removed.', 'Deleted'), ...errors(404) },
      },
    },
  }
}

function modelPaths(): Record<string, Schema> {
  const tags = ['Models']
  const category = query('category', 'Only this category.', {
    type: 'string',
    enum: ['image', 'enhance', 'video'],
  })
  return {
    '/models': {
      get: {
        tags,
        operationId: 'listModels',
        summary: 'Every model, with price and engines',
        parameters: [category],
        responses: { 200: json('All models.', 'ModelPage'), ...errors(400) },
      },
    },
    '/models/{provider}/{model}': {
      parameters: [
        segment('provider', 'As in google/nano-banana-pro.'),
        segment('model', 'The rest of the id; it may hold further slashes.'),
      ],
      get: {
        tags,
        operationId: 'getModel',
        summary: 'A model with the JSON Schema of its input',
        responses: { 200: json('The model.', 'ModelSchema'), ...errors(404) },
      },
    },
  }
}

function filePaths(): Record<string, Schema> {
  const binary = { '*/*': { schema: { type: 'string', format: 'binary' } } }
  return {
    '/files/{name}': {
      parameters: [segment('name', 'As in the URLs of results and assets.')],
      get: {
        ...PUBLIC,
        tags: ['Files'],
        operationId: 'getFile',
        summary: 'A result or an asset; public to whoever has its address',
        parameters: [
          query('download', 'With 1, browsers save it instead of showing it.', {
            type: 'string',
            enum: ['0', '1', 'true', 'false'],
          }),
          query('filename', 'With download, the name to save as; its ending is that of the content.', {
            type: 'string',
          }),
          query('expires', 'End of a signed address, in seconds since 1970.', { type: 'string' }),
          query('signature', 'Part of a signed address, where the server signs.', { type: 'string' }),
        ],
        responses: {
          200: { description: 'The bytes.', content: binary },
          206: { description: 'The part that the Range header asks for.', content: binary },
          304: { description: 'The bytes that If-None-Match names are still right.' },
          ...errors(400, 403, 404, 416),
        },
      },
    },
    '/files/{name}/preview': {
      parameters: [segment('name', 'As in the URLs of results and assets of the own account.')],
      get: {
        tags: ['Files'],
        operationId: 'previewFile',
        summary: 'The same picture in a format that every browser shows',
        responses: {
          200: { description: 'The whole picture, upright and sRGB, as JPEG or WebP.', content: binary },
          ...errors(404, 422, 429, 503),
        },
      },
    },
  }
}

function healthPaths(): Record<string, Schema> {
  const probe = (operationId: string, summary: string, responses: Record<string, Schema>): Schema => ({
    get: {
      ...PUBLIC,
      tags: ['Health'],
      operationId,
      summary,
      responses,
    },
  })
  return {
    '/healthz': probe('getHealth', 'Whether the process is up', { 200: json('Yes.', 'Health') }),
    '/readyz': probe('getReadiness', 'Whether the server reaches its database and can store images', {
      200: json('Yes.', 'Readiness'),
      ...errors(503),
    }),
  }
}
