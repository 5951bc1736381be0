import { useEffect, useRef } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import { isDraft } from '../server/is-draft.ts'
import { useJob } from '../server/queries.ts'
import { recallRequest } from '../server/request-memory.ts'
import { studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { placeOfOriginal } from './align.ts'
import { paint } from './paint.ts'
import { useGestures } from './use-gestures.ts'
import { useOriginal } from './use-original.ts'
import { usePicture } from './use-picture.ts'
import { useStageSize } from './use-stage-size.ts'

/** Two to six results under one zoom and pan. */
export function CompareGrid() {
  const selection = useStudio((state) => state.selection)
  const leave = (): void => studio.set({ isComparing: false, selection: [] })
  return (
    <section
      className="stage grid"
      aria-label={`Comparison of ${selection.length} results`}
      data-count={selection.length}
    >
      <div className="panes">
        {selection.map((id) => (
          <Pane key={id} jobId={id} />
        ))}
      </div>
      <div className="pill" role="toolbar" aria-label="Comparison">
        <span>All panes zoom and move together</span>
        <Button kind="primary" onClick={leave}>
          Done
        </Button>
      </div>
    </section>
  )
}

function Pane({ jobId }: { jobId: string }) {
  const job = useJob(jobId).data
  const request = recallRequest(jobId)
  const element = useRef<HTMLDivElement>(null)
  const canvas = useRef<HTMLCanvasElement>(null)
  const stage = useStageSize(element)
  const view = useStudio((state) => state.view)
  const isHeld = useStudio((state) => state.isOriginalHeld)
  const output = usePicture(job?.result?.urls?.[0] ?? null).picture
  const input = usePicture(isHeld ? (request?.sources[0]?.url ?? null) : null).picture
  const frame = output ?? { width: 1, height: 1 }
  useGestures(element, { frame, stage, isMasking: false })
  useOriginal(element)
  useEffect(() => {
    const frameRequest = requestAnimationFrame(() => {
      const context = canvas.current?.getContext('2d')
      if (context === null || context === undefined) return
      context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
      const scene = {
        input,
        output,
        heat: null,
        frame,
        original:
          input === null
            ? { left: 0, top: 0, ...frame }
            : placeOfOriginal(job?.geometry ?? null, input, frame),
        view,
        mode: 'hover',
        split: 0,
        isOriginalShown: isHeld,
      } as const
      paint(context, scene, stage)
    })
    return () => cancelAnimationFrame(frameRequest)
  })
  return (
    <figure>
      <div
        ref={element}
        className="viewer"
        tabIndex={0}
        role="application"
        aria-roledescription="picture viewer"
        aria-label={captionOf(job, request?.prompt)}
      >
        <canvas
          ref={canvas}
          width={Math.round(stage.width * devicePixelRatio)}
          height={Math.round(stage.height * devicePixelRatio)}
        />
      </div>
      <figcaption>{captionOf(job, request?.prompt)}</figcaption>
    </figure>
  )
}

function captionOf(job: Job | undefined, prompt: string | undefined): string {
  const draft = job !== undefined && isDraft(job) ? 'draft' : ''
  return [prompt ?? '', job?.model ?? 'Job', draft].filter(Boolean).join(' · ')
}
