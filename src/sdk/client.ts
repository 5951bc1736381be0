import { createKeys, loadUsage } from './account.ts'
import type { Keys, UsageQuery } from './account.ts'
import { createAssets } from './assets.ts'
import type { Assets } from './assets.ts'
import { createEngines } from './engines.ts'
import type { Engines } from './engines.ts'
import { createFollowJob } from './events.ts'
import { createJobs } from './jobs.ts'
import type { Jobs } from './jobs.ts'
import { createModels } from './models.ts'
import type { Models } from './models.ts'
import { isLoopback, resolveSettings } from './options.ts'
import type { CallOptions, ClientOptions, SubmitOptions } from './options.ts'
import { toPath } from './paths.ts'
import { createOpenStream, createTransport } from './transport.ts'
import type { Answer, Transport } from './transport.ts'
import type { CompletedJob, Estimate, Job, ModelInput, Usage } from './types.ts'
import type { WaitOptions } from './wait.ts'
import { createWebhooks } from './webhooks.ts'
import type { Deliveries, Webhooks } from './webhooks.ts'

export type SubscribeOptions = SubmitOptions &
  Pick<WaitOptions, 'intervalMs'> & {
    input: ModelInput
    /** Called with the job when it was accepted and at every change. */
    onQueueUpdate?: ((job: Job) => void) | undefined
    /** How long to wait for the job in all; without it, until it ends. */
    timeoutMs?: number | undefined
  }

/** `requestId` names the submit in the server's log. */
export type Subscription = { data: { urls: string[] }; job: CompletedJob; requestId: string }

/**
 * Client of an Afterimage server, or of any other that speaks Krea's wire.
 *
 * @example
 * const krea = new Krea({ apiKey: process.env.KREA_API_KEY, baseUrl: 'http://127.0.0.1:4500' })
 * const job = await krea.image('google/nano-banana-pro', { prompt: 'as a pencil sketch', image_urls: [url] })
 * const { result } = await krea.jobs.wait(job.job_id)
 * console.log(result.urls[0])
 */
export class Krea {
  readonly baseUrl: string
  readonly jobs: Jobs
  readonly assets: Assets
  readonly models: Models
  readonly webhooks: Webhooks
  /** The same as `webhooks.deliveries`. */
  readonly deliveries: Deliveries
  /** Needs a key with the scope `admin`. */
  readonly keys: Keys
  /** Needs a key with the scope `admin`. */
  readonly engines: Engines
  readonly #send: Transport

  /** @throws TypeError when `baseUrl` is not an http(s) address */
  constructor(options: ClientOptions = {}) {
    const settings = resolveSettings(options)
    this.#send = createTransport(settings)
    this.baseUrl = settings.baseUrl
    this.jobs = createJobs(this.#send, {
      defaultIntervalMs: isLoopback(settings.baseUrl) ? 500 : 2000,
      requestTimeoutMs: settings.timeoutMs,
      follow: createFollowJob(createOpenStream(settings)),
    })
    this.assets = createAssets(this.#send, settings.timeoutMs)
    this.models = createModels(this.#send)
    this.webhooks = createWebhooks(this.#send)
    this.deliveries = this.webhooks.deliveries
    this.keys = createKeys(this.#send)
    this.engines = createEngines(this.#send)
  }

  /** Starts a job on an image model and answers at once. */
  image(model: string, input: ModelInput, options?: SubmitOptions): Promise<Job> {
    return this.generateRaw(`image/${model}`, input, options)
  }

  /** Starts a job on an enhancer: upscaling, restoring. */
  enhance(model: string, input: ModelInput, options?: SubmitOptions): Promise<Job> {
    return this.generateRaw(`enhance/${model}`, input, options)
  }

  /** Starts a job on a video model. Afterimage itself answers 501 to these. */
  video(model: string, input: ModelInput, options?: SubmitOptions): Promise<Job> {
    return this.generateRaw(`video/${model}`, input, options)
  }

  /** Starts a job by its whole path: `image/google/nano-banana-pro`. */
  async generateRaw(path: string, input: ModelInput, options?: SubmitOptions): Promise<Job> {
    return (await this.#submit(path, input, options)).body as Job
  }

  /**
   * What a job would cost and which engine would run it, without making one: checks the input as a submit does.
   * Only Afterimage knows this.
   */
  async estimate(path: string, input: ModelInput, options?: CallOptions): Promise<Estimate> {
    const request = {
      path: `/generate/${toPath('model', path)}`,
      query: { dry_run: 1 },
      body: { json: input },
    }
    return (await this.#send({ method: 'POST', ...request, isRepeatable: true, options })).body as Estimate
  }

  /** What was made and spent, by day, model and key; the last 30 days unless said otherwise. */
  usage(query?: UsageQuery, options?: CallOptions): Promise<Usage> {
    return loadUsage(this.#send, query, options)
  }

  /**
   * Starts a job and waits for it.
   *
   * @throws JobFailedError when it failed or was cancelled
   * @throws TimeoutError with the job when `timeoutMs` is over; the job goes on
   */
  async subscribe(path: string, options: SubscribeOptions): Promise<Subscription> {
    const { input, onQueueUpdate, intervalMs, timeoutMs, ...submitOptions } = options
    const answer = await this.#submit(path, input, submitOptions)
    const accepted = answer.body as Job
    onQueueUpdate?.(accepted)
    const { signal, headers } = submitOptions
    const waitOptions = { intervalMs, timeoutMs, signal, headers, onUpdate: onQueueUpdate }
    const job = await this.jobs.wait(accepted.job_id, waitOptions)
    return { data: job.result, job, requestId: answer.requestId ?? job.job_id }
  }

  #submit(path: string, input: ModelInput, options: SubmitOptions = {}): Promise<Answer> {
    const { webhookUrl, idempotencyKey, cache, ...callOptions } = options
    return this.#send({
      method: 'POST',
      path: `/generate/${toPath('model', path)}`,
      body: { json: input },
      headers: {
        ...(webhookUrl === undefined ? {} : { 'x-webhook-url': webhookUrl }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        ...(cache === undefined ? {} : { 'x-afterimage-cache': cache }),
      },
      isRepeatable: idempotencyKey !== undefined,
      options: callOptions,
    })
  }
}
