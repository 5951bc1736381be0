/** Large pictures stay smooth, and the page does not jump while it loads. Figures are told as diagnostics. */
import assert from 'node:assert/strict'
import { largePhoto } from '../support/pictures.ts'
import { createTestEngine } from '../support/test-engine.ts'
import { layoutShift, panFrames } from './support/frames.ts'
import { describeStudio } from './support/studio.ts'
import { runToResult, write } from './support/steps.ts'

const FRAMES = 90

describeStudio('speed', { engines: [createTestEngine('afterimage/local')] }, (studioTest) => {
  studioTest('a pair of 24 megapixels can be panned, and every frame is painted', async ({ page }, t) => {
    const buffer = await largePhoto()
    await page.locator('#file-input').setInputFiles({ name: 'large.jpg', mimeType: 'image/jpeg', buffer })
    await page.locator('.reference[data-state=ready]').waitFor()
    await write(page, 'a negative')
    await runToResult(page)
    await page.keyboard.press('+')
    await page.keyboard.press('+')
    const gaps = await panFrames(page, FRAMES)
    const median = gaps[Math.floor(FRAMES / 2)] ?? Infinity
    t.diagnostic(`median frame ${median.toFixed(1)} ms (${(1000 / median).toFixed(0)} frames a second)`)
    // No limit: how fast a shared machine without a graphics card paints says nothing about this code alone.
    assert.equal(gaps.length, FRAMES)
  })

  studioTest('the first load is soon there, and nothing jumps', async ({ page, server }, t) => {
    const startedAt = performance.now()
    await page.goto(`${server.url}/?again`)
    await page.locator('.samples').waitFor()
    t.diagnostic(`usable after ${(performance.now() - startedAt).toFixed(0)} ms`)
    const shift = await layoutShift(page)
    t.diagnostic(`layout shift ${shift.toFixed(3)}`)
    assert.ok(shift < 0.1, String(shift))
  })
})
