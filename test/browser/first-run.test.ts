/// <reference lib="dom" />
/** From an empty page to a result, by every way in. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { photoPath } from '../support/pictures.ts'
import { describeStudio } from './support/studio.ts'
import {
  choosePhoto,
  coloursAt,
  dropPhoto,
  jobIdOf,
  pastePhoto,
  runToResult,
  untilResult,
  write,
} from './support/steps.ts'

const HEIC = fileURLToPath(new URL('../support/images/cat.heic', import.meta.url))
const PICTURE = { name: 'cat.jpg', mimeType: 'image/jpeg' }

describeStudio('first run', {}, (studioTest) => {
  studioTest(
    'signs in with a key, keeps it nowhere, and a preset of the empty stage gives a result',
    async ({ page, server, context }) => {
      await page.getByLabel('API key').fill('not a key of this server')
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('alert').getByText('not known here').waitFor()
      await page.getByLabel('API key').fill(server.key)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('button', { name: 'Raccoon: Cross-stitch' }).click()
      await untilResult(page)
      const { body } = await server.call(`/jobs/${jobIdOf(page)}`)
      assert.equal(body['status'], 'completed')
      assert.equal(body['engine'], 'afterimage/local')
      const stored = await page.evaluate(() => JSON.stringify([localStorage, sessionStorage]))
      assert.ok(!stored.includes(server.key))
      const [cookie] = await context.cookies()
      assert.equal(cookie?.httpOnly, true)
      assert.equal(cookie?.sameSite, 'Strict')
    },
    { isSignedIn: false, expectedErrors: /401/u },
  )

  studioTest(
    'a link signs in at once, and nobody is asked for a key meanwhile',
    async ({ context, server }) => {
      const asked: string[] = []
      const page = await context.newPage()
      await page.route('**/session', async (route) => {
        const method = route.request().method()
        asked.push(method)
        // The page takes any link; the server of this test prints none, so a key stands in for it.
        const response = await route.fetch(
          method === 'POST' ? { postData: JSON.stringify({ key: server.key }) } : {},
        )
        await route.fulfill({ response })
      })
      await page.goto(`${server.url}/?signin=a-link`)
      await page.locator('.samples').waitFor()
      assert.equal(asked[0], 'POST')
      assert.equal(new URL(page.url()).search, '')
    },
    { isSignedIn: false },
  )

  studioTest('a file that is chosen, an instruction, a result, and its download', async ({ page }) => {
    await choosePhoto(page)
    await write(page, 'turn it into a pencil drawing')
    await runToResult(page)
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('toolbar', { name: 'Result' }).getByRole('button', { name: 'Download' }).click(),
    ])
    assert.match(download.suggestedFilename(), /^cat - turn it into a pencil drawing\.(?:jpg|png|webp)$/u)
    const bytes = readFileSync(await download.path())
    assert.ok(bytes.length > 1000)
  })

  for (const [kind, give] of [
    ['drop', dropPhoto],
    ['paste', pastePhoto],
  ] as const)
    studioTest(`a picture by ${kind}`, async ({ page }) => {
      await give(page, readFileSync(photoPath('cat')))
      await page.locator('.reference[data-state=ready]').waitFor()
      await page.getByRole('application').waitFor()
    })

  studioTest('a HEIC of a telephone is seen, though this browser does not read it', async ({ page }) => {
    await page.locator('#file-input').setInputFiles(HEIC)
    await page.locator('.reference[data-state=ready] img[src$="/preview"]').waitFor()
    await page.getByRole('application', { name: /160 by 106/u }).waitFor()
    await write(page, 'black and white')
    await runToResult(page)
    // Also when everything comes from the memory of the page.
    await page.reload()
    await untilResult(page)
  })

  studioTest('a panorama that is wider than WebP can be is seen, also as a TIFF', async ({ page }) => {
    const photo = sharp(photoPath('raccoon')).resize(20_000, 500, { fit: 'cover' })
    for (const [name, mimeType, file] of [
      ['wide.tif', 'image/tiff', photo.clone().tiff()],
      ['wide.jpg', 'image/jpeg', photo.clone().jpeg()],
    ] as const) {
      await page.locator('#file-input').setInputFiles({ name, mimeType, buffer: await file.toBuffer() })
      await page.locator('.reference[data-state=ready]').waitFor()
      await page.getByRole('application', { name: /20000 by 500/u }).waitFor()
      const [middle] = await coloursAt(page, [[0.5, 0.5]])
      assert.ok(middle !== undefined && Math.max(...middle) > 0, `${name}: ${String(middle)}`)
      await page.getByRole('link', { name: /start over/u }).click()
      await page.locator('.samples').waitFor()
    }
  })

  studioTest('a picture of this server by its address', async ({ page, server }) => {
    const asset = await server.upload('cat')
    await page.getByRole('button', { name: 'Add a picture by its address' }).click()
    await page.getByRole('textbox', { name: 'Address of a picture' }).fill(String(asset['image_url']))
    await page.getByRole('button', { name: 'Add', exact: true }).click()
    await page.locator('.reference[data-state=ready]').waitFor()
    await page.getByRole('application', { name: /451 by 300/u }).waitFor()
    await page.getByLabel('Zoom', { exact: true }).getByText('100 %').waitFor()
  })

  studioTest(
    'an address that leads into the private network is refused in words',
    async ({ page }) => {
      await page.getByRole('button', { name: 'Add a picture by its address' }).click()
      await page.getByRole('textbox', { name: 'Address of a picture' }).fill('http://10.0.0.1/picture.jpg')
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.getByRole('alert').waitFor()
      await page.locator('.reference[data-state=failed]').waitFor()
    },
    { expectedErrors: /422/u },
  )

  studioTest('a slow upload tells its percent', async ({ page, context }) => {
    await page.locator('.samples').waitFor()
    const connection = await context.newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 100_000 }
    await connection.send('Network.emulateNetworkConditions', slow)
    await page.locator('#file-input').setInputFiles(photoPath('raccoon'))
    await page.getByRole('progressbar', { name: 'Uploading' }).waitFor()
    await page.locator('.reference[data-state=ready]').waitFor()
  })

  studioTest('a picture without words is offered ideas, which fill the instruction', async ({ page }) => {
    await choosePhoto(page)
    const ideas = page.getByRole('group', { name: 'Ideas' })
    await ideas.getByRole('button', { name: 'Black and white' }).click()
    assert.match(await page.getByLabel('Instruction').inputValue(), /black and white/u)
    await ideas.getByRole('button', { name: 'Night' }).click()
    assert.match(await page.getByLabel('Instruction').inputValue(), /^make it a night scene$/u)
    await ideas.getByRole('button', { name: 'Night', pressed: true }).waitFor()
    await write(page, 'make it a night scene with stars of my own')
    await ideas.waitFor({ state: 'detached' })
    await write(page, 'black and white')
    await page.keyboard.press('Control+Enter')
    await untilResult(page)
  })

  studioTest(
    'what stood in for a model without its key says so, and is there again after another page',
    async ({ page }) => {
      await page.getByRole('button', { name: /^Model:/u }).click()
      await page.getByRole('combobox', { name: 'Search models' }).fill('nano banana pro')
      await page.keyboard.press('Enter')
      await choosePhoto(page)
      await write(page, 'black and white')
      await page.keyboard.press('Control+Enter')
      await untilResult(page)
      const result = page.getByRole('toolbar', { name: 'Result' })
      await result.getByText('draft', { exact: true }).waitFor()
      await result.getByRole('link', { name: 'draft' }).click()
      await page.getByLabel('New key of Google').waitFor()
      await page.goBack()
      await page.getByRole('button', { name: /^google\/nano-banana-pro \(draft\)/u }).waitFor()
      const pages = page.getByRole('navigation', { name: 'Pages' })
      await pages.getByRole('link', { name: 'Models' }).click()
      await page.getByRole('heading', { name: 'Models', exact: true }).waitFor()
      await pages.getByRole('link', { name: 'Studio' }).click()
      await result.waitFor()
      await pages.getByRole('link', { name: 'Studio' }).click()
      await result.waitFor({ state: 'detached' })
    },
  )

  studioTest('no control has the name of another', async ({ page }) => {
    await page.keyboard.press('s')
    await page.getByRole('tabpanel', { name: 'Settings' }).getByLabel('Output format').waitFor()
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    assert.deepEqual(ids, [...new Set(ids)])
  })

  studioTest('Run pressed during an upload waits for it', async ({ page, context }) => {
    await write(page, 'black and white')
    const connection = await context.newCDPSession(page)
    const slow = { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput: 200_000 }
    await connection.send('Network.emulateNetworkConditions', slow)
    await page.locator('#file-input').setInputFiles(photoPath('raccoon'))
    await page.getByRole('progressbar', { name: 'Uploading' }).waitFor()
    await page.keyboard.press('Control+Enter')
    await page.getByRole('button', { name: 'Uploading…' }).waitFor()
    await untilResult(page)
  })

  studioTest('starting over empties the stage, and Undo brings it back', async ({ page }) => {
    await choosePhoto(page)
    await write(page, 'black and white')
    await page.getByRole('link', { name: /start over/u }).click()
    await page.locator('.samples').waitFor()
    assert.equal(await page.getByLabel('Instruction').inputValue(), '')
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('application').waitFor()
    assert.equal(await page.getByLabel('Instruction').inputValue(), 'black and white')
    await page.keyboard.press('n')
    await page.locator('.samples').waitFor()
    await page.keyboard.press('Control+z')
    await page.getByRole('application').waitFor()
  })

  studioTest(
    'a picture that was removed does not come back over the one that took its place',
    async ({ page }) => {
      await choosePhoto(page)
      await page.getByRole('button', { name: /^Remove /u }).click()
      await page.locator('.samples').waitFor()
      const messages = page.getByRole('complementary', { name: 'Messages' })
      await messages.getByText(/is removed/u).waitFor()
      await choosePhoto(page)
      // Sooner than it would go by itself.
      await messages.waitFor({ state: 'detached', timeout: 3000 })
      await page.keyboard.press('Control+z')
      assert.equal(await page.getByRole('button', { name: /^Remove /u }).count(), 1)
    },
  )

  studioTest('what is over is no longer said', async ({ page }) => {
    await choosePhoto(page)
    await page.getByRole('button', { name: 'Run' }).click()
    const messages = page.getByRole('complementary', { name: 'Messages' })
    await messages.getByRole('listitem').waitFor()
    await write(page, 'black and white')
    await runToResult(page)
    assert.equal(await messages.count(), 0)
  })

  studioTest('a file that is no picture is refused before it travels', async ({ page, server }) => {
    const before = (await server.call('/assets')).body['items']
    await page
      .locator('#file-input')
      .setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('x') })
    await page.getByRole('alert').getByText('notes.txt is not a picture').waitFor()
    assert.deepEqual((await server.call('/assets')).body['items'], before)
  })

  studioTest('without a picture or an instruction, Run leads to what is missing', async ({ page }) => {
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('status').getByText('Add a picture first').first().waitFor()
    await page.locator('#file-input').setInputFiles({ ...PICTURE, buffer: readFileSync(photoPath('cat')) })
    await page.locator('.reference[data-state=ready]').waitFor()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.locator('#prompt:focus').waitFor()
  })
})

