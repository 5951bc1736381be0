/** Webhooks: their log, their secrets, the sink. */
import { DELIVERY_STATUSES } from '../../core/delivery.ts'
import type { Schema } from '../schema.ts'
import { id, PAGE, PUBLIC, query, segment } from './resource-paths.ts'
import { errors, json } from './responses.ts'

const tags = ['Webhooks']
const DELIVERY_ID = id('The id of a delivery: the webhook-id that the receiver got.')
const KEY_ID = segment('id', 'The id of the key that you use, or "current".')
const UPSTREAM_JOB = segment('job', 'The job that the vendor reports of.')
const SINK_ID = segment('id', 'The id that POST /webhooks/sink answered.')

export function webhookPaths(): Record<string, Schema> {
  return { ...deliveryPaths(), ...endpointPaths(), ...secretPaths(), ...sinkPaths(), ...upstreamPaths() }
}

function deliveryPaths(): Record<string, Schema> {
  const filters = [
    query('job_id', 'Only the delivery of this job.', { type: 'string' }),
    query('status', 'Only deliveries in this status.', { type: 'string', enum: DELIVERY_STATUSES }),
  ]
  return {
    '/webhooks/deliveries': {
      get: {
        tags,
        operationId: 'listDeliveries',
        summary: 'Own deliveries, newest first',
        parameters: [...PAGE, ...filters],
        responses: { 200: json('A page of deliveries.', 'DeliveryPage'), ...errors(400) },
      },
    },
    '/webhooks/deliveries/{id}': {
      parameters: [DELIVERY_ID],
      get: {
        tags,
        operationId: 'getDelivery',
        summary: 'A delivery with its body and every attempt',
        responses: { 200: json('The delivery.', 'DeliveryDetail'), ...errors(404) },
      },
    },
    '/webhooks/deliveries/{id}/replay': {
      parameters: [DELIVERY_ID],
      post: {
        tags,
        operationId: 'replayDelivery',
        summary: 'Sends a delivery once more, under the same id',
        responses: { 200: json('The delivery.', 'Delivery'), ...errors(404, 409) },
      },
    },
  }
}

function endpointPaths(): Record<string, Schema> {
  const schema = { type: 'object', properties: { url: { type: 'string', format: 'uri' } }, required: ['url'] }
  return {
    '/webhooks/disabled': {
      get: {
        tags,
        operationId: 'listDisabledWebhooks',
        summary: 'Addresses that answered 410 Gone and get nothing more',
        responses: { 200: json('The addresses.', 'DisabledWebhooks') },
      },
    },
    '/webhooks/enable': {
      post: {
        tags,
        operationId: 'enableWebhook',
        summary: 'Sends to a disabled address again',
        requestBody: { required: true, content: { 'application/json': { schema } } },
        responses: { 200: json('Enabled.', 'EnabledWebhook'), ...errors(400, 404, 413, 415) },
      },
    },
  }
}

function secretPaths(): Record<string, Schema> {
  const path = '/keys/{id}/webhook-secret'
  return {
    [path]: {
      parameters: [KEY_ID],
      get: {
        tags,
        operationId: 'getWebhookSecret',
        summary: 'The secrets that sign the webhooks of this key',
        responses: { 200: json('The secrets.', 'WebhookSecrets'), ...errors(404, 503) },
      },
    },
    [`${path}/rotate`]: {
      parameters: [KEY_ID],
      post: {
        tags,
        operationId: 'rotateWebhookSecret',
        summary: 'Makes a new secret; the one before it stays valid for 24 hours',
        responses: { 200: json('The secrets.', 'WebhookSecrets'), ...errors(404, 503) },
      },
    },
  }
}

const ANYTHING = { '*/*': { schema: { type: 'string' } } }

function upstreamPaths(): Record<string, Schema> {
  return {
    '/webhooks/upstream/{job}': {
      parameters: [UPSTREAM_JOB],
      post: {
        ...PUBLIC,
        tags,
        operationId: 'postUpstreamReport',
        summary: 'Where vendors report to; nothing of it is read',
        requestBody: { content: ANYTHING },
        responses: { 204: { description: 'Taken.' }, ...errors(404) },
      },
    },
  }
}

function sinkPaths(): Record<string, Schema> {
  return {
    '/webhooks/sink': {
      post: {
        tags,
        operationId: 'createWebhookSink',
        summary: 'An address on this server that takes webhooks and shows them',
        responses: { 200: json('The sink.', 'WebhookSink') },
      },
    },
    '/webhooks/sink/{id}': {
      parameters: [SINK_ID],
      get: {
        ...PUBLIC,
        tags,
        operationId: 'readWebhookSink',
        summary: 'What the sink took, oldest first; held in memory, in bounds',
        parameters: [
          query('cursor', 'cursor of the answer before; only what came after it is shown.', {
            type: 'string',
          }),
          query('wait', 'Seconds to wait for the first message.', {
            type: 'integer',
            minimum: 0,
            maximum: 25,
            default: 0,
          }),
        ],
        responses: { 200: json('The messages.', 'WebhookSinkPage'), ...errors(400, 404) },
      },
      post: {
        ...PUBLIC,
        tags,
        operationId: 'postToWebhookSink',
        summary: 'Puts a message into the sink',
        requestBody: { content: ANYTHING },
        responses: { 204: { description: 'Taken.' }, ...errors(404, 413) },
      },
    },
  }
}
