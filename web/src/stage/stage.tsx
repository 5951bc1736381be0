import type { Job } from '../../../src/sdk/index.ts'
import { useState } from 'react'
import { faultText } from '../server/faults.ts'
import { isEnded } from '../server/is-ended.ts'
import { isUnknown } from '../server/queries.ts'
import { recallRequest } from '../server/request-memory.ts'
import { navigate } from '../store/router.ts'
import { useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { EmptyStage } from './empty-stage.tsx'
import { Failure } from './failure.tsx'
import { MaskPill } from './mask/mask-pill.tsx'
import { Progress } from './progress.tsx'
import { ResultBar } from './result-bar.tsx'
import { StageTools } from './stage-tools.tsx'
import { usePicture } from './use-picture.ts'
import { usePreview } from './use-preview.ts'
import { Viewer } from './viewer.tsx'

type StageProps = { jobId: string | null; job: Job | null; error: unknown }

/** The picture in the middle: nothing yet, an input, or an input with its result. */
export function Stage({ jobId, job, error }: StageProps) {
  const [output, setOutput] = useState({ jobId, at: 0 })
  const at = output.jobId === jobId ? output.at : 0
  const first = useStudio((state) => state.references[0])
  const isMasking = useStudio((state) => state.isMasking)
  const inputUrl =
    jobId === null ? (first?.preview ?? first?.url ?? null) : (recallRequest(jobId)?.sources[0]?.url ?? null)
  const outputUrl = job?.status === 'completed' ? (job.result?.urls?.[at] ?? null) : null
  const input = usePicture(inputUrl)
  const result = usePicture(outputUrl)
  const isRunning = job !== null && !isEnded(job.status)
  const preview = usePreview(job, input.picture)
  // Until its result can be painted.
  const isPreview = preview !== null && result.picture === null && (isRunning || outputUrl !== null)
  const shown = isPreview ? preview : result.picture
  const hasPicture = input.picture !== null || shown !== null
  if (jobId === null && first === undefined) return <EmptyStage />
  return (
    <section className="stage" aria-label="Stage">
      {hasPicture ? (
        <Viewer input={input.picture} output={shown} geometry={job?.geometry ?? null} isPreview={isPreview} />
      ) : (
        <StageMessage jobId={jobId} text={messageFor({ error, job, faults: [input.fault, result.fault] })} />
      )}
      {isRunning && <Progress job={job} />}
      {job !== null && isEnded(job.status) && job.status !== 'completed' && <Failure job={job} />}
      {result.fault !== null && input.picture !== null && <p className="stage-fault fault">{result.fault}</p>}
      {isMasking && jobId === null ? (
        <MaskPill />
      ) : (
        hasPicture && <StageTools hasPair={input.picture !== null && result.picture !== null} />
      )}
      {job?.status === 'completed' && (
        <ResultBar
          job={job}
          at={at}
          onChoose={(next) => setOutput({ jobId, at: next })}
          hasInput={input.picture !== null}
        />
      )}
    </section>
  )
}

function StageMessage({ text, jobId }: { text: string | null; jobId: string | null }) {
  return (
    <div className="stage-message" aria-busy={text === null}>
      {text !== null && (
        <div>
          <p>{text}</p>
          {jobId !== null && (
            <Button onClick={() => navigate({ page: 'studio', jobId: null })}>Leave this job</Button>
          )}
        </div>
      )}
    </div>
  )
}

function messageFor({
  error,
  job,
  faults,
}: {
  error: unknown
  job: Job | null
  faults: (string | null)[]
}): string | null {
  if (isUnknown(error)) return 'This job does not exist here: it was deleted, or belongs to another account.'
  if (error !== null && job === null) return faultText(error)
  return faults.find((fault) => fault !== null) ?? null
}
