/** Five ways to compare, by mouse and by keyboard; zoom; the original while a key is held. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { createTestEngine } from '../support/test-engine.ts'
import { describeStudio } from './support/studio.ts'
import { choosePhoto, coloursAt, runToResult, untilCanvas, write } from './support/steps.ts'

/** The test engine makes a negative: every pixel tells which of the two it belongs to. */
async function makePair(page: Page): Promise<void> {
  await choosePhoto(page)
  await write(page, 'a negative')
  await runToResult(page)
}

/** Mean difference of a place left and right of the middle from the same places of the other picture. */
const PLACES: [number, number][] = [
  [0.4, 0.5],
  [0.6, 0.5],
]

function isNegative(a: readonly number[], b: readonly number[]): boolean {
  return a.every((value, at) => Math.abs(value + (b[at] ?? 0) - 255) <= 4)
}

describeStudio('comparing', { engines: [createTestEngine('afterimage/local')] }, (studioTest) => {
  studioTest(
    'the slider shows one picture on each side, and moves by mouse and by keys',
    async ({ page }) => {
      await makePair(page)
      await page.keyboard.press('3')
      await page.mouse.move(4, 4)
      await untilCanvas(page, 'mode', 'hover')
      const [resultLeft = [], resultRight = []] = await coloursAt(page, PLACES)
      await page.keyboard.press('1')
      await untilCanvas(page, 'mode', 'slider')
      const [left = [], right = []] = await coloursAt(page, PLACES)
      assert.ok(isNegative(left, resultLeft), `${left.join()} and ${resultLeft.join()}`)
      assert.deepEqual(right, resultRight)

      const slider = page.getByRole('slider', { name: 'Edge between original and result' })
      await slider.focus()
      await page.keyboard.press('End')
      assert.equal(await slider.getAttribute('aria-valuenow'), '100')
      await page.keyboard.press('ArrowLeft')
      assert.equal(await slider.getAttribute('aria-valuenow'), '98')
      const box = await slider.boundingBox()
      assert.ok(box)
      await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
      await page.mouse.down()
      await page.mouse.move(box.x - 150, box.y + box.height / 2, { steps: 4 })
      await page.mouse.up()
      const after = Number(await slider.getAttribute('aria-valuenow'))
      assert.ok(after > 40 && after < 90, String(after))
    },
  )

  studioTest('every mode by its button and by its key', async ({ page }) => {
    await makePair(page)
    const modes = [
      ['Slider', 'slider'],
      ['Side by side', 'side'],
      ['Hover', 'hover'],
      ['Blink', 'blink'],
      ['Heat map', 'heat'],
    ] as const
    for (const [label, mode] of modes) {
      await page.getByLabel('Ways to compare').getByText(label, { exact: true }).click()
      await untilCanvas(page, 'mode', mode)
    }
    for (const [at, [, mode]] of modes.entries()) {
      await page.keyboard.press(String(at + 1))
      await untilCanvas(page, 'mode', mode)
    }
    await page.keyboard.press('m')
    await untilCanvas(page, 'mode', 'slider')
  })

  studioTest(
    'hover shows the original under the pointer, blink by turns, and the heat map says how much',
    async ({ page }) => {
      await makePair(page)
      await page.keyboard.press('3')
      await page.getByRole('application').hover({ position: { x: 200, y: 200 } })
      await untilCanvas(page, 'original', 'true')
      await page.mouse.move(4, 4)
      await untilCanvas(page, 'original', 'false')
      await page.keyboard.press('4')
      await untilCanvas(page, 'original', 'true')
      await untilCanvas(page, 'original', 'false')
      await page.keyboard.press('5')
      await page.getByText(/of the pixels changed/u).waitFor()
      const share = Number.parseFloat((await page.getByText(/of the pixels changed/u).textContent()) ?? '')
      assert.ok(share > 80, `${share} %`)
    },
  )

  studioTest(
    'Tab over the picture and Space on it show the original while held; Tab elsewhere moves on',
    async ({ page }) => {
      await makePair(page)
      const viewer = page.getByRole('application')
      await viewer.hover({ position: { x: 100, y: 300 } })
      await page.keyboard.down('Tab')
      await untilCanvas(page, 'original', 'true')
      await page.keyboard.up('Tab')
      await untilCanvas(page, 'original', 'false')
      await viewer.focus()
      await page.keyboard.down('Space')
      await untilCanvas(page, 'original', 'true')
      await page.keyboard.up('Space')
      await untilCanvas(page, 'original', 'false')
      await page.mouse.move(4, 4)
      await viewer.focus()
      await page.keyboard.press('Tab')
      assert.equal(await viewer.evaluate((element) => element === document.activeElement), false)
    },
  )

  studioTest(
    'wheel, keys and buttons zoom up to 800 %, and both pictures move together',
    async ({ page }) => {
      await makePair(page)
      const zoom = page.getByLabel('Zoom', { exact: true })
      await page.keyboard.press('0')
      const fitted = await zoom.textContent()
      await page.getByRole('application').hover({ position: { x: 300, y: 200 } })
      for (let turn = 0; turn < 40; turn += 1) await page.mouse.wheel(0, -400)
      await page.waitForFunction(() => document.querySelector('.zoom')?.textContent === '800 %')
      await page.keyboard.press('1')
      await untilCanvas(page, 'mode', 'slider')
      const [left = []] = await coloursAt(page, [[0.3, 0.5]])
      await page.keyboard.press('3')
      await page.mouse.move(4, 4)
      await untilCanvas(page, 'mode', 'hover')
      await untilCanvas(page, 'original', 'false')
      const [result = []] = await coloursAt(page, [[0.3, 0.5]])
      assert.ok(isNegative(left, result), `${left.join()} and ${result.join()}`)
      await page.keyboard.press('0')
      assert.equal(await zoom.textContent(), fitted)
      await page.keyboard.press('+')
      assert.notEqual(await zoom.textContent(), fitted)
    },
  )
})

describeStudio('comparing what was cut and extended', {}, (studioTest) => {
  studioTest(
    'the original of a crop lies under its result, and the edge ends with the picture',
    async ({ page }) => {
      await choosePhoto(page)
      await write(page, 'crop to 1:1')
      await runToResult(page)
      await untilCanvas(page, 'mode', 'slider')
      const slider = page.getByRole('slider', { name: 'Edge between original and result' })
      const centre = async (): Promise<number> => {
        const box = await slider.boundingBox()
        return box === null ? NaN : box.x + box.width / 2
      }
      await slider.focus()
      await page.keyboard.press('Home')
      const left = await centre()
      // All is result now, then all is original: the same pixels, for a crop changes none.
      const places: [number, number][] = [
        [0.4, 0.4],
        [0.5, 0.5],
        [0.6, 0.6],
      ]
      const result = await coloursAt(page, places)
      await page.keyboard.press('End')
      const right = await centre()
      const original = await coloursAt(page, places)
      for (const [at, colour] of original.entries())
        for (const [channel, value] of colour.entries())
          assert.ok(
            Math.abs(value - (result[at]?.[channel] ?? 0)) <= 24,
            `${colour.join()} and ${result[at]?.join()}`,
          )
      const stage = await page.getByRole('application').boundingBox()
      assert.ok(stage)
      const [before, after] = [left - stage.x, stage.x + stage.width - right]
      assert.ok(
        before > 50 && Math.abs(before - after) <= 2,
        `${before} and ${after} beside a square picture`,
      )
    },
  )
})
