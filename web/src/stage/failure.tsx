import type { Job } from '../../../src/sdk/index.ts'
import { rerun } from '../actions/run-job.ts'
import { jobFault } from '../server/faults.ts'
import { recallRequest } from '../server/request-memory.ts'
import { navigate } from '../store/router.ts'
import { studio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/** How a job ended that has no result, and the ways on. Above the picture, which stays in sight. */
export function Failure({ job }: { job: Job }) {
  const isCancelled = job.status === 'cancelled'
  const title = isCancelled ? 'Cancelled' : 'This did not work'
  return (
    <div className="card failure" data-status={job.status} role="group" aria-label={title}>
      <strong>{title}</strong>
      {!isCancelled && <p>{jobFault(job)}</p>}
      <div className="ways">
        {job.error?.code === 'engine_not_configured' && (
          <Button kind="primary" onClick={() => navigate({ page: 'keys' })}>
            Enter a key
          </Button>
        )}
        {recallRequest(job.job_id) !== null && (
          <Button onClick={() => void rerun(job.job_id)}>Try again</Button>
        )}
        <Button kind="quiet" onClick={() => studio.set({ drawer: 'trace' })}>
          Trace
        </Button>
      </div>
    </div>
  )
}
