/// <reference lib="dom" />
/** How smoothly the page moves. */
import type { Page } from 'playwright-core'

/** Drags the picture on the stage in a curve; milliseconds between the frames that were painted, shortest first. */
export function panFrames(page: Page, frames: number): Promise<number[]> {
  return page.locator('.viewer').evaluate(async (viewer, count) => {
    const box = viewer.getBoundingClientRect()
    const send = (type: string, at: number): boolean =>
      viewer.dispatchEvent(
        new PointerEvent(type, {
          pointerId: 1,
          bubbles: true,
          clientX: box.left + 60 + 100 * Math.sin(at / 9),
          clientY: box.top + 200 + 60 * Math.cos(at / 7),
        }),
      )
    // This pointer is no real one, so it cannot be captured.
    viewer.setPointerCapture = () => undefined
    const gaps: number[] = []
    send('pointerdown', 0)
    let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
    for (let frame = 1; frame <= count; frame += 1) {
      send('pointermove', frame)
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      gaps.push(now - last)
      last = now
    }
    send('pointerup', count)
    return gaps.sort((a, b) => a - b)
  }, frames)
}

/** Sum of the layout shifts since the page began, as browsers count them; half a second is waited for late ones. */
export function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 500)
      }),
  )
}
