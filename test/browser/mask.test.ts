/** A mask that is painted on the stage, and what becomes of the rest of the picture. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import sharp from 'sharp'
import { photoPath } from '../support/pictures.ts'
import { describeStudio } from './support/studio.ts'
import { choosePhoto, runToResult, write } from './support/steps.ts'

describeStudio('mask', {}, (studioTest) => {
  studioTest(
    'paint, undo, invert by mouse and keys; a precise edit changes nothing outside',
    async ({ page, server }) => {
      await choosePhoto(page)
      await write(page, 'make it black and white')
      await page.getByRole('button', { name: /^Mask/u }).click()
      const pill = page.getByRole('toolbar', { name: 'Mask' })
      const viewer = page.getByRole('application')
      const box = await viewer.boundingBox()
      assert.ok(box)
      const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
      await page.mouse.move(middle.x - 30, middle.y)
      await page.mouse.down()
      await page.mouse.move(middle.x + 30, middle.y, { steps: 5 })
      await page.mouse.up()
      await page.keyboard.press('i')
      await page.keyboard.press('Control+z')
      await page.keyboard.press(']')
      await page.keyboard.press('[')
      await pill.getByLabel('Keep the rest exactly').check()
      await pill.getByRole('slider', { name: 'Feather' }).fill('0')
      await pill.getByRole('button', { name: 'Done' }).click()
      await page.keyboard.press('s')
      await page.getByLabel('Output format').first().selectOption('png')
      await page.keyboard.press('Escape')
      await runToResult(page)

      const { items } = (await server.call('/jobs')).body as { items: { result: { urls: string[] } }[] }
      const result = await fetch(String(items[0]?.result.urls[0]))
      const after = await sharp(Buffer.from(await result.arrayBuffer()))
        .removeAlpha()
        .raw()
        .toBuffer()
      const before = await sharp(photoPath('cat')).removeAlpha().raw().toBuffer({ resolveWithObject: true })
      const { width, height } = before.info
      const differs = (x: number, y: number): boolean => {
        const at = (y * width + x) * 3
        return [0, 1, 2].some((channel) => after[at + channel] !== before.data[at + channel])
      }
      let changed = 0
      for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) if (differs(x, y)) changed += 1
      const share = changed / (width * height)
      assert.ok(share > 0.005 && share < 0.2, `${share} of the picture changed`)
      assert.equal(differs(4, 4), false)
      assert.ok(differs(Math.round(width / 2), Math.round(height / 2)), 'the middle of the stroke changed')
    },
  )

  studioTest('a mask by keyboard: Space paints, arrows move, E erases', async ({ page }) => {
    await choosePhoto(page)
    await page.keyboard.press('b')
    await page.locator('.viewer:focus').waitFor()
    await page.keyboard.press('Space')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    const painted = () =>
      page.locator('.mask-holder canvas').evaluate((element) => {
        const canvas = element as HTMLCanvasElement
        const data = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
        return data.filter((value, at) => at % 4 === 3 && value > 127).length
      })
    const two = await painted()
    assert.ok(two > 3000, String(two))
    await page.keyboard.press('e')
    await page.keyboard.press('Space')
    assert.ok((await painted()) < two)
    await page.keyboard.press('Control+z')
    assert.equal(await painted(), two)
    await page.keyboard.press('Escape')
    await page.getByRole('toolbar', { name: 'Mask' }).waitFor({ state: 'detached' })
    await page.locator('.viewer:focus').waitFor()
    // Out of sight, it goes with the next run all the same: that is said beside the picture.
    const chip = page.getByRole('group', { name: 'Mask of the next run' })
    await chip.getByRole('button', { name: 'Mask on' }).click()
    assert.equal(await painted(), two)
    await page.getByRole('button', { name: 'Done' }).click()
    await chip.getByRole('button', { name: 'Clear the mask' }).click()
    await chip.waitFor({ state: 'detached' })
  })

  studioTest('where a mask means nothing, its button says why', async ({ page }) => {
    await page.getByRole('button', { name: /^Model:/u }).click()
    await page.getByRole('combobox', { name: 'Search models' }).fill('afterimage upscale')
    await page.keyboard.press('Enter')
    await choosePhoto(page)
    await page.getByText('Enlarging has no mask').waitFor()
  })
})
