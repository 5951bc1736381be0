/** /jobs: look, wait, list, cancel, delete. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Job } from '../core/job.ts'
import { renderJob } from '../wire/render.ts'
import type { HttpContext } from './context.ts'
import { readId, unknownId } from './identifiers.ts'
import { registerJobEvents } from './job-events.ts'
import { createJobTexts } from './job-texts.ts'
import { toPage } from './page.ts'
import { readJobListQuery } from './query.ts'
import { renderingFor } from './rendering.ts'

export function registerJobs(app: FastifyInstance, context: HttpContext): void {
  const render = (job: Job, request: FastifyRequest): unknown =>
    renderJob(job, renderingFor(context, request))

  app.get('/jobs', async (request) => {
    const query = readJobListQuery(request)
    const { accountId } = request
    return toPage(query.limit, {
      load: (limit) => context.state.listJobs({ ...query, accountId, limit }),
      render: (job) => render(job, request),
    })
  })
  const findOrWait = registerJobEvents(app, context)
  const toText = createJobTexts()
  app.get('/jobs/:id', async (request, reply) => {
    const job = await findOrWait(request, reply)
    void reply.type('application/json; charset=utf-8')
    return toText(job, renderingFor(context, request))
  })
  app.post('/jobs/:id/cancel', async (request) => {
    const job = await context.cancelJob(readId(request, 'job'), request.accountId)
    if (job === null) throw unknownId('job')
    return render(job, request)
  })
  app.delete('/jobs/:id', async (request) => {
    const id = readId(request, 'job')
    const outcome = await context.deleteJob(id, request.accountId)
    if (outcome === null) throw unknownId('job')
    if (outcome.kind === 'cancelled') return render(outcome.job, request)
    return { success: true, job_id: id, message: 'The job and its results were deleted.' }
  })
}
