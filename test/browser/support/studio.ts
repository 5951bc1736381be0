/** One browser and one real server for the tests of a file; each test gets a page that is signed in. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { TestApp, TestAppOptions } from '../../support/app.ts'
import { startTestApp } from '../../support/app.ts'
import { launchChromium } from './chromium.ts'

export type Visit = {
  page: Page
  context: BrowserContext
  server: TestApp
  /** Another page of the same person. */
  openTab: () => Promise<Page>
}

export type VisitOptions = {
  width?: number
  height?: number
  isSignedIn?: boolean
  isDark?: boolean
  /** Console errors that belong to the test: a server that is down, a refused request. */
  expectedErrors?: RegExp
}

type StudioTest = (
  name: string,
  run: (visit: Visit, t: TestContext) => Promise<void>,
  options?: VisitOptions,
) => void

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
/** The machine of a test may be busy; a page that is really stuck is stuck for longer. */
export const PATIENCE_MS = 45_000

/** Declares tests against one server; `options` are those of the server. */
export function describeStudio(
  name: string,
  options: TestAppOptions,
  declare: (studioTest: StudioTest) => void,
): void {
  describe(name, () => {
    let browser: Browser | string = 'not started'
    let server: TestApp | null = null
    before(async () => {
      browser = await launchChromium()
      if (typeof browser === 'string') return
      buildWhenStale()
      server = await startTestApp({ isEngineReal: true, ...options })
    })
    after(async () => {
      if (typeof browser !== 'string') await browser.close()
      await server?.stop()
    })
    declare((title, run, visitOptions = {}) => {
      void test(title, async (t) => {
        if (typeof browser === 'string' || server === null) {
          t.skip(typeof browser === 'string' ? browser : 'the server did not start')
          return
        }
        await visit({ browser, server, options: visitOptions }, (one) => run(one, t))
      })
    })
  })
}

type Setting = { browser: Browser; server: TestApp; options: VisitOptions }

/** Whatever the test is about: nothing leaves the server, and no script fails. */
async function visit(
  { browser, server, options }: Setting,
  run: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
    colorScheme: options.isDark === true ? 'dark' : 'light',
    acceptDownloads: true,
  })
  context.setDefaultTimeout(PATIENCE_MS)
  const strayRequests: string[] = []
  const faults: string[] = []
  context.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(`${server.url}/`) && !/^(?:blob|data):/u.test(url)) strayRequests.push(url)
  })
  context.on('weberror', (error) => faults.push(error.error().message))
  context.on('console', (message) => {
    if (message.type() === 'error' && options.expectedErrors?.test(message.text()) !== true)
      faults.push(message.text())
  })
  if (options.isSignedIn !== false) await context.addCookies([await sessionCookie(server)])
  const openTab = async (): Promise<Page> => {
    const page = await context.newPage()
    await page.goto(`${server.url}/`)
    // Keys that are pressed before anything is painted go nowhere.
    await page.locator('#root > *').first().waitFor({ state: 'attached' })
    return page
  }
  try {
    await run({ page: await openTab(), context, server, openTab })
    assert.deepEqual(strayRequests, [], 'requests that left the server')
    assert.deepEqual(faults, [], 'faults in the console')
  } finally {
    await context.close()
  }
}

async function sessionCookie({ url, key, call }: TestApp) {
  const { headers } = await call('/session', { json: { key }, key: null, headers: { origin: url } })
  const [pair = ''] = (headers.get('set-cookie') ?? '').split(';', 1)
  const [name = '', value = ''] = pair.split('=')
  return { name, value, url, httpOnly: true, sameSite: 'Strict' as const }
}

/** The page under test is the one of these sources. */
export function buildWhenStale(): void {
  const built = statSync(`${ROOT}dist/studio/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = globSync('{web,src/sdk}/**/*.{ts,tsx,css,html,svg}', { cwd: ROOT })
  if (sources.every((file) => statSync(ROOT + file).mtimeMs <= built)) return
  const { status } = spawnSync(process.execPath, ['scripts/build-studio.ts'], { cwd: ROOT, stdio: 'inherit' })
  assert.equal(status, 0, 'the Studio does not build')
}
