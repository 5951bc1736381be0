/**
 * Hold to see the original: Space while the stage has the focus, and Tab while the pointer is over the stage.
 * With the keyboard alone, Tab goes on to the next control as everywhere.
 */
import { useEffect } from 'react'
import type { RefObject } from 'react'
import { studio } from '../store/studio.ts'

export function useOriginal(element: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let isPointed = false
    const onMove = ({ target, pointerType }: PointerEvent): void => {
      isPointed =
        pointerType === 'mouse' && target instanceof Node && element.current?.contains(target) === true
    }
    const onDown = (event: KeyboardEvent): void => {
      const isTab = event.key === 'Tab' && isPointed && !event.shiftKey && !event.ctrlKey && !event.altKey
      const isSpace =
        event.key === ' ' && document.activeElement === element.current && !studio.get().isMasking
      // A key moved the focus last: whoever does that needs Tab for it.
      if (!isTab && !isSpace) return void (isPointed = event.key === 'Tab' ? false : isPointed)
      event.preventDefault()
      if (!event.repeat) studio.set({ isOriginalHeld: true })
    }
    const onUp = ({ key }: KeyboardEvent): void => {
      if ((key === 'Tab' || key === ' ') && studio.get().isOriginalHeld) studio.set({ isOriginalHeld: false })
    }
    const release = (): void => studio.set({ isOriginalHeld: false })
    addEventListener('pointermove', onMove)
    addEventListener('keydown', onDown)
    addEventListener('keyup', onUp)
    addEventListener('blur', release)
    return () => {
      removeEventListener('pointermove', onMove)
      removeEventListener('keydown', onDown)
      removeEventListener('keyup', onUp)
      removeEventListener('blur', release)
      release()
    }
  }, [element])
}
