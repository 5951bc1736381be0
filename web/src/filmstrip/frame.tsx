import { DropdownMenu } from 'radix-ui'
import type { Job } from '../../../src/sdk/index.ts'
import { deleteJob, download, MAX_COMPARED, takeResult, toggleSelected } from '../actions/job-actions.ts'
import { cancelJob, remix, rerun } from '../actions/run-job.ts'
import { isDraft } from '../server/is-draft.ts'
import { isEnded } from '../server/is-ended.ts'
import { useJob } from '../server/queries.ts'
import { recallRequest } from '../server/request-memory.ts'
import { FIT } from '../stage/view.ts'
import { navigate } from '../store/router.ts'
import { studio, useStudio } from '../store/studio.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

type FrameProps = {
  job: Job
  isCurrent: boolean
  /** A parent or a child of the one that is shown. */
  isRelative: boolean
  isSelecting: boolean
}

/** One job of the history. */
export function Frame({ job: listed, isCurrent, isRelative, isSelecting }: FrameProps) {
  // What follows a running job writes here, long before the list is loaded again.
  const job = useJob(listed.job_id).data ?? listed
  const { job_id: id } = job
  const isSelected = useStudio(
    ({ selection, isComparing }) => (isSelecting || isComparing) && selection.includes(id),
  )
  const url = job.result?.urls?.[0]
  const isChild = (job.parent_job_id ?? null) !== null
  const isChoosable = isSelecting && url !== undefined
  const onClick = (): void => {
    if (isChoosable) return toggleSelected(id)
    studio.set({ view: FIT, isComparing: false })
    navigate({ page: 'studio', jobId: id })
  }
  return (
    <div
      className="frame"
      data-status={job.status}
      data-current={isCurrent}
      data-relative={isRelative}
      data-selected={isSelected}
    >
      <button
        type="button"
        aria-label={describe(job)}
        aria-current={isCurrent ? 'true' : undefined}
        title={isChoosable ? `Up to ${MAX_COMPARED}` : describe(job)}
        {...(isChoosable ? { 'aria-pressed': isSelected } : {})}
        onClick={onClick}
      >
        {url !== undefined && <img src={url} alt="" loading="lazy" decoding="async" />}
        {!isEnded(job.status) && <span className="spinner" />}
        {job.status === 'failed' && <Icon name="warning" />}
        {job.status === 'cancelled' && <Icon name="close" />}
        {isSelected && <span className="tick">✓</span>}
      </button>
      {isChild && !isSelected && (
        <span className="lineage" title="Made from an earlier result">
          ↳
        </span>
      )}
      {!isSelecting && <FrameMenu job={job} url={url} />}
    </div>
  )
}

function FrameMenu({ job, url }: { job: Job; url: string | undefined }) {
  const { job_id: id } = job
  const isKnown = recallRequest(id) !== null
  const parent = job.parent_job_id ?? null
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>
        <IconButton label={`More for ${describe(job)}`} icon="more" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="menu" align="start" sideOffset={4} collisionPadding={8}>
          <DropdownMenu.Item disabled={!isKnown} onSelect={() => void remix(id)}>
            Remix
          </DropdownMenu.Item>
          <DropdownMenu.Item disabled={!isKnown} onSelect={() => void rerun(id)}>
            Run again
          </DropdownMenu.Item>
          <DropdownMenu.Item disabled={url === undefined} onSelect={() => takeResult(job)}>
            Use as input
          </DropdownMenu.Item>
          <DropdownMenu.Item disabled={url === undefined} onSelect={() => download(job)}>
            Download
          </DropdownMenu.Item>
          {parent !== null && (
            <DropdownMenu.Item onSelect={() => navigate({ page: 'studio', jobId: parent })}>
              Show what it was made from
            </DropdownMenu.Item>
          )}
          <DropdownMenu.Separator />
          {isEnded(job.status) ? (
            <DropdownMenu.Item onSelect={() => deleteJob(id)}>Delete</DropdownMenu.Item>
          ) : (
            <DropdownMenu.Item onSelect={() => void cancelJob(id)}>Cancel</DropdownMenu.Item>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}

function describe(job: Job): string {
  const prompt = recallRequest(job.job_id)?.prompt ?? ''
  const time = new Date(job.created_at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
  const model = [job.model ?? 'Job', isDraft(job) ? '(draft)' : ''].filter(Boolean).join(' ')
  return [model, prompt.slice(0, 60), job.status, time].filter(Boolean).join(', ')
}
