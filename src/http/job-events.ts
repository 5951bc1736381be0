/** Waiting for a job: GET /jobs/{id}/events as server-sent events, and GET /jobs/{id}?wait=20. */
import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Job } from '../core/job.ts'
import { isTerminal } from '../core/job.ts'
import type { WatchJob } from '../core/watch-job.ts'
import { renderJob } from '../wire/render.ts'
import { renderingFor } from './rendering.ts'
import { callerSignal } from './caller-signal.ts'
import type { HttpContext } from './context.ts'
import { readId, unknownId } from './identifiers.ts'
import { createOpenCounts } from './open-counts.ts'
import { queryWaitSeconds } from './query.ts'

/** Per API key. */
const MAX_STREAMS = 20
const MAX_WAITS = 100
/** How long a browser pauses before it comes back. */
const RECONNECT_MS = 1000

export type WaitForJob = (request: FastifyRequest, reply: FastifyReply) => Promise<Job>

/**
 * Registers the stream; answers what `GET /jobs/{id}` asks for its job, at once or after `?wait=` seconds.
 * Both end when the server is told to stop, so that they never keep it from stopping.
 */
export function registerJobEvents(app: FastifyInstance, context: HttpContext): WaitForJob {
  const { state, watchJob } = context
  const stopping = new AbortController()
  app.addHook('preClose', async () => stopping.abort())
  const countStream = createOpenCounts(MAX_STREAMS, 'streams of events')
  const countWait = createOpenCounts(MAX_WAITS, 'waiting requests')
  const endOf = (reply: FastifyReply): AbortSignal => AbortSignal.any([callerSignal(reply), stopping.signal])
  const find = async (request: FastifyRequest): Promise<Job> => {
    const job = await state.getJob(readId(request, 'job'), request.accountId)
    if (job === null) throw unknownId('job')
    return job
  }

  app.get('/jobs/:id/events', { exposeHeadRoute: false }, async (request, reply) => {
    const job = await find(request)
    const afterVersion = readLastVersion(request)
    // 204 tells a browser, which would come back for ever, that there is nothing more.
    if (isTerminal(job.status) && job.version <= afterVersion) return reply.code(204).send()
    countStream(request.keyId, reply)
    const { id, accountId } = job
    const jobs = watchJob({ id, accountId, afterVersion, signal: endOf(reply) })
    const rendering = renderingFor(context, request)
    const render = (shown: Job): unknown => renderJob(shown, rendering)
    void reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies of the nginx kind would collect the events until there are enough of them.
      'x-accel-buffering': 'no',
    })
    return reply.send(Readable.from(renderEvents(jobs, render), { highWaterMark: 1 }))
  })

  return async (request, reply) => {
    const seconds = queryWaitSeconds(request)
    const job = await find(request)
    if (seconds === null || isTerminal(job.status)) return job
    countWait(request.keyId, reply)
    const signal = AbortSignal.any([endOf(reply), AbortSignal.timeout(seconds * 1000)])
    await untilEnd(watchJob, job, signal)
    return find(request)
  }
}

async function untilEnd(watchJob: WatchJob, job: Job, signal: AbortSignal): Promise<void> {
  const { id, accountId, version } = job
  for await (const seen of watchJob({ id, accountId, afterVersion: version, signal }))
    if (seen !== null && isTerminal(seen.status)) return
}

/** Events carry no name, so that `onmessage` of a browser gets them. */
async function* renderEvents(
  jobs: AsyncIterable<Job | null>,
  render: (job: Job) => unknown,
): AsyncGenerator<string> {
  yield `retry: ${RECONNECT_MS}\n\n`
  for await (const job of jobs)
    yield job === null ? ': still here\n\n' : `id: ${job.version}\ndata: ${JSON.stringify(render(job))}\n\n`
}

/** What a browser sends when it comes back. Anything else than a version of ours asks for the whole from its start. */
function readLastVersion({ headers }: FastifyRequest): number {
  const text = String(headers['last-event-id'] ?? '')
  return /^\d{1,15}$/u.test(text) ? Number(text) : 0
}
