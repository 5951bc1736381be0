/** From answers of sd-server's native jobs to a job, images or a verdict. */
import { z } from 'zod'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const JOB = z.object({
  id: z.string().min(1),
  status: z.enum(['queued', 'generating', 'completed', 'failed', 'cancelled']),
  queue_position: z.number().nullish(),
  result: z.object({ images: z.array(z.object({ b64_json: z.string().min(1) })) }).nullish(),
  error: z.object({ code: z.string().optional(), message: z.string().optional() }).nullish(),
})
const FAULT = z.object({ error: z.string() })

const UNREADABLE: Verdict = { kind: 'bad_response', message: 'the answer is no job' }

export function readSdcppVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  return parsed.success ? { message: parsed.data.error } : null
}

export function readSdcppSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = JOB.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.id } } : { verdict: UNREADABLE }
}

export function readSdcppPoll({ json }: Answer): PollReading {
  const parsed = JOB.safeParse(json)
  if (!parsed.success) return { verdict: UNREADABLE }
  const { status, queue_position: position, result, error } = parsed.data
  if (status === 'completed')
    return { images: (result?.images ?? []).map(({ b64_json }) => ({ base64: b64_json })), cost: null }
  if (status === 'failed')
    return { verdict: { kind: 'bad_response', code: error?.code, message: error?.message } }
  if (status === 'cancelled') return { verdict: { kind: 'cancelled', code: error?.code } }
  // The server tells no percentage, only a place in its queue.
  const stage = status === 'queued' ? `queued, ${position ?? 0} before` : 'generating'
  return {
    state: 'running',
    status: status === 'queued' ? 'scheduled' : 'sampling',
    progress: { stage, percent: 0, etaMs: null },
  }
}