describeStudio('elsewhere', { settings: { AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '127.0.0.1' } }, (studioTest) => {
  studioTest(
    'a picture by its address, which the server fetches and the browser does not',
    async ({ page }) => {
      const elsewhere = createServer((_request, answer) => answer.end(readFileSync(photoPath('cat')))).listen(
        0,
        '127.0.0.1',
      )
      await once(elsewhere, 'listening')
      const { port } = elsewhere.address() as AddressInfo
      await page.getByRole('button', { name: 'Add a picture by its address' }).click()
      await page
        .getByRole('textbox', { name: 'Address of a picture' })
        .fill(`http://127.0.0.1:${port}/cat.jpg`)
      await page.getByRole('button', { name: 'Add', exact: true }).click()
      await page.locator('.reference[data-state=ready]').waitFor()
      await page.getByRole('application', { name: /451 by 300/u }).waitFor()
      elsewhere.close()
    },
  )
})

describeStudio('limits', { settings: { AFTERIMAGE_MAX_INPUT_BYTES: '60000' } }, (studioTest) => {
  studioTest(
    'a file over the limit is named with both sizes before a byte of it is sent',
    async ({ page, server }) => {
      await page.locator('#file-input').setInputFiles(photoPath('raccoon'))
      await page
        .getByRole('alert')
        .getByText(/raccoon\.jpg is 0\.2 MB; this server takes at most 0\.1 MB/u)
        .waitFor()
      assert.deepEqual((await server.call('/assets')).body['items'], [])
      await choosePhoto(page, 'cat')
    },
  )
})
