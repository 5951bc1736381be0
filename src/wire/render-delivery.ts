/** Webhook deliveries and secrets as the JSON of the wire. */
import type { Delivery, DeliveryAttempt, DisabledWebhook } from '../core/delivery.ts'
import type { WebhookSecret } from '../core/webhook-secrets.ts'

export type WireDelivery = {
  id: string
  job_id: string
  url: string
  status: string
  created_at: string
  next_attempt_at: string | null
  attempt_count: number
}

export type WireDeliveryAttempt = {
  number: number
  started_at: string
  duration_ms: number
  request: { method: 'POST'; headers: Readonly<Record<string, string>> }
  response: {
    status: number
    headers: Readonly<Record<string, string>>
    body: string
    is_body_cut: boolean
  } | null
  error: string | null
}

/** `id` is the `webhook-id` that the receiver gets. */
export function renderDelivery(delivery: Delivery): WireDelivery {
  return {
    id: delivery.id,
    job_id: delivery.jobId,
    url: delivery.webhook.url,
    status: delivery.status,
    created_at: time(Math.floor(delivery.createdAtMicros / 1000)),
    next_attempt_at: delivery.nextAttemptAt === null ? null : time(delivery.nextAttemptAt),
    attempt_count: delivery.attemptCount,
  }
}

export function renderDeliveryAttempt(attempt: DeliveryAttempt): WireDeliveryAttempt {
  const { number, startedAt, durationMs, requestHeaders, response, error } = attempt
  return {
    number,
    started_at: time(startedAt),
    duration_ms: durationMs,
    request: { method: 'POST', headers: requestHeaders },
    response:
      response === null
        ? null
        : {
            status: response.status,
            headers: response.headers,
            body: response.body,
            is_body_cut: response.isBodyCut,
          },
    error,
  }
}

export function renderDisabledWebhook({ url, disabledAt }: DisabledWebhook): {
  url: string
  disabled_at: string
} {
  return { url, disabled_at: time(disabledAt) }
}

/** The only place where a secret reaches the wire. */
export function renderWebhookSecret({ secret, createdAt, expiresAt }: WebhookSecret): {
  secret: string
  created_at: string
  expires_at: string | null
} {
  return { secret, created_at: time(createdAt), expires_at: expiresAt === null ? null : time(expiresAt) }
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
