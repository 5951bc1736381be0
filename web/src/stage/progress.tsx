import { useEffect, useState } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import { useJobs, useKnownJobs } from '../server/queries.ts'
import { useStudio } from '../store/studio.ts'
import { waitingText } from './waiting-text.ts'

const STAGES: Readonly<Record<string, string>> = {
  scheduled: 'Starting',
  processing: 'Working',
  sampling: 'Working',
  'intermediate-complete': 'Working',
}
/** Of the built-in engine, in words; other engines have their own and stay as they are. */
const STEPS: Readonly<Record<string, string>> = {
  starting: 'Starting',
  decode: 'Reading the picture',
  edit: 'Changing the picture',
  upscale: 'Enlarging',
  encode: 'Writing the result',
}

/** How far the job is, at the top of the stage and clear of the picture. Announced by the page, not by itself. */
export function Progress({ job }: { job: Job }) {
  const percent = job.progress?.percent ?? null
  const step = job.status === 'processing' ? STEPS[job.progress?.stage ?? ''] : undefined
  const known = useKnownJobs(useStudio(({ running }) => running))
  const listed = useJobs().data?.pages.flatMap(({ items }) => items) ?? []
  // The list is up to a quarter of a minute old; what is followed is not.
  const jobs = [...known, ...listed.filter(({ job_id: id }) => !known.some((one) => one.job_id === id))]
  const isWaiting = job.status === 'backlogged' || job.status === 'queued'
  const stage = isWaiting ? waitingText(job, jobs) : (step ?? STAGES[job.status] ?? 'Working')
  return (
    <div className="progress" data-status={job.status}>
      <span className="progress-text">
        <span>{stage}</span>
        <span>
          {percent !== null && percent > 0 && `${Math.round(percent)} % · `}
          <Elapsed since={job.created_at} />
          {leftText(job)}
        </span>
      </span>
      <progress aria-label={stage} max={100} {...(percent === null ? {} : { value: percent })} />
    </div>
  )
}

/** An estimate is worth saying from some seconds on; before that it changes with every look. */
const WORTH_SAYING_MS = 2500

function leftText({ progress }: Job): string {
  const left = progress?.eta_ms ?? 0
  return left < WORTH_SAYING_MS ? '' : ` · ${Math.round(left / 1000)} s left`
}

function Elapsed({ since }: { since: string }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  // The clocks of server and browser may differ; nothing has run for less than no time.
  return <>{Math.max(0, Math.round((now - Date.parse(since)) / 1000))} s</>
}
