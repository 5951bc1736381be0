/** Wheel, pinch, drag and arrow keys move the view of every pane at once. */
import { useEffect, useRef } from 'react'
import type { RefObject } from 'react'
import { studio } from '../store/studio.ts'
import type { Point, Size } from './view.ts'
import { pan, zoomAt } from './view.ts'

type Options = {
  frame: Size
  /** Size of one pane. */
  stage: Size
  isMasking: boolean
  /** From a point of the element to one of the pane that it lies in. */
  toPane?: (point: Point) => Point
}

const WHEEL_ZOOM = 0.0018
const ARROW_PIXELS = 48
const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: { x: ARROW_PIXELS, y: 0 },
  ArrowRight: { x: -ARROW_PIXELS, y: 0 },
  ArrowUp: { x: 0, y: ARROW_PIXELS },
  ArrowDown: { x: 0, y: -ARROW_PIXELS },
}

export function useGestures(element: RefObject<HTMLElement | null>, options: Options): void {
  // The listeners live as long as the element; what they need changes with every size.
  const latest = useRef(options)
  latest.current = options
  useEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const stop = new AbortController()
    const { signal } = stop
    const pointers = new Map<number, Point>()
    const move = (by: Point): void => studio.set(({ view }) => ({ view: pan(view, by, latest.current) }))
    const zoom = (factor: number, at: Point): void =>
      studio.set(({ view }) => ({
        view: zoomAt(view, factor, { ...latest.current, at: latest.current.toPane?.(at) ?? at }),
      }))

    const onWheel = (event: WheelEvent): void => {
      event.preventDefault()
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1
      // Two fingers on a pad scroll in two directions; a wheel has one, and zooms.
      if (event.deltaX !== 0 && !event.ctrlKey) return move({ x: -event.deltaX, y: -event.deltaY })
      const speed = event.ctrlKey ? 4 : 1
      zoom(Math.exp(-event.deltaY * lines * WHEEL_ZOOM * speed), pointIn(current, event))
    }
    const onDown = (event: PointerEvent): void => {
      const isPainting = latest.current.isMasking && event.button === 0 && pointers.size === 0
      if (isPainting || (event.target instanceof Element && event.target.closest('[role=slider]') !== null))
        return
      pointers.set(event.pointerId, pointIn(current, event))
      current.setPointerCapture(event.pointerId)
    }
    const onMove = (event: PointerEvent): void => {
      const before = pointers.get(event.pointerId)
      if (before === undefined) return
      const after = pointIn(current, event)
      const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1]
      pointers.set(event.pointerId, after)
      if (other === undefined) return move({ x: after.x - before.x, y: after.y - before.y })
      const middle = { x: (after.x + other.x) / 2, y: (after.y + other.y) / 2 }
      zoom(distance(after, other) / Math.max(1, distance(before, other)), middle)
      move({ x: (after.x - before.x) / 2, y: (after.y - before.y) / 2 })
    }
    const onUp = ({ pointerId }: PointerEvent): void => void pointers.delete(pointerId)
    const onKey = (event: KeyboardEvent): void => {
      const arrow = ARROWS[event.key]
      if (arrow === undefined || event.target !== current || latest.current.isMasking) return
      event.preventDefault()
      move(arrow)
    }
    current.addEventListener('wheel', onWheel, { signal, passive: false })
    current.addEventListener('pointerdown', onDown, { signal })
    current.addEventListener('pointermove', onMove, { signal })
    current.addEventListener('pointerup', onUp, { signal })
    current.addEventListener('pointercancel', onUp, { signal })
    current.addEventListener('keydown', onKey, { signal })
    current.addEventListener('dblclick', (event) => zoom(2, pointIn(current, event)), { signal })
    return () => stop.abort()
  }, [element])
}

export function pointIn(
  element: HTMLElement,
  { clientX, clientY }: { clientX: number; clientY: number },
): Point {
  const box = element.getBoundingClientRect()
  return { x: clientX - box.left, y: clientY - box.top }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}
