/** Small screens, the keyboard alone, and what assistive software is told. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { AfterimageError } from '../../src/core/errors.ts'
import { photoPath } from '../support/pictures.ts'
import { createTestEngine } from '../support/test-engine.ts'
import { isSerious, runAxe } from './support/axe.ts'
import { describeStudio } from './support/studio.ts'
import { choosePhoto, runToResult, untilResult, write } from './support/steps.ts'

/** Faults that keep somebody from using the page, as `rule at place`. */
async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await runAxe(page)
  return violations
    .filter(isSerious)
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id} at ${target.join(' ')}: ${failureSummary}`),
    )
}

const engine = createTestEngine('afterimage/local')

describeStudio('access', { engines: [engine] }, (studioTest) => {
  for (const isDark of [false, true])
    studioTest(
      `axe finds no serious fault on any page, ${isDark ? 'dark' : 'light'}`,
      async ({ page, server, context }) => {
        await page.locator('.samples').waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'empty stage')
        await page.goto(`${server.url}/#/job/00000000-0000-4000-8000-000000000000`)
        await page.getByText('This job does not exist here').waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'unknown job')
        await page.getByRole('button', { name: 'Leave this job' }).click()
        await choosePhoto(page)
        await page.keyboard.press('b')
        await page.getByRole('toolbar', { name: 'Mask' }).waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'mask')
        await page.getByRole('button', { name: 'Done' }).click()
        await write(page, 'a negative')
        engine.failNext(new AfterimageError('engine_rejected', 'This engine draws no such thing.'))
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByRole('group', { name: 'This did not work' }).waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'failed job')
        await context.setOffline(true)
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByRole('alert').getByText('does not answer').waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'offline')
        await context.setOffline(false)
        await page.getByRole('alert').getByText('does not answer').waitFor({ state: 'detached' })
        await runToResult(page)
        for (const key of ['s', 'c', 't']) {
          await page.getByRole('application').focus()
          await page.keyboard.press(key)
          await page.getByRole('tabpanel').waitFor()
          assert.deepEqual(await seriousFaults(page), [], `panel ${key}`)
        }
        await page.getByRole('button', { name: /^Model:/u }).click()
        await page.getByRole('listbox').waitFor()
        assert.deepEqual(await seriousFaults(page), [], 'model picker')
        await page.keyboard.press('Escape')
        for (const name of ['models', 'guides', 'deliveries', 'usage', 'keys', 'reference']) {
          await page.goto(`${server.url}/#/${name}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          assert.deepEqual(await seriousFaults(page), [], name)
        }
      },
      { isDark, expectedErrors: /ERR_INTERNET_DISCONNECTED|404/u },
    )

  for (const isDark of [false, true])
    studioTest(
      `axe finds no serious fault on the sign-in, ${isDark ? 'dark' : 'light'}`,
      async ({ page }) => {
        await page.getByLabel('API key').fill('not a key of this server')
        await page.getByRole('button', { name: 'Sign in' }).click()
        await page.getByRole('alert').waitFor()
        assert.deepEqual(await seriousFaults(page), [])
      },
      { isDark, isSignedIn: false, expectedErrors: /401/u },
    )

  studioTest('the whole way by keyboard alone, from a picture to its download', async ({ page }) => {
    await page.locator('.samples').waitFor()
    const opened = page.waitForEvent('filechooser')
    // The browser has to know that somebody waits before the key is pressed.
    await page.title()
    await page.keyboard.press('o')
    const chooser = await opened
    await chooser.setFiles(photoPath('cat'))
    await page.locator('.reference[data-state=ready]').waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('a negative')
    await page.keyboard.press('Control+Enter')
    await untilResult(page)
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    const reached = new Set<string>()
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab')
      const name = await page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
      )
      reached.add(name.trim())
      if (name.trim() === 'Download') break
    }
    assert.ok(reached.has('Download'), [...reached].join(' | '))
    const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')])
    assert.match(download.suggestedFilename(), /\.\w+$/u)
  })

  studioTest('a turned tablet keeps the pictures of the history apart', async ({ page }) => {
    await choosePhoto(page)
    await write(page, 'a negative')
    await runToResult(page)
    await page.getByRole('button', { name: 'Use as input' }).click()
    await write(page, 'once more')
    await runToResult(page)
    await page.setViewportSize({ width: 700, height: 1000 })
    await page.setViewportSize({ width: 1000, height: 700 })
    await page.waitForFunction(() => {
      const [first, second] = [...document.querySelectorAll('.frame')].map((frame) =>
        frame.getBoundingClientRect(),
      )
      return first !== undefined && second !== undefined && second.top >= first.bottom
    })
  })

  for (const width of [360, 390, 1024])
    studioTest(
      `nothing is cut off at ${width} px`,
      async ({ page, server }) => {
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        await page.locator('.samples').waitFor()
        assert.equal(await overflow(), 0)
        await choosePhoto(page)
        await page.getByRole('group', { name: 'Ideas' }).waitFor()
        assert.equal(await overflow(), 0, 'ideas')
        await page.getByRole('application').focus()
        await page.keyboard.press('b')
        await page.getByRole('toolbar', { name: 'Mask' }).waitFor()
        assert.equal(await overflow(), 0, 'mask')
        await page.getByRole('button', { name: 'Done' }).click()
        await write(page, 'a negative')
        await runToResult(page)
        assert.equal(await overflow(), 0)
        for (const name of ['Run', 'Download', 'Heat map']) {
          const role = name === 'Heat map' ? 'radio' : 'button'
          const box = await page
            .getByRole(role, { name: new RegExp(`^${name}`, 'u') })
            .first()
            .boundingBox()
          assert.ok(
            box !== null && box.x >= 0 && box.x + box.width <= width,
            `${name}: ${JSON.stringify(box)}`,
          )
        }
        for (const name of ['models', 'guides', 'deliveries', 'usage', 'keys', 'reference']) {
          await page.goto(`${server.url}/#/${name}`)
          await page.getByRole('heading', { level: 1 }).waitFor()
          assert.equal(await overflow(), 0, name)
        }
      },
      { width, height: 720 },
    )
})
