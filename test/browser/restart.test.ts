/** The server is started again while the page is open. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createServerProcess } from '../support/server-process.ts'
import { launchChromium } from './support/chromium.ts'
import { choosePhoto, jobIdOf, runToResult, untilResult, write } from './support/steps.ts'
import { buildWhenStale, PATIENCE_MS } from './support/studio.ts'

void test('after a restart of the server the work is as it was and nobody signs in; without a session one signs in again', async (t) => {
  const browser = await launchChromium()
  if (typeof browser === 'string') return t.skip(browser)
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-restart-'))
  const server = await createServerProcess(join(directory, 'data'))
  t.after(async () => {
    await browser.close()
    await server.kill('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  })
  buildWhenStale()
  await server.start()
  const context = await browser.newContext()
  context.setDefaultTimeout(PATIENCE_MS)
  const page = await context.newPage()
  await page.goto(server.url)
  const signIn = async (): Promise<void> => {
    await page.getByLabel('API key').fill(server.apiKey)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
  await signIn()
  await choosePhoto(page)
  await write(page, 'make it black and white')
  await runToResult(page)
  const finished = jobIdOf(page)
  await write(page, 'make it a night scene')

  await server.kill()
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('alert').getByText('The server does not answer').waitFor()
  await server.start()
  await page.getByText('The server does not answer').waitFor({ state: 'hidden' })
  assert.equal(jobIdOf(page), finished)
  assert.equal(await page.getByLabel('Instruction').inputValue(), 'make it a night scene')
  const untilNext = (before: string): Promise<void> =>
    page.waitForURL((url) => url.hash.startsWith('#/job/') && !url.hash.endsWith(before))
  await page.getByRole('button', { name: 'Run' }).click()
  await untilNext(finished)
  await untilResult(page)

  const second = jobIdOf(page)
  await context.clearCookies()
  await write(page, 'make it a pencil sketch')
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('status').getByText('your work is still here').waitFor()
  await signIn()
  assert.equal(jobIdOf(page), second)
  assert.equal(await page.getByLabel('Instruction').inputValue(), 'make it a pencil sketch')
  await page.getByRole('button', { name: 'Run' }).click()
  await untilNext(second)
  await untilResult(page)
})
