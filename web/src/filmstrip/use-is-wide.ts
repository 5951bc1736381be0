import { useSyncExternalStore } from 'react'

/** From here on the history stands at the side; below it lies under the stage. The styles use the same width. */
const WIDE = '(min-width: 768px)'

export function useIsWide(): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const query = matchMedia(WIDE)
      query.addEventListener('change', onChange)
      return () => query.removeEventListener('change', onChange)
    },
    () => matchMedia(WIDE).matches,
  )
}
