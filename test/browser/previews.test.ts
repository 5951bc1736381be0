/// <reference lib="dom" />
/** What is being made is seen while it is made: a ComfyUI at home, emulated, whose prompts run as long as the test wants. */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { Page } from 'playwright-core'
import { createComfyEmulation } from '../support/emulators/comfyui.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { choosePhoto, coloursAt, jobIdOf, untilResult, write } from './support/steps.ts'
import { describeStudio } from './support/studio.ts'

let isHeld = false
const memory = { prompts: new Map(), uploads: new Map(), isHeld: () => isHeld }
const comfy = await startEmulator(createComfyEmulation(memory))
after(() => comfy.close())

/** That of every picture that the emulator paints. */
const GREEN = [74, 124, 89]

async function runOnComfy(page: Page): Promise<void> {
  isHeld = true
  await page.getByRole('button', { name: /^Model:/u }).click()
  await page.getByRole('combobox', { name: 'Search models' }).fill('flux-klein-edit')
  await page.getByRole('option', { name: /klein edit/u }).waitFor()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: /^Model:.*klein edit/u }).waitFor()
  await choosePhoto(page)
  await write(page, 'as a linocut')
  await page.getByRole('button', { name: 'Run' }).click()
}

async function untilPreview(page: Page): Promise<void> {
  await page.locator('.viewer .label').getByText('Preview', { exact: true }).waitFor()
}

/** JPEG is not exact. */
async function assertGreen(page: Page): Promise<void> {
  const [found = []] = await coloursAt(page, [[0.5, 0.5]])
  const distance = Math.max(...GREEN.map((value, channel) => Math.abs(value - (found[channel] ?? 0))))
  assert.ok(distance <= 6, `in the middle of the stage: ${found.join(' ')}`)
}

const settings = { AFTERIMAGE_COMFYUI_URL: comfy.origin, AFTERIMAGE_COMFYUI_TOKEN: comfy.key }

describeStudio('previews', { settings }, (studioTest) => {
  studioTest(
    'the stage shows what comes, also after a reload, and then the result',
    async ({ page, server }) => {
      await runOnComfy(page)
      await untilPreview(page)
      await assertGreen(page)
      const id = jobIdOf(page)
      assert.equal((await server.call(`/jobs/${id}`)).body['status'], 'intermediate-complete')
      await page.getByRole('application', { name: /^A preview of what is being made/u }).waitFor()
      await page.locator('.progress').getByText('Working', { exact: true }).waitFor()
      assert.equal(await page.getByRole('slider').count(), 0, 'nothing to compare yet')
      await page.reload()
      await untilPreview(page)
      await assertGreen(page)
      isHeld = false
      await untilResult(page)
      assert.equal(await page.locator('.viewer .label').getByText('Preview', { exact: true }).count(), 0)
      assert.equal((await server.call(`/jobs/${id}`)).body['status'], 'completed')
    },
  )

  studioTest(
    'without events it is seen by polling',
    async ({ page }) => {
      await page.route('**/events', (route) => route.abort())
      await runOnComfy(page)
      await untilPreview(page)
      await assertGreen(page)
      isHeld = false
      await untilResult(page)
    },
    { expectedErrors: /ERR_FAILED/u },
  )

  studioTest(
    'a cancel takes it away; switched off in the settings it is not asked for',
    async ({ page, server }) => {
      await runOnComfy(page)
      await untilPreview(page)
      await page.getByRole('button', { name: 'Cancel', exact: true }).click()
      await page.getByRole('group', { name: 'Cancelled' }).waitFor()
      await page.locator('.viewer .label').waitFor({ state: 'detached' })
      const [found = []] = await coloursAt(page, [[0.5, 0.5]])
      assert.notDeepEqual(found, GREEN)
      await page.getByRole('toolbar', { name: 'Result' }).waitFor({ state: 'detached' })

      await page.goto(`${server.url}/#/`)
      await page.keyboard.press('s')
      await page.getByRole('switch', { name: 'Previews' }).click()
      await page.getByRole('button', { name: 'Run' }).click()
      // Heard from the same socket by which previews would come.
      await page.locator('.progress').getByText('25 %').waitFor()
      assert.equal((await server.call(`/jobs/${jobIdOf(page)}`)).body['preview'], null)
      isHeld = false
      await untilResult(page)
      const { body } = await server.call(`/jobs/${jobIdOf(page)}`)
      assert.deepEqual([body['status'], body['warnings']], ['completed', []])
    },
  )
})
