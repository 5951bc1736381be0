/** POST /generate/…: from the caller's JSON to a job, or with `?dry_run=1` to what the job would be. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { assertModelAllowed, hasScope, NO_LIMITS } from '../core/api-key.ts'
import { fieldError } from '../core/errors.ts'
import type { Model } from '../catalogue/index.ts'
import type { StoredAnswer } from '../core/idempotency.ts'
import type { Job, RequestOptions } from '../core/job.ts'
import type { SubmitRequest } from '../core/submit-job.ts'
import { parseGenerate } from '../wire/parse.ts'
import { renderJob } from '../wire/render.ts'
import { readCacheUse, tellCache } from './cache.ts'
import { callerSignal } from './caller-signal.ts'
import type { HttpContext } from './context.ts'
import { findModel } from './find-model.ts'
import { accepted, readDedupeMs, readIdempotencyKey, readOnceKey, sendOnce } from './idempotency.ts'
import { querySwitch } from './query.ts'
import { renderingFor } from './rendering.ts'
import { renderDryRun } from './render-dry-run.ts'
import { readTerms } from './terms.ts'
import { refuseUnknownHeaders } from './unknown-headers.ts'
import { refuseUnsupportedHeaders } from './unsupported-headers.ts'
import { readWebhook } from './webhooks.ts'

const CATEGORIES = ['image', 'enhance'] as const
type Call = { model: Model; request: FastifyRequest; reply: FastifyReply }

export function registerGenerate(app: FastifyInstance, context: HttpContext): void {
  for (const category of CATEGORIES)
    app.route({
      method: 'POST',
      url: `/generate/${category}/*`,
      // What the head of the request decides is refused before its body is read.
      onRequest: async (request) => {
        refuseUnsupportedHeaders(request)
        refuseUnknownHeaders(request, context.compat)
        readIdempotencyKey(request)
        readDedupeMs(request)
        readCacheUse(request)
        readEngine(request)
        const model = findModel(context, category, request)
        assertModelAllowed(request.apiKey?.limits ?? NO_LIMITS, model.id)
        await context.assertDiskSpace()
      },
      handler: (request, reply) =>
        generate(context, { model: findModel(context, category, request), request, reply }),
    })
}

async function generate(context: HttpContext, call: Call): Promise<unknown> {
  const isDryRun = querySwitch(call.request, 'dry_run')
  const submission = {
    ...readSubmission(context, call),
    webhook: await readWebhook(context, call.request),
  }
  if (isDryRun) return renderDryRun(call.model, await context.dryRun(submission))
  const rendering = { ...renderingFor(context, call.request), moment: 'submit' } as const
  const cache = readCacheUse(call.request)
  const render = (job: Job): unknown => {
    tellCache(call.reply, cache, job)
    return renderJob(job, rendering)
  }
  const once = readOnceKey(call.request)
  if (once === null) return render(await submitOrJoin(context, call, submission))
  const answer = (job: Job): StoredAnswer => accepted(render(job))
  return sendOnce(call.reply, await context.submitOnce(submission, { ...once, answer }))
}

async function submitOrJoin(
  context: HttpContext,
  { request, reply }: Call,
  submission: SubmitRequest,
): Promise<Job> {
  const windowMs = readDedupeMs(request)
  if (windowMs === null) return context.submitJob(submission)
  const { job, isJoined } = await context.submitShared(submission, windowMs)
  if (isJoined) void reply.header('x-afterimage-deduplicated', 'true')
  return job
}

function readSubmission(context: HttpContext, { model, request, reply }: Call): SubmitRequest {
  const { body, accountId } = request
  const { compat: mode, newSeed } = context
  const { onUnsupported } = request.apiKey?.limits ?? NO_LIMITS
  const parsed = parseGenerate({ model, body, mode, newSeed, onUnsupported })
  tellApplied(reply, parsed.applied)
  return {
    accountId,
    model: model.id,
    input: { ...parsed.input, options: withLimits(parsed.input.options, request) },
    sources: parsed.sources,
    parentJobId: parsed.parentJobId,
    warnings: parsed.warnings,
    terms: readTerms(request),
    engine: readEngine(request),
    cache: readCacheUse(request),
    signal: callerSignal(reply),
  }
}

/**
 * Which engine runs a job decides what it costs the operator, so only the operator's keys may name one.
 * @throws AfterimageError `forbidden`
 */
function readEngine(request: FastifyRequest): string | null {
  const engine = request.headers['x-afterimage-engine']
  if (engine === undefined) return null
  if (!hasScope(request.apiKey?.scopes ?? [], 'admin'))
    throw fieldError('forbidden', {
      path: 'X-Afterimage-Engine',
      message:
        'naming an engine needs an API key with the scope "admin"; leave the header out and the server chooses.',
    })
  return String(engine)
}

/** A key that stores nothing decides so for its requests. */
function withLimits(options: RequestOptions, { apiKey }: FastifyRequest): RequestOptions {
  return { ...options, isStored: options.isStored && apiKey?.limits.isStored !== false }
}

/** Rules of tolerance that this request needed, so that its author can write it as the document has it. */
function tellApplied(reply: FastifyReply, applied: readonly string[]): void {
  if (applied.length === 0) return
  void reply.headers({
    'x-afterimage-compat': applied.join(', '),
    deprecation: 'true',
    link: '</openapi.json>; rel="deprecation"; type="application/json"',
  })
}
