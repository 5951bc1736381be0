/** Schemas of webhook deliveries and secrets. */
import { DELIVERY_STATUSES } from '../../core/delivery.ts'
import type { Schema } from '../schema.ts'
import { list, NULLABLE_TEXT, NULLABLE_TIME, page, ref, TEXT, TIME, URI, UUID, whole } from './schemas.ts'

const COUNT: Schema = { type: 'integer', minimum: 0 }
const FLAG: Schema = { type: 'boolean' }
const HEADERS: Schema = { type: 'object', additionalProperties: { type: 'string' } }

const DELIVERY = {
  id: { ...UUID, description: 'The webhook-id of every attempt.' },
  job_id: UUID,
  url: URI,
  status: { type: 'string', enum: DELIVERY_STATUSES },
  created_at: TIME,
  next_attempt_at: NULLABLE_TIME,
  attempt_count: COUNT,
} satisfies Record<string, Schema>

const RESPONSE: Schema = {
  ...whole({ status: { type: 'integer' }, headers: HEADERS, body: TEXT, is_body_cut: FLAG }),
  type: ['object', 'null'],
  description: 'The answer with the first 4096 bytes of its body; null when none came.',
}

/** Component schemas. */
export function webhookSchemas(): Record<string, Schema> {
  return {
    Delivery: whole(DELIVERY),
    DeliveryPage: page(ref('Delivery')),
    DeliveryAttempt: whole({
      number: COUNT,
      started_at: TIME,
      duration_ms: COUNT,
      request: whole({ method: { const: 'POST' }, headers: HEADERS }),
      response: RESPONSE,
      error: NULLABLE_TEXT,
    }),
    DeliveryDetail: whole({ ...DELIVERY, body: ref('Job'), attempts: list(ref('DeliveryAttempt')) }),
    DisabledWebhooks: whole({ items: list(whole({ url: URI, disabled_at: TIME })) }),
    EnabledWebhook: whole({ url: URI, enabled: { const: true } }),
    WebhookSecrets: whole({
      key_id: TEXT,
      items: {
        ...list(whole({ secret: TEXT, created_at: TIME, expires_at: NULLABLE_TIME })),
        description: 'The newest first; after a rotation the one before it, until it expires.',
      },
    }),
    WebhookSink: whole({ id: TEXT, url: URI }),
    WebhookSinkPage: whole({
      items: list(whole({ sequence: COUNT, received_at: TIME, headers: HEADERS, body: TEXT })),
      cursor: TEXT,
    }),
  }
}
