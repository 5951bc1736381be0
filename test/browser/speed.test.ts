/** Large pictures stay smooth, and the page does not jump while it loads. Figures are told as diagnostics. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import sharp from 'sharp'
import { photoPath } from '../support/pictures.ts'
import { createTestEngine } from '../support/test-engine.ts'
import { describeStudio } from './support/studio.ts'
import { runToResult, write } from './support/steps.ts'

const WIDTH = 6000
const HEIGHT = 4000
const FRAMES = 90

describeStudio('speed', { engines: [createTestEngine('afterimage/local')] }, (studioTest) => {
  studioTest('a pair of 24 megapixels can be panned, and every frame is painted', async ({ page }, t) => {
    const buffer = await sharp(photoPath('raccoon')).resize(WIDTH, HEIGHT, { fit: 'fill' }).jpeg().toBuffer()
    await page.locator('#file-input').setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer })
    await page.locator('.reference[data-state=ready]').waitFor()
    await write(page, 'a negative')
    await runToResult(page)
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    const median = await page.locator('.viewer').evaluate(async (viewer, frames) => {
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
      // The pointer of the test is no real one, so it cannot be captured.
      viewer.setPointerCapture = () => undefined
      const gaps: number[] = []
      send('pointerdown', 0)
      let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      for (let frame = 1; frame <= frames; frame += 1) {
        send('pointermove', frame)
        const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
        gaps.push(now - last)
        last = now
      }
      send('pointerup', frames)
      return gaps.sort((a, b) => a - b)[Math.floor(frames / 2)] ?? Infinity
    }, FRAMES)
    t.diagnostic(`median frame ${median.toFixed(1)} ms (${(1000 / median).toFixed(0)} frames a second)`)
    // No limit: how fast a shared machine without a graphics card paints says nothing about this code alone.
    assert.ok(Number.isFinite(median), 'frames were painted')
  })

  studioTest('the first load is soon there, and nothing jumps', async ({ page, server }, t) => {
    const startedAt = performance.now()
    await page.goto(`${server.url}/?again`)
    await page.locator('.samples').waitFor()
    t.diagnostic(`usable after ${(performance.now() - startedAt).toFixed(0)} ms`)
    const shift = await page.evaluate(
      () =>
        new Promise<number>((resolve) => {
          let sum = 0
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries())
              sum += (entry as PerformanceEntry & { value: number }).value
          }).observe({ type: 'layout-shift', buffered: true })
          setTimeout(() => resolve(sum), 500)
        }),
    )
    t.diagnostic(`layout shift ${shift.toFixed(3)}`)
    assert.ok(shift < 0.1, String(shift))
  })
})
