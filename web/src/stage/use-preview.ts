import { useEffect, useRef, useState } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import type { Picture } from './picture.ts'
import { closePicture, loadPicture } from './picture.ts'
import type { Size } from './view.ts'

type Shown = { jobId: string; picture: Picture }
type Wanted = { jobId: string; url: string }

/** Longest side of a preview on the stage where there is no input to be as large as. */
const LONGEST_SIDE = 1024

/**
 * The newest preview of a job that has arrived, as large as its input. It stays while the next one loads, and after the
 * end of the job, so that the stage never falls back to the input in between. Null: there was none.
 */
export function usePreview(job: Job | null, input: Size | null): Picture | null {
  const [shown, setShown] = useState<Shown | null>(null)
  const isLoading = useRef(false)
  const wanted = useRef<Wanted | null>(null)
  const jobId = job?.job_id ?? null
  const shownJob = useRef<string | null>(null)
  const url = job?.preview?.url ?? null
  useEffect(() => {
    if (jobId === null || url === null) return
    wanted.current = { jobId, url }
    // One at a time, or on a slow line they would take every connection, and a click on Cancel would wait behind them.
    // None is aborted for the next: where each takes longer than the time between two, none would ever be seen.
    const loadNewest = (): void => {
      const next = wanted.current
      wanted.current = null
      isLoading.current = next !== null
      if (next === null) return
      loadPicture(next.url, new AbortController().signal)
        .then(
          (picture) =>
            next.jobId === shownJob.current
              ? setShown({ jobId: next.jobId, picture })
              : closePicture(picture),
          // There is a newer one, or the job has ended: its address is gone.
          () => undefined,
        )
        .finally(loadNewest)
    }
    if (!isLoading.current) loadNewest()
  }, [jobId, url])
  useEffect(() => {
    // Painted once more before React takes it down; freed right after.
    return () => {
      if (shown !== null) setTimeout(() => closePicture(shown.picture))
    }
  }, [shown])
  useEffect(() => {
    shownJob.current = jobId
    return () => {
      shownJob.current = null
      wanted.current = null
      setShown(null)
    }
  }, [jobId])
  if (shown === null || shown.jobId !== jobId) return null
  return enlarge(shown.picture, input)
}

/** Engines show a small picture of the large one that they make; the stage must not jump between the two. */
function enlarge(picture: Picture, input: Size | null): Picture {
  const { width, height } = picture
  const factor =
    input === null
      ? LONGEST_SIDE / Math.max(width, height)
      : Math.min(input.width / width, input.height / height)
  const scale = Math.max(1, factor)
  return { ...picture, width: width * scale, height: height * scale }
}
