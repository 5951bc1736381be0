/** Jobs that take their time, fail, are cancelled, are seen twice, or lose their server. */
/// <reference lib="dom" />
import assert from 'node:assert/strict'
import { AfterimageError } from '../../src/core/errors.ts'
import { createTestEngine } from '../support/test-engine.ts'
import { describeStudio } from './support/studio.ts'
import { choosePhoto, jobIdOf, runToResult, untilResult, write } from './support/steps.ts'

const engine = createTestEngine('afterimage/local')

describeStudio('jobs', { engines: [engine] }, (studioTest) => {
  studioTest('cancel stops the job and says so', async ({ page, server }) => {
    engine.hold()
    await choosePhoto(page)
    await write(page, 'a negative')
    await page.getByRole('button', { name: 'Run' }).click()
    await page
      .locator('.progress')
      .getByText(/^[1-9]\d* s$/u)
      .waitFor()
    await page.getByRole('button', { name: 'Cancel', exact: true }).click()
    await page.getByRole('group', { name: 'Cancelled' }).waitFor()
    engine.release()
    assert.equal((await server.settle(jobIdOf(page)))['status'], 'cancelled')
    await page.getByRole('button', { name: 'Run' }).waitFor()
  })

  studioTest(
    'a reload in the middle of a job loses nothing, and another tab sees it too',
    async ({ page, openTab }) => {
      engine.hold()
      await choosePhoto(page)
      await write(page, 'a negative')
      await page.getByRole('button', { name: 'Run' }).click()
      await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor()
      const id = jobIdOf(page)
      await page.reload()
      await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor()
      assert.equal(jobIdOf(page), id)
      // The request is there too: a picture on the stage that Run does not know of would be a riddle.
      await page.locator('.reference[data-state=ready]').waitFor()
      assert.equal(await page.getByLabel('Instruction').inputValue(), 'a negative')
      const other = await openTab()
      await other.locator('.filmstrip .frame .spinner').first().waitFor()
      engine.release()
      await untilResult(page)
      await other.locator('.filmstrip .frame[data-status=completed]').first().waitFor()
    },
  )

  studioTest('Run pressed twice is one job, and it goes on', async ({ page, server }) => {
    const before = engine.requests.length
    engine.hold()
    await choosePhoto(page)
    await write(page, 'a negative')
    await page.getByRole('button', { name: 'Run' }).dblclick()
    await page.getByRole('button', { name: 'Cancel', exact: true }).waitFor()
    // As a hand does it whose second click comes after the answer.
    await page.getByRole('button', { name: 'Cancel', exact: true }).dispatchEvent('click', { detail: 2 })
    engine.release()
    await untilResult(page)
    assert.equal((await server.call(`/jobs/${jobIdOf(page)}`)).body['status'], 'completed')
    assert.equal(engine.requests.length, before + 1)
  })

  studioTest(
    'a submit whose answer is lost is sent again, and makes one job',
    async ({ page, server }) => {
      const before = engine.requests.length
      const keys: (string | undefined)[] = []
      await page.route('**/generate/image/**', async (route) => {
        if (route.request().url().includes('dry_run')) return route.continue()
        keys.push(route.request().headers()['idempotency-key'])
        // The server takes the job; what it answers gets lost once.
        const response = await route.fetch()
        return keys.length === 1 ? route.abort('connectionreset') : route.fulfill({ response })
      })
      await choosePhoto(page)
      await write(page, 'a negative')
      await runToResult(page)
      assert.equal(keys.length, 2)
      assert.match(String(keys[0]), /^[0-9a-f-]{36}$/u)
      assert.equal(keys[1], keys[0])
      assert.equal((await server.settle(jobIdOf(page)))['status'], 'completed')
      assert.equal(engine.requests.length, before + 1)
    },
    { expectedErrors: /ERR_CONNECTION_RESET/u },
  )

  studioTest('a job that fails says why, and the page goes on', async ({ page }) => {
    engine.failNext(
      new AfterimageError('engine_rejected', 'The picture shows a thing that this engine does not draw.'),
    )
    await choosePhoto(page)
    await write(page, 'a negative')
    await page.getByRole('button', { name: 'Run' }).click()
    const failure = page.getByRole('group', { name: 'This did not work' })
    await failure.getByText('does not draw').waitFor()
    await failure.getByRole('button', { name: 'Try again' }).click()
    await untilResult(page)
  })

  studioTest('remix, use as input with its lineage, compare, delete and undo', async ({ page, server }) => {
    await choosePhoto(page)
    await write(page, 'first')
    await runToResult(page)
    const parent = jobIdOf(page)
    await page.getByRole('button', { name: 'Use as input' }).click()
    await write(page, 'second')
    await runToResult(page)
    await page.locator('.lineage').first().waitFor()
    await page.locator('.lineage-line').waitFor({ state: 'attached' })
    assert.equal(await page.locator('.frame[data-relative=true]').count(), 2)
    const child = jobIdOf(page)
    assert.equal((await server.call(`/jobs/${child}`)).body['parent_job_id'], parent)
    await page.keyboard.press('t')
    await page.getByText(parent.slice(0, 8)).first().waitFor()
    await page.getByText(/^waited \d+\.\d s, worked \d+\.\d s$/u).waitFor()
    await page.keyboard.press('t')
    await page.getByRole('toolbar', { name: 'Result' }).getByRole('button', { name: 'Remix' }).click()
    assert.equal(await page.getByLabel('Instruction').inputValue(), 'second')
    await write(page, 'third')
    await runToResult(page)
    assert.equal((await server.call(`/jobs/${jobIdOf(page)}`)).body['parent_job_id'], child)

    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    const frames = page.locator('.filmstrip .frame[data-status=completed] > button:first-child')
    await frames.nth(0).click()
    await frames.nth(1).click()
    await page.getByRole('button', { name: 'Show 2' }).click()
    assert.equal(await page.getByRole('application').count(), 2)
    await page.getByRole('button', { name: 'Done' }).click()

    const first = page.locator('.filmstrip .frame').first()
    await first.hover()
    await first.getByRole('button', { name: /^More for/u }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    assert.equal((await server.call(`/jobs/${parent}`)).status, 200)
    await frames.nth(1).waitFor()

    const count = await frames.count()
    for (const left of [count - 1, count - 2]) {
      await frames.first().click()
      await untilResult(page)
      await page.keyboard.press('Delete')
      await frames.nth(left).waitFor({ state: 'detached' })
    }
    await page.locator('.notices').getByText('2 jobs and their pictures are deleted.').waitFor()
    await page.keyboard.press('Control+z')
    await frames.nth(count - 1).waitFor()
  })

  studioTest(
    'a server that is away is told, and the page goes on when it is back',
    async ({ page, context }) => {
      await choosePhoto(page)
      await write(page, 'a negative')
      await context.setOffline(true)
      await page.getByRole('button', { name: 'Run' }).click()
      await page.getByRole('alert').getByText('The server does not answer').waitFor()
      await context.setOffline(false)
      await page.getByRole('alert').getByText('The server does not answer').waitFor({ state: 'detached' })
      assert.equal(await page.getByLabel('Instruction').inputValue(), 'a negative')
      await runToResult(page)
    },
    { expectedErrors: /ERR_INTERNET_DISCONNECTED/u },
  )
})

describeStudio('without draft', { settings: { AFTERIMAGE_DRAFT: 'off' } }, (studioTest) => {
  studioTest('a model without a key says which one to set, before and after', async ({ page }) => {
    await page.getByRole('button', { name: /^Model:/u }).click()
    await page.getByRole('combobox', { name: 'Search models' }).fill('nano banana pro')
    await page.keyboard.press('Enter')
    await page.getByText('needs GEMINI_API_KEY').waitFor()
    await choosePhoto(page)
    await write(page, 'as a rug')
    await page.getByRole('button', { name: 'Run' }).click()
    await page
      .getByRole('group', { name: 'This did not work' })
      .getByText(/GEMINI_API_KEY/u)
      .waitFor()
    await page.getByRole('button', { name: 'Enter a key' }).click()
    await page.getByLabel('New key of Google').waitFor()
  })
})
