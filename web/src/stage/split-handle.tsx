import { useRef } from 'react'
import { studio, useStudio } from '../store/studio.ts'

const STEP = 0.02
const PAGE = 0.1
const KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -STEP,
  ArrowDown: -STEP,
  ArrowRight: STEP,
  ArrowUp: STEP,
  PageDown: -PAGE,
  PageUp: PAGE,
  Home: -1,
  End: 1,
}

/**
 * The edge between the original and the result: dragged, or moved with the keys of any slider.
 * @param props `span` is what is seen of the pictures, in pixels of the stage: from all result to all original
 */
export function SplitHandle({ span }: { span: { left: number; width: number } }) {
  const split = useStudio((state) => state.split)
  const element = useRef<HTMLDivElement>(null)
  const move = (place: number): void => studio.set({ split: Math.min(1, Math.max(0, place)) })
  const onPointerMove = (event: React.PointerEvent): void => {
    const { current } = element
    if (current === null || !current.hasPointerCapture(event.pointerId)) return
    const left = current.parentElement?.getBoundingClientRect().left ?? 0
    move((event.clientX - left - span.left) / span.width)
  }
  return (
    <div
      ref={element}
      className="split"
      role="slider"
      tabIndex={0}
      aria-label="Edge between original and result"
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(split * 100)}
      aria-valuetext={`${Math.round(split * 100)} percent original`}
      style={{ left: Math.round(span.left + span.width * split) }}
      onPointerDown={(event) => {
        event.preventDefault()
        event.currentTarget.focus()
        event.currentTarget.setPointerCapture(event.pointerId)
      }}
      onPointerMove={onPointerMove}
      onKeyDown={(event) => {
        const by = KEYS[event.key]
        if (by === undefined) return
        event.preventDefault()
        move(split + by)
      }}
    >
      <span aria-hidden="true" />
    </div>
  )
}
