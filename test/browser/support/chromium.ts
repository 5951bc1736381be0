/** A real Chromium from npm; or one of the machine, named by AFTERIMAGE_TEST_CHROMIUM. */
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

/** Not the package's own flags: they switch off the security that the tests are about. */
const FLAGS = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-zygote']

/** A started browser, or the reason why there is none. In CI that is a fault. */
export async function launchChromium(): Promise<Browser | string> {
  try {
    return await chromium.launch({ executablePath: await findChromium(), args: FLAGS })
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error)
    const text = `no Chromium (${reason}); on this system set AFTERIMAGE_TEST_CHROMIUM to the path of one`
    if (process.env['CI'] !== undefined) throw new Error(text, { cause: error })
    return text
  }
}

/** Loaded late: the package has a Chromium for Linux only and unpacks it at the first call. */
async function findChromium(): Promise<string> {
  const own = process.env['AFTERIMAGE_TEST_CHROMIUM'] ?? ''
  if (own !== '') return own
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
