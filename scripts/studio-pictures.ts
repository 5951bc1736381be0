/** `node scripts/studio-pictures.ts`: the pictures of the Studio in README.md and docs/, from the page as it is. */
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { launchChromium } from '../test/browser/support/chromium.ts'
import { untilResult, write } from '../test/browser/support/steps.ts'
import { startTestApp } from '../test/support/app.ts'

const VIEWPORT = { width: 1280, height: 800 }
const MAX_BYTES = 150_000

async function save(page: Page, name: string): Promise<void> {
  // Nothing under the pointer, and no notice from the step before.
  await page.mouse.move(4, 4)
  await page.locator('.notices > li').first().waitFor({ state: 'detached' })
  const webp = await sharp(await page.screenshot())
    .webp({ quality: 82, effort: 6 })
    .toBuffer()
  if (webp.length > MAX_BYTES) throw new Error(`${name} has ${webp.length} bytes, more than ${MAX_BYTES}`)
  await sharp(webp).toFile(fileURLToPath(new URL(`../docs/images/${name}.webp`, import.meta.url)))
  console.log(`${name}.webp: ${(webp.length / 1000).toFixed(0)} kB`)
}

const browser = await launchChromium()
if (typeof browser === 'string') throw new Error(browser)
// Where a reader's own server stands, so that the code in the pictures is the code of the pages.
const server = await startTestApp({ isEngineReal: true, settings: { AFTERIMAGE_PORT: '4500' } })
try {
  const page = await browser.newPage({ viewport: VIEWPORT })
  page.setDefaultTimeout(120_000)
  await page.goto(server.url)
  await page.getByLabel('API key').fill(server.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.locator('.samples').waitFor()
  await save(page, 'studio-start')
  await page.getByRole('button', { name: 'Use the sample: Raccoon' }).click()
  await page.locator('.reference[data-state=ready]').waitFor()
  await write(page, 'make it a watercolour painting')
  await page.keyboard.press('Control+Enter')
  await untilResult(page)
  await page.getByRole('button', { name: 'Use as input' }).click()
  await write(page, 'make it a night scene')
  await page.keyboard.press('Control+Enter')
  await untilResult(page)
  await page.locator('.frame').nth(1).locator('button').first().click()
  await untilResult(page)
  await save(page, 'studio-compare')
  await page.locator('#prompt').blur()
  await page.keyboard.press('c')
  await page.getByLabel('cURL code').waitFor()
  await save(page, 'studio-code')
} finally {
  await browser.close()
  await server.stop()
}
