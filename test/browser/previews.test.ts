/// <reference lib="dom" />
/** What is being made is seen while it is made: a ComfyUI at home, emulated, whose prompts run as long as the test wants. */
import assert from 'node:assert/strict'
import { after } from 'node:test'
import type { Page, Route } from 'playwright-core'
import sharp from 'sharp'
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

const assertGreen = (page: Page): Promise<void> => assertColour(page, GREEN)

/** JPEG is not exact. */
async function assertColour(page: Page, colour: readonly number[]): Promise<void> {
  const [found = []] = await coloursAt(page, [[0.5, 0.5]])
  const distance = Math.max(...colour.map((value, channel) => Math.abs(value - (found[channel] ?? 0))))
  assert.ok(distance <= 6, `in the middle of the stage: ${found.join(' ')}`)
}

const RED = [200, 40, 40]
const BLUE = [40, 40, 200]

/** A line on which previews take as long as the test wants: each look at the job names a new one, in order of turns. */
async function slowLine(page: Page) {
  const turns: PromiseWithResolvers<Route>[] = []
  const turnAt = (turn: number): PromiseWithResolvers<Route> => (turns[turn] ??= Promise.withResolvers())
  let named = 0
  let begun = 0
  await page.route('**/events', (route) => route.abort())
  await page.route('**/slow-preview/*', (route) => turnAt((begun += 1)).resolve(route))
  await page.route(/\/jobs\/[\w-]+(?:\?.*)?$/u, async (route) => {
    const answer = await route.fetch()
    const job = (await answer.json()) as { preview: { url: string } | null }
    if (job.preview !== null)
      job.preview.url = new URL(`/slow-preview/${(named += 1)}`, route.request().url()).href
    await route.fulfill({ response: answer, json: job })
  })
  return {
    /** Lets the preview of a turn arrive, the first being 1. */
    deliver: async (turn: number, [r = 0, g = 0, b = 0]: readonly number[]): Promise<void> => {
      const create = { width: 64, height: 64, channels: 3 as const, background: { r, g, b } }
      const route = await turnAt(turn).promise
      await route.fulfill({ contentType: 'image/png', body: await sharp({ create }).png().toBuffer() })
      await (await route.request().response())?.finished()
    },
    countBegun: () => begun,
    untilNamed: async (count: number): Promise<void> => {
      const isNamed = (): boolean => named >= count
      while (!isNamed()) await page.waitForTimeout(50)
    },
  }
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
    'on a slow line previews are seen one after the other, and take one connection',
    async ({ page }) => {
      const line = await slowLine(page)
      await runOnComfy(page)
      await line.untilNamed(4)
      assert.equal(line.countBegun(), 1)
      await line.deliver(1, RED)
      await untilPreview(page)
      await assertColour(page, RED)
      await line.deliver(2, BLUE)
      await page.waitForFunction(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('.viewer canvas')
        const [red = 0, , blue = 0] =
          canvas?.getContext('2d')?.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data ?? []
        return blue > red
      })
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
    // A preview on its way when the cancel arrives is gone before it is fetched.
    { expectedErrors: /404/u },
  )
})
