/** What somebody waits for on the page, measured in a real browser against the server that `npm start` starts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, Page } from 'playwright-core'
import { launchChromium } from '../../test/browser/support/chromium.ts'
import { layoutShift, panFrames } from '../../test/browser/support/frames.ts'
import { dropPhoto, untilResult, write } from '../../test/browser/support/steps.ts'
import { largePhoto, photoPath } from '../../test/support/pictures.ts'

export type Figures = Readonly<Record<string, number>>

const MAIN = new URL('../../src/cli/main.ts', import.meta.url).pathname
const PRESETS = [
  'Raccoon: Cross-stitch',
  'Raccoon: Night',
  'Portrait: Watercolour',
  'Portrait: Film',
  'Coffee: Oil painting',
  'Coffee: Woven rug',
]
const FRAMES = 300

/** Seconds, unless the name says otherwise. One round on a fresh data folder. */
export async function measureStudio(): Promise<Figures> {
  const browser = await launchChromium()
  if (typeof browser === 'string') throw new Error(browser)
  // Its own start is not what is measured.
  await (await browser.newPage()).close()
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-studio-'))
  const startedAt = performance.now()
  const server = startServer(directory)
  try {
    const signIn = await server.signIn
    const listening = since(startedAt)
    return { 'start: server listens': listening, ...(await measurePage(browser, { signIn, startedAt })) }
  } finally {
    await browser.close()
    await server.stop()
    rmSync(directory, { recursive: true, force: true })
  }
}

function startServer(directory: string): { signIn: Promise<string>; stop: () => Promise<void> } {
  const { AFTERIMAGE_BENCH_ANYWAY: _, ...rest } = process.env
  const env = { ...rest, AFTERIMAGE_PORT: '0', AFTERIMAGE_DATA_DIR: directory }
  const child = spawn(process.execPath, [MAIN, 'serve'], { env, stdio: ['ignore', 'pipe', 'ignore'] })
  const found = Promise.withResolvers<string>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [address] = /http\S+\?signin=\S+/u.exec(line) ?? []
    if (address !== undefined) found.resolve(address)
  })
  child.on('exit', () => found.reject(new Error('the server ended before it printed a sign-in link')))
  return {
    signIn: found.promise,
    stop: async () => {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
    },
  }
}

async function measurePage(
  browser: Browser,
  { signIn, startedAt }: { signIn: string; startedAt: number },
): Promise<Figures> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
  await page.goto(signIn)
  await page.locator('.samples').waitFor()
  const figures: Record<string, number> = {
    'start: page is usable': since(startedAt),
    'layout shift while it loads (sum)': await layoutShift(page),
  }
  for (const [at, preset] of PRESETS.entries()) {
    await startOver(page)
    const from = performance.now()
    await page.getByRole('button', { name: preset }).click()
    await untilResult(page)
    figures[`preset${at === 0 ? ', the very first' : ''}: ${preset}`] = since(from)
  }
  figures['drop and run: own photograph, pencil drawing'] = await dropAndRun(page)
  return { ...figures, ...(await panLarge(page)) }
}

async function dropAndRun(page: Page): Promise<number> {
  await startOver(page)
  await write(page, 'turn it into a pencil drawing')
  const from = performance.now()
  await dropPhoto(page, readFileSync(photoPath('portrait-astronaut')))
  // At once, as a hurried hand does; the page waits for the upload.
  await page.keyboard.press('Control+Enter')
  await untilResult(page)
  return since(from)
}

async function panLarge(page: Page): Promise<Figures> {
  await startOver(page)
  await dropPhoto(page, await largePhoto())
  await page.locator('.reference[data-state=ready]').waitFor()
  await write(page, 'a bit brighter')
  await page.keyboard.press('Control+Enter')
  await untilResult(page)
  await page.getByRole('application').focus()
  await page.keyboard.press('+')
  await page.keyboard.press('+')
  const gaps = await panFrames(page, FRAMES)
  const at = (part: number): number => gaps[Math.min(gaps.length - 1, Math.floor(part * gaps.length))] ?? 0
  return {
    'pan of a 24 MP pair: frames a second, median': 1000 / at(0.5),
    'pan of a 24 MP pair: slowest of 20 frames, ms': at(0.95),
  }
}

async function startOver(page: Page): Promise<void> {
  await page.getByRole('link', { name: /start over/u }).click()
  await page.locator('.samples').waitFor()
}

function since(startedAt: number): number {
  return (performance.now() - startedAt) / 1000
}
