/** Answers that many paths share, by HTTP status. */
import type { Schema } from '../schema.ts'
import { ref } from './schemas.ts'

/** A parameter of every path that makes something. */
export const IDEMPOTENCY_KEY: Schema = {
  in: 'header',
  name: 'Idempotency-Key',
  description:
    'The same key and request again gets the first answer, for 24 hours, with Idempotent-Replayed: true; another request is 422.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
}

const ERRORS = {
  400: 'The request is not valid; issues names each field at fault.',
  401: 'The API key is missing, unknown or revoked.',
  402: 'The balance is insufficient.',
  403: 'The API key may not do this, or the address of a file is not signed or has expired.',
  404: 'There is nothing with this id or name.',
  409: 'The request conflicts with the present state.',
  410: 'The model was withdrawn; the answer names its successor where there is one.',
  413: 'The body or the file is too large.',
  415: 'The content type is not accepted.',
  416: 'The range lies outside the file.',
  422: 'An input image cannot be fetched or read, or an idempotency key belongs to another request.',
  429: 'Too many requests or jobs; Retry-After says when to come back.',
  501: 'Something was asked for that this server does not have.',
  503: 'The server is not ready.',
  507: 'There is no room left to store this.',
} as const

export type ErrorStatus = keyof typeof ERRORS

/** Component responses, by the names that `errors` refers to. */
export function componentResponses(): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(ERRORS).map(([status, description]) => [`Error${status}`, json(description, 'Error')]),
  )
}

export function errors(...statuses: readonly ErrorStatus[]): Record<string, Schema> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/Error${status}` }]),
  )
}

/** A JSON answer of one of the component schemas. */
export function json(description: string, schema: string): Schema {
  return { description, content: { 'application/json': { schema: ref(schema) } } }
}

/** What every request with a key may meet: a bad key, one that may not do this, or one that asks too often. */
export function withKeyErrors(
  paths: Readonly<Record<string, Schema>>,
): Record<string, Record<string, unknown>> {
  return mapValues(paths, (item) =>
    mapValues(item, (operation, name) => {
      const { responses, security } = operation as { responses?: Schema; security?: unknown }
      // Neither the parameters of a path nor a public operation.
      if (name === 'parameters' || security !== undefined) return operation
      return { ...(operation as Schema), responses: { ...responses, ...errors(401, 403, 429) } }
    }),
  )
}

function mapValues<In, Out>(
  record: Readonly<Record<string, In>>,
  change: (value: In, name: string) => Out,
): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]))
}
