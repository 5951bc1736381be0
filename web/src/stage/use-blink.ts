import { useEffect, useState } from 'react'

const BLINK_MS = 700
/** Slow enough to be no flashing for whoever asked for less motion. */
const CALM_MS = 2000

/** True while it is the original's turn. */
export function useBlink(isOn: boolean): boolean {
  const [isOriginal, setIsOriginal] = useState(false)
  useEffect(() => {
    setIsOriginal(false)
    if (!isOn) return undefined
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches
    const timer = setInterval(() => setIsOriginal((before) => !before), isCalm ? CALM_MS : BLINK_MS)
    return () => clearInterval(timer)
  }, [isOn])
  return isOriginal
}
