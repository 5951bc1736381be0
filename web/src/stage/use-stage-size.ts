import { useEffect, useState } from 'react'
import type { RefObject } from 'react'
import type { Size } from './view.ts'

/** The size of an element in CSS pixels, followed. */
export function useStageSize(element: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 1, height: 1 })
  useEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const observer = new ResizeObserver(() =>
      setSize({ width: Math.max(1, current.clientWidth), height: Math.max(1, current.clientHeight) }),
    )
    observer.observe(current)
    return () => observer.disconnect()
  }, [element])
  return size
}
