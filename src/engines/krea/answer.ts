/** From answers of the Krea API, or of another server that speaks it, to a job, progress, images or a verdict. */
import { z } from 'zod'
import { JOB_STATUSES } from '../../core/job.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import { toCost } from '../../net/upstream/cost.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'

const WARNING = z.object({ code: z.string(), path: z.string(), message: z.string() })
const JOB = z.object({
  job_id: z.string().min(1),
  // A word that is new to us is none of an end: the job is paid for.
  status: z.enum(JOB_STATUSES).or(z.string().transform((): 'processing' => 'processing')),
  result: z.object({ urls: z.array(z.string()).optional(), error: z.string().optional() }).nullish(),
  // Krea itself has none of these; another server of ours does.
  error: z.object({ code: z.string(), message: z.string() }).nullish(),
  // What is only told on the side never costs the paid job: in another form it is as if it were not told.
  progress: z
    .object({ stage: z.string(), percent: z.number(), eta_ms: z.number().nullable() })
    .nullish()
    .catch(null),
  cost: z.object({ amount_usd: z.number().nullable() }).nullish().catch(null),
  warnings: z.array(WARNING).nullish(),
})
const FAULT = z.object({
  error: z.string().optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  issues: z.array(z.object({ path: z.union([z.string(), z.array(z.unknown())]).optional() })).optional(),
})

type KreaJob = z.output<typeof JOB>

const UNREADABLE: Verdict = { kind: 'bad_response', message: 'the answer is no job' }

export function readKreaVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  if (!parsed.success) return null
  const { error, message, code, issues = [] } = parsed.data
  const path = issues[0]?.path
  return { message: message ?? error, code, param: Array.isArray(path) ? path.join('.') : path }
}

export function readKreaSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = JOB.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.job_id } } : { verdict: UNREADABLE }
}

export function readKreaPoll({ json }: Answer): PollReading {
  const parsed = JOB.safeParse(json)
  if (!parsed.success) return { verdict: UNREADABLE }
  const job = parsed.data
  if (job.status === 'failed') return { verdict: verdictOf(job) }
  if (job.status === 'cancelled') return { verdict: { kind: 'cancelled', code: 'cancelled' } }
  if (job.status === 'completed') {
    const usd = job.cost?.amount_usd ?? null
    return {
      images: (job.result?.urls ?? []).map((url) => ({ url })),
      cost: usd === null ? null : toCost(usd * 1e6, 'reported'),
      warnings: job.warnings ?? [],
    }
  }
  const { stage = job.status, percent = 0, eta_ms: etaMs = null } = job.progress ?? {}
  return {
    state: 'running',
    status: runningStatusOf(job.status),
    progress: { stage, percent, etaMs },
  }
}

type RunningWord = Exclude<KreaJob['status'], 'completed' | 'failed' | 'cancelled'>

/** Where its preview is told is not documented, so that we have none to show. */
function runningStatusOf(status: RunningWord): 'scheduled' | 'processing' | 'sampling' {
  if (status === 'backlogged' || status === 'queued') return 'scheduled'
  return status === 'intermediate-complete' ? 'sampling' : status
}

/** Krea gives no reason; whether it charged is not documented. */
function verdictOf({ error, result }: KreaJob): Verdict {
  const message = error?.message ?? result?.error
  return { kind: error?.code === 'engine_rejected' ? 'refused' : 'bad_response', code: error?.code, message }
}
