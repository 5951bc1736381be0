/** Schemas of what the server answers, shared by all paths. */
import { ERROR_CODES } from '../../core/errors.ts'
import { JOB_STATUSES } from '../../core/job.ts'
import type { Schema } from '../schema.ts'
import { EXTENSION_SCHEMA } from '../schema.ts'
import type { CompatMode } from '../types.ts'

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

export const TEXT: Schema = { type: 'string' }
export const NULLABLE_TEXT: Schema = { type: ['string', 'null'] }
const NULLABLE_NUMBER: Schema = { type: ['number', 'null'] }
const NULLABLE_INTEGER: Schema = { type: ['integer', 'null'] }
export const URI: Schema = { type: 'string', format: 'uri' }
export const TIME: Schema = { type: 'string', format: 'date-time' }
export const NULLABLE_TIME: Schema = { type: ['string', 'null'], format: 'date-time' }
export const DAY: Schema = { type: 'string', format: 'date' }
export const UUID: Schema = { type: 'string', format: 'uuid' }

export function object(properties: Readonly<Record<string, Schema>>, required: readonly string[]): Schema {
  return { type: 'object', properties, required }
}

/** Every member is always there. */
export function whole(properties: Readonly<Record<string, Schema>>): Schema {
  return object(properties, Object.keys(properties))
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

export function page(items: Schema): Schema {
  return whole({ items: list(items), next_cursor: NULLABLE_TEXT })
}

const RESULT: Schema = {
  type: 'object',
  description: 'Empty while pending; urls when completed; error when failed.',
  properties: { urls: list(URI), error: TEXT },
}

function strictJob(): Schema {
  const optional = { completed_at: NULLABLE_TIME, result: { ...RESULT, type: ['object', 'null'] } }
  return object({ ...jobHead(), ...optional }, Object.keys(jobHead()))
}

function jobHead(): Record<string, Schema> {
  return { job_id: UUID, status: { type: 'string', enum: JOB_STATUSES }, created_at: TIME }
}

function fullJob(): Schema {
  const always = {
    ...jobHead(),
    type: TEXT,
    completed_at: NULLABLE_TIME,
    result: RESULT,
    model: TEXT,
    engine: TEXT,
    progress: {
      ...whole({ stage: TEXT, percent: { type: 'number' }, eta_ms: NULLABLE_NUMBER }),
      type: ['object', 'null'],
    },
    preview: {
      ...whole({ url: URI, width: { type: 'integer' }, height: { type: 'integer' } }),
      type: ['object', 'null'],
      description: 'The newest unfinished picture, where the request asked for previews; null after the end.',
    },
    cost: ref('Cost'),
    warnings: list(ref('Warning')),
    attempts: list(ref('Attempt')),
    urls: whole({ self: URI, events: URI, cancel: URI }),
    expires_at: NULLABLE_TIME,
    source: {
      ...whole({ width: { type: 'integer' }, height: { type: 'integer' }, format: TEXT }),
      type: ['object', 'null'],
    },
    geometry: { type: ['object', 'null'], description: 'How the pixels of the result relate to the source.' },
    recipe: {
      type: ['array', 'null'],
      items: object({ operation: TEXT }, ['operation']),
      description: 'What the built-in engine did, step by step.',
    },
    parent_job_id: NULLABLE_TEXT,
  }
  const error = whole({ code: TEXT, message: TEXT, retryable: { type: 'boolean' } })
  return object({ ...always, error }, Object.keys(always))
}

const ASSET = {
  id: UUID,
  image_url: URI,
  url: URI,
  uploaded_at: TIME,
  width: NULLABLE_INTEGER,
  height: NULLABLE_INTEGER,
  size_bytes: NULLABLE_INTEGER,
  mime_type: NULLABLE_TEXT,
  description: NULLABLE_TEXT,
} satisfies Record<string, Schema>

const PRICE: Schema = {
  type: ['object', 'null'],
  properties: {
    currency: TEXT,
    price_points: list(whole({ amount: { type: 'number' }, dimensions: { type: 'object' } })),
    compute_units: NULLABLE_NUMBER,
  },
}

/** What a vendor said against a key. */
export const KEY_FAULT: Schema = {
  ...whole({ at: TIME, message: TEXT }),
  type: ['object', 'null'],
  description: 'When the vendor last refused the key, or found its quota exhausted.',
}

const MODEL = {
  id: TEXT,
  name: TEXT,
  category: { type: 'string', enum: ['image', 'enhance'] },
  provider: TEXT,
  path: TEXT,
  description: TEXT,
  operations: list(TEXT),
  price: PRICE,
  latency_seconds: NULLABLE_NUMBER,
  engine: { ...NULLABLE_TEXT, description: 'What would run it on this server now.' },
  is_draft: { type: 'boolean' },
  readiness: {
    type: 'string',
    enum: ['ready', 'draft', 'missing'],
    description: 'On an engine of its own, on the built-in engine in its place, or on none.',
  },
  previews: { type: 'boolean', description: 'Whether that engine shows unfinished pictures on request.' },
  masks: {
    type: 'boolean',
    description: 'Whether that engine keeps to a mask (`afterimage.mask_url`) itself.',
  },
  reason: { ...NULLABLE_TEXT, description: 'Why no engine of its own would run it.' },
  engines: list(
    whole({
      id: TEXT,
      ready: { type: 'boolean' },
      reason: NULLABLE_TEXT,
      variable: NULLABLE_TEXT,
      fault: KEY_FAULT,
      previews: { type: 'boolean' },
      masks: { type: 'boolean' },
      retirement: {
        ...whole({ upstream_id: TEXT, since: DAY, replacement: TEXT }),
        type: ['object', 'null'],
        description: 'The vendor ends the model, or has ended it.',
      },
    }),
  ),
  set_to_enable: list(TEXT),
} satisfies Record<string, Schema>

const DRY_RUN: Schema = {
  ...whole({
    dry_run: { const: true },
    model: TEXT,
    engine: TEXT,
    cost: ref('Cost'),
    warnings: list(ref('Warning')),
    routes: {
      ...list(whole({ engine: TEXT, cost: ref('Cost') })),
      description: 'Who runs it, and who gets it if none before takes it, each at its own price.',
    },
    sources: list(
      whole({
        path: { ...TEXT, description: 'The field that named the picture.' },
        bytes: { type: 'integer' },
        format: TEXT,
        width: { type: 'integer' },
        height: { type: 'integer' },
      }),
    ),
  }),
  description: 'What a submit would do; nothing was stored.',
}

const ISSUE = whole({ path: TEXT, message: TEXT, code: TEXT })

const ERROR: Schema = object(
  {
    error: { type: 'string', description: 'What is wrong, as a sentence.' },
    message: { type: 'string', description: 'The same sentence.' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    issues: { ...list(ref('Issue')), description: 'One entry for each field at fault.' },
    request_id: TEXT,
  },
  ['error', 'message', 'code', 'request_id'],
)

/** Component schemas; a job looks different in strict mode. */
export function componentSchemas(mode: CompatMode): Record<string, Schema> {
  return {
    Job: mode === 'strict' ? strictJob() : fullJob(),
    JobPage: page(ref('Job')),
    Cost: whole({ amount_usd: NULLABLE_NUMBER, basis: TEXT, compute_units: NULLABLE_NUMBER }),
    Warning: ISSUE,
    Attempt: object(
      {
        engine: TEXT,
        started_at: TIME,
        ended_at: NULLABLE_TIME,
        outcome: NULLABLE_TEXT,
        upstream_id: TEXT,
        error: TEXT,
      },
      ['engine', 'started_at', 'ended_at', 'outcome'],
    ),
    Asset: whole(mode === 'strict' ? ASSET : { ...ASSET, expires_at: NULLABLE_TIME }),
    AssetPage: page(ref('Asset')),
    Deleted: object({ success: { type: 'boolean' }, message: TEXT }, ['success', 'message']),
    Model: whole(MODEL),
    ModelPage: whole({
      items: list(ref('Model')),
      next_cursor: NULLABLE_TEXT,
      retired: {
        ...list(whole({ id: TEXT, since: { ...DAY, type: ['string', 'null'] }, replacement: NULLABLE_TEXT })),
        description: 'Ids that do not work any more, with what to use instead.',
      },
    }),
    ModelSchema: whole({ ...MODEL, endpoint_path: TEXT, input_schema: { type: 'object' } }),
    Health: whole({ status: TEXT, version: TEXT }),
    Readiness: whole({
      status: TEXT,
      version: TEXT,
      disk: {
        type: 'string',
        enum: ['ok', 'low'],
        description: 'low: submits and uploads are refused with 507, everything else goes on.',
      },
    }),
    DryRun: DRY_RUN,
    Issue: ISSUE,
    Error: ERROR,
    AfterimageOptions: EXTENSION_SCHEMA,
  }
}
