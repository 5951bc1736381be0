import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import { track } from '../actions/track-jobs.ts'
import { isEnded } from '../server/is-ended.ts'
import { keepJob, queries, useJobs } from '../server/queries.ts'
import { hasRequests } from '../server/request-memory.ts'
import { FIT } from '../stage/view.ts'
import { announce, studio, useStudio } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { Frame } from './frame.tsx'
import { LineageLines } from './lineage-lines.tsx'
import { bondsOf } from './lineage.ts'
import { useIsWide } from './use-is-wide.ts'

/** From one frame to the next, upright beside the stage and lying below it. */
const STEP = { vertical: 88, horizontal: 72 }
/** Before the end of what is loaded is in sight, the next page is asked for. */
const AHEAD = 8

/** Every job of the account, newest first; only what is in sight is in the page. */
export function Filmstrip({ jobId }: { jobId: string | null }) {
  const jobs = useJobs()
  const hidden = useStudio((state) => state.hidden)
  const isSelecting = useStudio((state) => state.isSelecting)
  const pages = jobs.data?.pages
  const list = useMemo(
    () => (pages?.flatMap(({ items }) => items) ?? []).filter(({ job_id: id }) => !hidden.includes(id)),
    [pages, hidden],
  )
  const isEmpty = jobs.data === undefined ? !hasRequests() : list.length === 0
  const scroller = useRef<HTMLDivElement>(null)
  const isVertical = useIsWide()
  const step = isVertical ? STEP.vertical : STEP.horizontal
  const strip = useVirtualizer({
    count: list.length,
    horizontal: !isVertical,
    getScrollElement: () => scroller.current,
    estimateSize: () => step,
    overscan: 4,
  })
  const items = strip.getVirtualItems()
  const bonds = useMemo(() => bondsOf(list, jobId), [list, jobId])
  const lastShown = items.at(-1)?.index ?? 0
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = jobs
  // A turned tablet changes the size of every frame; the list keeps the old one unless it is told.
  useLayoutEffect(() => strip.measure(), [strip, step])
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && lastShown >= list.length - AHEAD) void fetchNextPage()
  }, [lastShown, list.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  useFollow(list)
  return (
    <nav className="filmstrip" aria-label="History" data-empty={isEmpty}>
      {isEmpty && <p className="hint">Your results will stand here.</p>}
      <Choice count={list.length} isSelecting={isSelecting} />
      <div ref={scroller} className="frames">
        <ul style={isVertical ? { height: strip.getTotalSize() } : { width: strip.getTotalSize() }}>
          <LineageLines bonds={bonds} isVertical={isVertical} step={step} />
          {items.map(({ key, index, start }) => {
            const job = list[index]
            if (job === undefined) return null
            const place = isVertical ? { top: start } : { left: start }
            return (
              <li key={key} style={place}>
                <Frame
                  job={job}
                  isCurrent={job.job_id === jobId}
                  isRelative={bonds.some(({ child, parent }) => child === index || parent === index)}
                  isSelecting={isSelecting}
                />
              </li>
            )
          })}
        </ul>
      </div>
    </nav>
  )
}

/** Jobs of another tab or another program show their progress here too. */
function useFollow(list: readonly Job[]): void {
  useEffect(() => {
    for (const job of list) {
      const known = queries.getQueryData<Job>(['job', job.job_id])
      if (known !== undefined && isEnded(known.status)) continue
      if (isEnded(job.status)) keepJob(job)
      else track(job)
    }
  }, [list])
}

function Choice({ count, isSelecting }: { count: number; isSelecting: boolean }) {
  const selection = useStudio((state) => state.selection)
  if (count < 2) return null
  if (!isSelecting)
    return (
      <Button
        kind="quiet"
        className="choose"
        onClick={() => studio.set({ isSelecting: true, selection: [] })}
      >
        Compare
      </Button>
    )
  const isEnough = selection.length >= 2
  return (
    <div className="choose">
      <Button kind="primary" disabled={!isEnough} onClick={() => compare(selection.length)}>
        {isEnough ? `Show ${selection.length}` : 'Pick 2–6'}
      </Button>
      <Button
        kind="quiet"
        onClick={() => studio.set({ isSelecting: false, selection: [], isComparing: false })}
      >
        Cancel
      </Button>
    </div>
  )
}

function compare(count: number): void {
  studio.set({ isComparing: true, isSelecting: false, view: FIT })
  announce(`${count} results side by side.`)
}
