import type { Job } from '../../../src/sdk/index.ts'
import { actionNamed } from '../actions/registry.ts'
import { shortcutText } from '../actions/shortcuts.ts'
import { cancelJob } from '../actions/run-job.ts'
import { readinessOf } from '../server/models.ts'
import { isEnded } from '../server/is-ended.ts'
import { useModel } from '../server/queries.ts'
import type { Reference } from '../store/studio.ts'
import { useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { explain } from '../ui/ready-badge.tsx'
import { costText, useEstimate } from './use-estimate.ts'

/** Run, with its price beside it; while the job on the stage goes on, Cancel. */
export function RunButton({ job }: { job: Job | null }) {
  const isSubmitting = useStudio((state) => state.isSubmitting)
  const isUploading = useStudio((state) => state.references.some(isOnItsWay))
  const modelId = useStudio((state) => state.modelId)
  const model = useModel(modelId).data
  const estimate = useEstimate()
  const isRunning = job !== null && !isEnded(job.status)
  const run = actionNamed('run')
  // Cancel stands where Run stood: the second half of a double click on Run is not meant for it.
  const cancel = (event: React.MouseEvent): void => {
    if (event.detail < 2 && job !== null) void cancelJob(job.job_id)
  }
  return (
    <div className="run">
      <span className="cost" title={model === undefined ? undefined : explain(model)}>
        {model !== undefined && readinessOf(model) === 'missing' ? (
          <strong>needs {model.set_to_enable[0] ?? 'an engine'}</strong>
        ) : (
          costText(estimate, model)
        )}
      </span>
      {isRunning ? (
        <Button className="large" onClick={cancel}>
          Cancel
        </Button>
      ) : (
        <Button
          kind="primary"
          className="large"
          aria-busy={isSubmitting}
          aria-disabled={isSubmitting}
          title={`Run (${shortcutText('Mod+Enter')})`}
          onClick={run.run}
        >
          {isSubmitting ? (isUploading ? 'Uploading…' : 'Sending…') : 'Run'}
          <kbd className="wide-only" aria-hidden="true">
            {shortcutText('Mod+Enter')}
          </kbd>
        </Button>
      )}
    </div>
  )
}

function isOnItsWay({ state }: Reference): boolean {
  return state === 'uploading'
}
