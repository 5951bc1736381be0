/** Schemas of keys, usage and sessions. */
import { SCOPES } from '../../core/api-key.ts'
import { ON_UNSUPPORTED } from '../../core/job.ts'
import type { Schema } from '../schema.ts'
import {
  DAY,
  list,
  NULLABLE_TEXT,
  NULLABLE_TIME,
  object,
  page,
  ref,
  TEXT,
  TIME,
  UUID,
  whole,
} from './schemas.ts'

const FLAG: Schema = { type: 'boolean' }
const COUNT: Schema = { type: 'integer', minimum: 0 }
const USD: Schema = { type: 'number' }
const NULLABLE_USD: Schema = { type: ['number', 'null'] }
const SCOPE_LIST: Schema = list({ type: 'string', enum: SCOPES })
const LIMIT: Schema = { type: ['integer', 'null'], minimum: 1, maximum: 100_000 }

/** As a key tells them, and as a new one takes them; null is no limit. */
const LIMITS = {
  models: { type: ['array', 'null'], items: TEXT, description: 'Ids of models, or provider/*.' },
  concurrency: { ...LIMIT, description: 'Jobs that run at once; further ones wait as backlogged.' },
  requests_per_minute: LIMIT,
  monthly_budget_usd: {
    ...NULLABLE_USD,
    description: 'What its upstream calls may cost in a calendar month.',
  },
  max_cost_usd: {
    ...NULLABLE_USD,
    description: 'What one request may cost, as far as its price is known beforehand (see X-Max-Cost).',
  },
  no_store: { ...FLAG, description: 'Results stay for an hour, inputs until the job has ended.' },
  on_unsupported: {
    type: 'string',
    enum: ON_UNSUPPORTED,
    description: 'What becomes of fields that an engine lacks, where the request does not say.',
  },
} satisfies Record<string, Schema>

const API_KEY = {
  id: UUID,
  account: TEXT,
  name: TEXT,
  scopes: SCOPE_LIST,
  created_at: TIME,
  expires_at: NULLABLE_TIME,
  revoked_at: NULLABLE_TIME,
  last_used_at: NULLABLE_TIME,
  ...LIMITS,
} satisfies Record<string, Schema>

const NEW_KEY = {
  account: { ...TEXT, description: 'The own account unless given.' },
  name: { type: 'string', minLength: 1, maxLength: 100 },
  scopes: SCOPE_LIST,
  expires_at: NULLABLE_TIME,
  ...LIMITS,
} satisfies Record<string, Schema>

const USAGE_ROW = whole({
  day: DAY,
  model: TEXT,
  key_id: NULLABLE_TEXT,
  jobs: COUNT,
  charge_usd: USD,
  spend_usd: USD,
  unknown_cost_calls: {
    ...COUNT,
    description: 'Calls that the sums leave out, because nobody knows their cost.',
  },
  draft_jobs: {
    ...COUNT,
    description: 'Those of the jobs that the built-in engine made in the place of the model.',
  },
})

/** Component schemas. */
export function accountSchemas(): Record<string, Schema> {
  return {
    ApiKey: whole(API_KEY),
    ApiKeyPage: page(ref('ApiKey')),
    NewApiKey: { ...object(NEW_KEY, []), additionalProperties: false },
    CreatedApiKey: whole({ ...API_KEY, token: { ...TEXT, description: 'Told only here.' } }),
    RevokedApiKey: whole({ success: FLAG, id: UUID, message: TEXT }),
    UsageReport: whole({
      account: TEXT,
      balance_usd: { ...NULLABLE_USD, description: 'Null: the account is not limited by its balance.' },
      items: list(USAGE_ROW),
    }),
    SignIn: object({ key: TEXT, link: TEXT }, []),
    Session: whole({
      version: TEXT,
      base_url: TEXT,
      limits: whole({ max_input_bytes: COUNT, max_input_pixels: COUNT }),
      account: NULLABLE_TEXT,
    }),
  }
}
