/** What makes the images, for the operator. */
import type { Schema } from '../schema.ts'
import { errors, json } from './responses.ts'
import { KEY_FAULT, list, NULLABLE_TEXT, NULLABLE_TIME, page, ref, TEXT, whole } from './schemas.ts'

const ENGINE_ID: Schema = {
  name: 'id',
  in: 'path',
  required: true,
  schema: TEXT,
  description: 'The id of an engine with a key, like openai.',
}

export function enginePaths(): Record<string, Schema> {
  const tags = ['Engines']
  return {
    '/engines': {
      get: {
        tags,
        operationId: 'listEngines',
        summary: 'Every engine: whether it is ready, and what to set; needs the scope admin',
        responses: { 200: json('All engines, never their keys.', 'EnginePage'), ...errors(400) },
      },
    },
    '/engines/{id}/key': {
      parameters: [ENGINE_ID],
      put: {
        tags,
        operationId: 'setEngineKey',
        summary: "Enters a vendor's key, good without a restart; needs the scope admin",
        requestBody: { required: true, content: { 'application/json': { schema: ref('EngineKey') } } },
        responses: { 200: json('The engine, without the key.', 'Engine'), ...errors(400, 404, 413, 415) },
      },
      delete: {
        tags,
        operationId: 'unsetEngineKey',
        summary: 'Removes an entered key; one of the settings counts again; needs the scope admin',
        responses: { 200: json('The engine.', 'Engine'), ...errors(400, 404) },
      },
    },
  }
}

/** Component schemas. */
export function engineSchemas(): Record<string, Schema> {
  const key = whole({
    source: { type: 'string', enum: ['entered', 'environment', 'file'] },
    ending: { ...NULLABLE_TEXT, description: 'Its last four characters; null for a short one.' },
    entered_at: NULLABLE_TIME,
  })
  return {
    Engine: whole({
      id: TEXT,
      name: TEXT,
      kind: { type: 'string', enum: ['vendor', 'home', 'built_in'] },
      ready: { type: 'boolean' },
      reason: { ...NULLABLE_TEXT, description: 'Why it is not ready, or not on the key that was entered.' },
      variable: { ...NULLABLE_TEXT, description: 'The setting that makes it available.' },
      key: { ...key, type: ['object', 'null'], description: 'The key in use, or null.' },
      key_of: { ...NULLABLE_TEXT, description: 'The engine whose key it uses; null for its own, or none.' },
      fault: KEY_FAULT,
      queue: TEXT,
      models: list(TEXT),
    }),
    EnginePage: page(ref('Engine')),
    EngineKey: {
      ...whole({ key: { type: 'string', minLength: 8, maxLength: 1024, description: 'Kept encrypted.' } }),
      additionalProperties: false,
    },
  }
}
