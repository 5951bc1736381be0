/** From answers of Topaz Labs' image API to a job, its state, its picture or a verdict. */
import { z } from 'zod'
import type { Reading } from '../../net/upstream/adapter.ts'
import type { Answer } from '../../net/upstream/answer.ts'
import type { PollReading, UpstreamJob } from '../../net/upstream/async-engine.ts'
import type { Verdict } from '../../net/upstream/verdict.ts'
import { costOfCredits } from './prices.ts'

const SUBMITTED = z.object({ process_id: z.string().min(1) })
const STATUS = z.object({
  status: z.string(),
  progress: z.number().nullish(),
  credits: z.number().nonnegative().nullish(),
})
const DOWNLOAD = z.object({ download_url: z.string().min(1).nullish() })
const FAULT = z.object({ message: z.string() })

const MALFORMED: Verdict = { kind: 'bad_response', message: 'the answer has another form than documented' }

/** The status says it all; the sentence helps where a field is at fault. */
export function readTopazVerdict({ json }: Answer): Verdict | null {
  const parsed = FAULT.safeParse(json)
  return parsed.success ? { message: parsed.data.message } : null
}

export function readTopazSubmit({ json }: Answer): { job: UpstreamJob } | { verdict: Verdict } {
  const parsed = SUBMITTED.safeParse(json)
  return parsed.success ? { job: { id: parsed.data.process_id } } : { verdict: MALFORMED }
}

/** @param task what is asked about a job: its status, its file, its end */
export function jobPath(task: 'status' | 'download' | 'cancel', { id }: UpstreamJob): string {
  return `/${task}/${encodeURIComponent(String(id))}`
}

export function readTopazPoll({ json }: Answer, job: UpstreamJob, usdPerCredit: number): PollReading {
  const parsed = STATUS.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { status, progress, credits } = parsed.data
  if (status === 'Completed')
    return {
      state: 'done',
      resultCall: { path: jobPath('download', job) },
      cost: typeof credits === 'number' ? costOfCredits(credits, usdPerCredit) : null,
    }
  if (status === 'Failed') return { verdict: { kind: 'transient', charged: chargedBy(credits) } }
  if (status === 'Cancelled')
    return {
      verdict: {
        kind: 'bad_response',
        charged: chargedBy(credits),
        message: 'the job was cancelled there',
      },
    }
  // Pending, Processing, and words that are new to us: the job is paid for.
  return { state: 'running', status: 'processing', progress: toProgress(progress) }
}

export function readTopazDownload({ json }: Answer): Reading {
  const parsed = DOWNLOAD.safeParse(json)
  if (!parsed.success) return { verdict: MALFORMED }
  const { download_url: url } = parsed.data
  return { images: typeof url === 'string' ? [{ url }] : [], cost: null }
}

/** The job says what it took: 0 credits is evidence that it cost nothing. */
function chargedBy(credits: number | null | undefined): NonNullable<Verdict['charged']> {
  if (typeof credits !== 'number') return 'maybe'
  return credits === 0 ? 'no' : 'yes'
}

function toProgress(
  percent: number | null | undefined,
): { stage: string; percent: number; etaMs: null } | null {
  if (typeof percent !== 'number') return null
  return { stage: 'enhancing', percent: Math.round(Math.min(Math.max(percent, 0), 100)), etaMs: null }
}
