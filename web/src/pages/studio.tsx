import { useEffect } from 'react'
import { recallWork } from '../actions/run-job.ts'
import { track } from '../actions/track-jobs.ts'
import { Dock } from '../dock/dock.tsx'
import { DropTarget } from '../dock/drop-target.tsx'
import { Drawer } from '../drawer/drawer.tsx'
import { Filmstrip } from '../filmstrip/filmstrip.tsx'
import { useJob } from '../server/queries.ts'
import { CompareGrid } from '../stage/compare-grid.tsx'
import { Stage } from '../stage/stage.tsx'
import { WarningList } from '../stage/warning-list.tsx'
import { studio, useStudio } from '../store/studio.ts'

/** The page where one works: history, stage, request, and what lies behind the request. */
export function StudioPage({ jobId }: { jobId: string | null }) {
  const job = useJob(jobId)
  const isComparing = useStudio((state) => state.isComparing)
  const drawer = useStudio((state) => state.drawer)
  // Also after a reload: the address names the job, and the job goes on without this page.
  useEffect(() => {
    if (job.data !== undefined) track(job.data)
  }, [job.data])
  useEffect(() => {
    studio.set({ lastJobId: jobId })
    if (jobId === null) return
    studio.set({ isMasking: false })
    void recallWork(jobId)
  }, [jobId])
  return (
    <div className="studio" data-drawer={drawer !== null}>
      <Filmstrip jobId={jobId} />
      <main id="main" className="work" tabIndex={-1}>
        <h1 className="unseen">Studio</h1>
        {isComparing ? <CompareGrid /> : <Stage jobId={jobId} job={job.data ?? null} error={job.error} />}
        {job.data?.status === 'completed' && !isComparing && <WarningList job={job.data} />}
        <Dock job={job.data ?? null} />
      </main>
      {drawer !== null && <Drawer tab={drawer} job={job.data ?? null} />}
      <DropTarget />
    </div>
  )
}
