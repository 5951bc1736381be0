/** What can be said of a page without a clock: faults of access, contrast, layout shift, requests and bytes. */
import type { Browser, Page } from 'playwright-core'
import { isSerious, runAxe } from '../../test/browser/support/axe.ts'
import type { AxeReport } from '../../test/browser/support/axe.ts'
import { launchChromium } from '../../test/browser/support/chromium.ts'
import { layoutShift } from '../../test/browser/support/frames.ts'
import { choosePhoto, untilResult, write } from '../../test/browser/support/steps.ts'
import { buildWhenStale } from '../../test/browser/support/studio.ts'
import { startTestApp } from '../../test/support/app.ts'
import type { TestApp } from '../../test/support/app.ts'

export type PageCheck = {
  name: string
  serious: number
  others: number
  holds: number
  lowContrast: number
  texts: number
  shift: number
  requests: number
  kilobytes: number
  scriptKilobytes: number
}

type Server = Pick<TestApp, 'url' | 'key'>
type Visited = Omit<PageCheck, 'name'>

const PAGES = ['models', 'guides', 'deliveries', 'usage', 'keys', 'reference'] as const
const SCHEMES = ['light', 'dark'] as const

/** Every page as whoever opens its address gets it, and the stage with a result of the built-in engine. */
export async function checkStudio(): Promise<PageCheck[]> {
  buildWhenStale()
  const browser = await launchChromium()
  if (typeof browser === 'string') throw new Error(browser)
  const server = await startTestApp({ isEngineReal: true })
  const check = (name: string, open: (page: Page) => Promise<void>): Promise<PageCheck> =>
    inBothSchemes(browser, { name, open })
  try {
    const checks = [await check('sign-in', (page) => openSignIn(page, server))]
    checks.push(
      await check('studio, empty', (page) => openPage(page, { server, address: '', mark: '.samples' })),
    )
    checks.push(await check('studio, a result', (page) => openResult(page, server)))
    for (const name of PAGES)
      checks.push(
        await check(name, (page) => openPage(page, { server, address: `#/${name}`, mark: '#main h1' })),
      )
    return checks
  } finally {
    await browser.close()
    await server.stop()
  }
}

type Opened = { name: string; open: (page: Page) => Promise<void> }

async function inBothSchemes(browser: Browser, { name, open }: Opened): Promise<PageCheck> {
  const visits: Visited[] = []
  for (const colorScheme of SCHEMES) {
    const context = await browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } })
    visits.push(await visit(await context.newPage(), open))
    await context.close()
  }
  const [light, dark] = visits
  if (light === undefined || dark === undefined) throw new Error('two schemes make two visits')
  return {
    ...light,
    name,
    serious: light.serious + dark.serious,
    others: light.others + dark.others,
    holds: light.holds + dark.holds,
    lowContrast: light.lowContrast + dark.lowContrast,
    texts: light.texts + dark.texts,
    shift: Math.max(light.shift, dark.shift),
  }
}

async function visit(page: Page, open: (page: Page) => Promise<void>): Promise<Visited> {
  const traffic = followTraffic(page)
  await open(page)
  await page.waitForLoadState('networkidle')
  const received = traffic()
  const shift = await layoutShift(page)
  return { ...received, shift, ...countFaults(await runAxe(page)) }
}

/** Bodies and heads as they travel; blobs and data URIs do not. */
function followTraffic(page: Page): () => Pick<Visited, 'requests' | 'kilobytes' | 'scriptKilobytes'> {
  let requests = 0
  let bytes = 0
  let scriptBytes = 0
  page.on('requestfinished', (request) => {
    if (!request.url().startsWith('http')) return
    requests += 1
    const add = async (): Promise<void> => {
      const { responseBodySize, responseHeadersSize } = await request.sizes()
      bytes += responseBodySize + responseHeadersSize
      if (request.resourceType() === 'script') scriptBytes += responseBodySize
    }
    // A page that is closed meanwhile has been counted already.
    add().catch(() => undefined)
  })
  return () => ({ requests, kilobytes: bytes / 1000, scriptKilobytes: scriptBytes / 1000 })
}

function countFaults({ violations, passes }: AxeReport) {
  const nodesOf = (list: readonly { id: string; nodes: unknown[] }[]): number =>
    list.filter(({ id }) => id === 'color-contrast').reduce((sum, { nodes }) => sum + nodes.length, 0)
  const count = (list: typeof violations): number => list.reduce((sum, { nodes }) => sum + nodes.length, 0)
  const lowContrast = nodesOf(violations)
  return {
    serious: count(violations.filter(isSerious)),
    others: count(violations.filter((violation) => !isSerious(violation))),
    holds: passes.length,
    lowContrast,
    texts: lowContrast + nodesOf(passes),
  }
}

async function openSignIn(page: Page, { url }: Server): Promise<void> {
  await page.goto(url)
  await page.getByLabel('API key').waitFor()
}

/** Signed in before, so that only the page itself is counted. */
async function openPage(
  page: Page,
  { server, address, mark }: { server: Server; address: string; mark: string },
): Promise<void> {
  const { status } = await page.request
    .post(`${server.url}/session`, { data: { key: server.key }, headers: { origin: server.url } })
    .then((answer) => ({ status: answer.status() }))
  if (status !== 200) throw new Error(`the sign-in answered ${status}`)
  await page.goto(`${server.url}/${address}`)
  await page.locator(mark).first().waitFor()
}

async function openResult(page: Page, server: Server): Promise<void> {
  await openPage(page, { server, address: '', mark: '.samples' })
  await choosePhoto(page)
  await write(page, 'turn it into a pencil drawing')
  await page.keyboard.press('Control+Enter')
  await untilResult(page)
}
