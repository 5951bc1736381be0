import type { Job } from '../../../src/sdk/index.ts'

const STAGES: Readonly<Record<string, string>> = {
  backlogged: 'Waiting: other jobs of yours are running',
  queued: 'Waiting',
  scheduled: 'Starting',
  processing: 'Working',
  sampling: 'Working',
  'intermediate-complete': 'Almost done',
}

/** How far the job is, over the stage. Announced by the page's live region, not by itself. */
export function Progress({ job }: { job: Job }) {
  const percent = job.progress?.percent ?? null
  const stage = STAGES[job.status] ?? 'Working'
  const eta = job.progress?.eta_ms ?? null
  return (
    <div className="progress" data-status={job.status}>
      <span>
        {stage}
        {percent !== null && ` · ${Math.round(percent)} %`}
        {eta !== null && ` · about ${Math.max(1, Math.round(eta / 1000))} s`}
      </span>
      <progress aria-label={stage} max={100} {...(percent === null ? {} : { value: percent })} />
    </div>
  )
}
