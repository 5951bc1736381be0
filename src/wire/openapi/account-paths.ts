/** What belongs to an account and not to a job: keys, usage, the session of the Studio; and this document. */
import type { Schema } from '../schema.ts'
import { id, PUBLIC, query } from './resource-paths.ts'
import { errors, json } from './responses.ts'
import { DAY, ref, TEXT } from './schemas.ts'

const KEY_ID = id('The id of a key.')
const ACCOUNT = query('account', 'Another account; needs the scope admin.', TEXT)

export function accountPaths(): Record<string, Schema> {
  return { ...keyPaths(), ...usagePaths(), ...sessionPaths(), ...documentPaths() }
}

function body(schema: string): Schema {
  return { required: true, content: { 'application/json': { schema: ref(schema) } } }
}

function keyPaths(): Record<string, Schema> {
  const tags = ['Keys']
  return {
    '/keys': {
      get: {
        tags,
        operationId: 'listKeys',
        summary: 'The keys of an account, without their tokens; needs the scope admin',
        parameters: [ACCOUNT],
        responses: { 200: json('All keys.', 'ApiKeyPage'), ...errors(400) },
      },
      post: {
        tags,
        operationId: 'createKey',
        summary: 'Makes a key and tells its token, once; needs the scope admin',
        requestBody: body('NewApiKey'),
        responses: { 200: json('The key with its token.', 'CreatedApiKey'), ...errors(400, 413, 415) },
      },
    },
    '/keys/{id}': {
      parameters: [KEY_ID],
      delete: {
        tags,
        operationId: 'revokeKey',
        summary: 'Revokes a key for good; needs the scope admin',
        parameters: [ACCOUNT],
        responses: { 200: json('Revoked.', 'RevokedApiKey'), ...errors(400, 404, 409) },
      },
    },
  }
}

function usagePaths(): Record<string, Schema> {
  const parameters = [
    query('from', 'First day, in UTC; 29 days before the last one unless given.', DAY),
    query('to', 'Last day, in UTC; today unless given.', DAY),
    query('format', 'JSON, or a table with the same columns.', { type: 'string', enum: ['json', 'csv'] }),
    ACCOUNT,
  ]
  const description = 'One row for each day, model and key.'
  const content = {
    'application/json': { schema: ref('UsageReport') },
    'text/csv': { schema: { type: 'string' } },
  }
  return {
    '/usage': {
      get: {
        tags: ['Keys'],
        operationId: 'getUsage',
        summary: 'What was made, charged and spent, with the balance',
        parameters,
        responses: { 200: { description, content }, ...errors(400) },
      },
    },
  }
}

function sessionPaths(): Record<string, Schema> {
  const tags = ['Session']
  return {
    '/session': {
      get: {
        ...PUBLIC,
        tags,
        operationId: 'getSession',
        summary: 'Who is signed in to the Studio, and what this server takes',
        responses: { 200: json('The session; account is null when nobody is.', 'Session') },
      },
      post: {
        ...PUBLIC,
        tags,
        operationId: 'signIn',
        summary: 'Signs in with a key, or with the link that the server printed; sets a cookie',
        requestBody: body('SignIn'),
        responses: { 200: json('The session.', 'Session'), ...errors(400, 401, 403, 413, 415) },
      },
      delete: {
        ...PUBLIC,
        tags,
        operationId: 'signOut',
        summary: 'Signs out',
        responses: { 200: json('The session, without an account.', 'Session'), ...errors(403) },
      },
    },
  }
}

function documentPaths(): Record<string, Schema> {
  return {
    '/openapi.json': {
      get: {
        ...PUBLIC,
        tags: ['Health'],
        operationId: 'getOpenApi',
        summary: 'This document',
        responses: {
          200: {
            description: 'OpenAPI 3.1.',
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        },
      },
    },
  }
}
