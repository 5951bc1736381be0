/** One path for each model. */
import type { Model } from '../../catalogue/index.ts'
import { renderPrice } from '../render-model.ts'
import type { Schema } from '../schema.ts'
import { inputSchema } from '../schema.ts'
import type { CompatMode } from '../types.ts'
import { errors, IDEMPOTENCY_KEY, json } from './responses.ts'
import { ref } from './schemas.ts'

export const TAGS = { image: 'Image', enhance: 'Image Enhance' } as const

const WEBHOOK: Schema = {
  in: 'header',
  name: 'X-Webhook-URL',
  description:
    'Gets one signed POST with the job when it has completed, failed or was cancelled (Standard Webhooks), retried for about 17 hours.',
  schema: { type: 'string', format: 'uri' },
}

const PARAMETERS: readonly Schema[] = [
  WEBHOOK,
  IDEMPOTENCY_KEY,
  {
    in: 'header',
    name: 'X-Afterimage-Dedupe',
    description:
      'Seconds: an identical job of the account that was asked for within them and has not ended is answered instead of a new one, with X-Afterimage-Deduplicated: true.',
    schema: { type: 'integer', minimum: 1, maximum: 3600 },
  },
  {
    in: 'header',
    name: 'X-Afterimage-Cache',
    description:
      'read takes the stored result of an earlier job that was asked for in the same way, at no cost; write lets later requests take this one. The answer to a read says hit or miss in this header, unless it is replayed or a dry run.',
    schema: { type: 'string', enum: ['read', 'write', 'read, write', 'off'], default: 'off' },
  },
  {
    in: 'header',
    name: 'X-Max-Cost',
    description:
      'US dollars, at most six decimals: a request whose estimate is above them is refused. Where the price is not known beforehand, 0 is refused; any other limit is set aside, and the warning cost_not_limited says that the job may cost more.',
    schema: { type: 'string', pattern: String.raw`^\d{1,9}(\.\d{1,6})?$`, examples: ['0.05'] },
  },
  {
    in: 'query',
    name: 'dry_run',
    description: 'With 1, nothing is stored: the answer tells engine, cost and warnings instead of a job.',
    schema: { type: 'string', enum: ['0', '1', 'true', 'false'] },
  },
  {
    in: 'header',
    name: 'X-Afterimage-Engine',
    description: 'Takes this engine or refuses, and never another; needs the scope admin.',
    schema: { type: 'string' },
  },
]

const ACCEPTED = 'The job, accepted and durable.'
const JOB_OR_DRY_RUN: Schema = {
  description: `${ACCEPTED} With dry_run=1: what it would be.`,
  content: { 'application/json': { schema: { anyOf: [ref('Job'), ref('DryRun')] } } },
}

export function generatePaths(models: readonly Model[], mode: CompatMode): Record<string, Schema> {
  return Object.fromEntries(models.map((model) => [model.path, { post: operation(model, mode) }]))
}

function operation(model: Model, mode: CompatMode): Schema {
  const price = renderPrice(model)
  // The schema stands here whole: the official Python client follows no reference to it.
  const schema = inputSchema(model, mode, ref('AfterimageOptions'))
  return {
    tags: [TAGS[model.category]],
    operationId: operationId(model),
    summary: model.title,
    description: description(model),
    ...(price === null ? {} : { 'x-krea-pricing': pricing(price) }),
    ...(model.aliases.length === 0 ? {} : { 'x-krea-deprecated-field-aliases': model.aliases.map(alias) }),
    parameters: mode === 'strict' ? [WEBHOOK] : PARAMETERS,
    requestBody: { required: true, content: { 'application/json': { schema } } },
    responses: {
      200: mode === 'strict' ? json(ACCEPTED, 'Job') : JOB_OR_DRY_RUN,
      ...errors(400, 402, 413, 415, 422, 501, 507),
    },
  }
}

function operationId({ category, id }: Model): string {
  const words = id.split(/[^a-z0-9]+/iu).map((word) => word.charAt(0).toUpperCase() + word.slice(1))
  return `${category}${words.join('')}`
}

/** The official Python client reads cost and latency from the words "~60 CU" and "~23 seconds". */
function description(model: Model): string {
  const units = renderPrice(model)?.compute_units ?? null
  const facts = [
    units === null ? null : `~${Math.round(units)} CU`,
    model.latencySeconds === null ? null : `~${model.latencySeconds} seconds`,
  ].filter((fact) => fact !== null)
  return facts.length === 0
    ? model.summary
    : `${model.summary}\n\nTypical: ${facts.join(', ')} for one result.`
}

function pricing(price: NonNullable<ReturnType<typeof renderPrice>>): Schema {
  return { type: 'fixed', currency: price.currency, unit: 'request', price_points: price.price_points }
}

function alias({ from, to }: Model['aliases'][number]): Schema {
  return { from, to, reason: 'Fields are written in snake case; the older name goes on working.' }
}
