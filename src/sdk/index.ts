/** Public entrance of the SDK, packed as `@afterimage/sdk`. */
export { Krea, Krea as Afterimage } from './client.ts'
export type { Krea as KreaClient, SubscribeOptions, Subscription } from './client.ts'
export {
  AuthenticationError,
  ConnectionError,
  InvalidRequestError,
  JobFailedError,
  KreaAPIError,
  NotFoundError,
  RateLimitError,
  ServerError,
  TimeoutError,
} from './errors.ts'
export type { Keys, UsageQuery } from './account.ts'
export type { Assets, UploadOptions } from './assets.ts'
export type { Engines } from './engines.ts'
export type { Jobs, JobsQuery } from './jobs.ts'
export type { Models } from './models.ts'
export type { CallOptions, ClientOptions, SubmitOptions } from './options.ts'
export type { PagePromise } from './pages.ts'
export type * from './types.ts'
export type { WaitOptions } from './wait.ts'
export { verifyWebhook, WebhookVerificationError } from './webhook.ts'
export type { Deliveries, DeliveriesQuery, Webhooks } from './webhooks.ts'
export type { VerifyWebhookOptions, WebhookFault, WebhookHeaders } from './webhook.ts'
