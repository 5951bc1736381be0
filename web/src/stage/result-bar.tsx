import type { Job } from '../../../src/sdk/index.ts'
import { download, takeResult } from '../actions/job-actions.ts'
import { remix } from '../actions/run-job.ts'
import { isDraft } from '../server/is-draft.ts'
import { recallRequest } from '../server/request-memory.ts'
import { Button } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

type ResultBarProps = { job: Job; at: number; onChoose: (at: number) => void; hasInput: boolean }

/** What one does next with a result, and which one if there are several. */
export function ResultBar({ job, at, onChoose, hasInput }: ResultBarProps) {
  const urls = job.result?.urls ?? []
  const url = urls[at]
  return (
    <div className="result-bar" role="toolbar" aria-label="Result">
      {urls.length > 1 &&
        urls.map((address, place) => (
          <Button
            key={address}
            kind="quiet"
            aria-pressed={place === at}
            aria-label={`Result ${place + 1} of ${urls.length}`}
            onClick={() => onChoose(place)}
          >
            {place + 1}
          </Button>
        ))}
      {isDraft(job) && (
        <a
          className="badge"
          href="#/keys"
          title={`The built-in engine stood in; ${job.model ?? 'the model'} was not asked. Enter a provider key to ask it`}
        >
          draft
        </a>
      )}
      {!hasInput && <span className="hint">Made elsewhere: only the result is known here</span>}
      {recallRequest(job.job_id) !== null && (
        <Button
          kind="quiet"
          title="Take the request back, change it and run it again"
          onClick={() => void remix(job.job_id)}
        >
          Remix
        </Button>
      )}
      <Button
        kind="quiet"
        title="Go on from this result with another instruction"
        onClick={() => takeResult(job, at)}
      >
        <Icon name="use" />
        Use as input
      </Button>
      {url !== undefined && (
        <Button onClick={() => download(job, at)}>
          <Icon name="download" />
          Download
        </Button>
      )}
    </div>
  )
}
