/// <reference lib="dom" />
/** The pages beside the Studio, on what the server really has. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { createTestEngine } from '../support/test-engine.ts'
import { describeStudio } from './support/studio.ts'
import { choosePhoto, runToResult, write } from './support/steps.ts'

const PRIVATE = { AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '127.0.0.1' }

function open(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name }).click()
}

describeStudio(
  'pages',
  { engines: [createTestEngine('afterimage/local')], settings: PRIVATE },
  (studioTest) => {
    studioTest('models are searched, filtered, and opened in the Studio', async ({ page }) => {
      await open(page, 'Models')
      await page.getByRole('searchbox', { name: 'Search models' }).fill('nano banana')
      await page.getByRole('heading', { name: 'Nano Banana Pro' }).waitFor()
      await page.getByLabel('Ready with your keys').check()
      await page.getByRole('status').getByText(/^0 of/u).waitFor()
      await page.getByLabel('Ready with your keys').uncheck()
      await page.getByRole('button', { name: 'Open Nano Banana Pro in the Studio' }).click()
      await page.getByRole('button', { name: /Nano Banana Pro/u }).waitFor()
    })

    studioTest(
      "an admin enters a vendor's key on the page of models, and removes it",
      async ({ page }) => {
        await open(page, 'Models')
        await page.getByText(/^Provider keys: 0 of/u).click()
        const input = page.getByLabel('New key of Topaz')
        await input.fill('short')
        await page.getByRole('button', { name: 'Save the key of Topaz' }).click()
        await page
          .getByRole('alert')
          .getByText(/expected 8 to 1024/u)
          .waitFor()
        await input.fill('tpz-entered-on-the-page-4321')
        await page.getByRole('button', { name: 'Save the key of Topaz' }).click()
        await page.getByText(/key …4321 entered/u).waitFor()
        assert.equal(await input.inputValue(), '', 'the key does not stay in the page')
        await page.getByText(/^Provider keys: 1 of/u).waitFor()
        await page.getByRole('button', { name: 'Remove the key of Topaz' }).click()
        await page.getByText(/^Provider keys: 0 of/u).waitFor()
      },
      { expectedErrors: /400/u },
    )

    studioTest('the guide names this server in four languages', async ({ page, server }) => {
      await open(page, 'Guides')
      for (const language of ['cURL', 'TypeScript', 'Python', 'Go']) {
        await page.getByLabel('Language').getByText(language, { exact: true }).click()
        await page.getByLabel(`${language} code`).getByText(server.url).first().waitFor()
      }
      await page
        .getByRole('heading', { name: 'GPT Image 2' })
        .or(page.getByRole('heading', { name: 'ChatGPT 2' }))
        .first()
        .waitFor()
      await page.getByRole('button', { name: 'Try it in the Studio' }).click()
      await page.locator('.reference[data-state=ready]').waitFor()
      await page.getByRole('button', { name: /Nano Banana Pro/u }).waitFor()
      assert.match(await page.getByLabel('Instruction').inputValue(), /wool rug/u)
    })

    studioTest('a delivery is seen with both sides, and replayed', async ({ page, server }, t) => {
      let received = 0
      const receiver = createServer((_request, answer) => {
        received += 1
        answer.end('thank you')
      }).listen(0, '127.0.0.1')
      t.after(() => {
        receiver.closeAllConnections()
        receiver.close()
      })
      await once(receiver, 'listening')
      const { port } = receiver.address() as AddressInfo
      const { image_url: url } = await server.upload()
      const job = await server.call('/generate/image/afterimage/edit', {
        json: { image_url: url, prompt: 'a negative' },
        headers: { 'x-webhook-url': `http://127.0.0.1:${port}/hook` },
      })
      assert.equal(job.status, 200)
      await open(page, 'Deliveries')
      await page.getByText(`http://127.0.0.1:${port}/hook`).click()
      await page.getByText('Attempt 1: 200').waitFor()
      await page.getByText('thank you').waitFor()
      await page.getByRole('button', { name: 'Replay' }).click()
      await page.getByText('Attempt 2: 200').waitFor()
      assert.equal(received, 2)
      receiver.close()
    })

    studioTest(
      'a webhook of the page, with a receiver that the server lends',
      async ({ page }) => {
        await page.keyboard.press('s')
        await page.getByLabel('Webhook', { exact: true }).fill('ftp://nowhere')
        await choosePhoto(page)
        await write(page, 'a negative')
        await page.getByRole('button', { name: 'Run' }).click()
        await page.getByRole('button', { name: 'Show the field' }).click()
        await page.locator('#field-webhook:focus').waitFor()
        await page.getByRole('button', { name: 'Use a test receiver of this server' }).click()
        await page.waitForFunction(() =>
          /\/webhooks\/sink\//u.test(document.querySelector<HTMLInputElement>('#field-webhook')?.value ?? ''),
        )
        await page.getByLabel('Instruction').press('Escape')
        await page.keyboard.press('t')
        await runToResult(page)
        const trace = page.getByRole('tabpanel', { name: 'Trace' })
        await trace.getByText(/\/webhooks\/sink\//u).click()
        await trace.getByText(/^Attempt 1: 2\d\d$/u).waitFor()
        await trace.getByRole('button', { name: 'Replay' }).click()
        await trace.getByText(/^Attempt 2: 2\d\d$/u).waitFor()
      },
      { expectedErrors: /400|422/u },
    )

    studioTest('a key is made, shown once, works, and is revoked', async ({ page, server }) => {
      await open(page, 'Keys')
      await page.getByLabel('Name').fill('from the page')
      await page.getByLabel('Requests a minute').fill('100')
      await page.getByRole('button', { name: 'Create' }).click()
      const key = ((await page.getByLabel('Key code').textContent()) ?? '').trim()
      assert.equal((await server.call('/jobs', { key })).status, 200)
      await page.getByRole('button', { name: 'Revoke from the page' }).click()
      await page.getByRole('button', { name: 'Revoke for good' }).click()
      await page
        .getByRole('row', { name: /from the page/u })
        .getByText('revoked')
        .waitFor()
      assert.equal((await server.call('/jobs', { key })).status, 401)
      await page.reload()
      await page.getByRole('row', { name: /from the page/u }).waitFor()
      assert.ok(!(await page.content()).includes(key))
    })

    studioTest('usage counts the jobs of the account', async ({ page, server }) => {
      const { image_url: url } = await server.upload()
      const job = await server.call('/generate/image/afterimage/edit', {
        json: { image_url: url, prompt: 'x' },
      })
      await server.settle(job.body['job_id'])
      await open(page, 'Usage')
      await page
        .getByRole('region', { name: 'By model' })
        .getByRole('row', { name: /afterimage\/edit/u })
        .waitFor()
    })

    studioTest(
      'every route of the OpenAPI document is in the reference, with its fields',
      async ({ page, server }) => {
        const { paths } = (await server.call('/openapi.json')).body as { paths: Record<string, object> }
        await open(page, 'API')
        for (const path of Object.keys(paths))
          await page.locator('.routes code', { hasText: path }).first().waitFor()
        await page.getByRole('searchbox', { name: 'Search routes' }).fill('afterimage/edit')
        await page.locator('.routes summary').first().click()
        await page.getByRole('rowheader', { name: /image_url/u }).waitFor()
        await page.getByRole('tab', { name: 'cURL' }).click()
        await page.getByLabel('cURL code').getByText(`${server.url}/generate/image/afterimage/edit`).waitFor()
      },
    )

    studioTest('the keys that the guide names are those of the page', async ({ page }) => {
      const guide = readFileSync(new URL('../../docs/guides/studio.md', import.meta.url), 'utf8')
      const named = [...guide.matchAll(/`([^\s⌘]|Space|Tab)`/gu)].map(([, key = '']) => key)
      assert.ok(named.length > 15, named.join(' '))
      await page.locator('.samples').waitFor()
      await page.keyboard.press('?')
      const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
      await sheet.waitFor()
      const keys = (await sheet.locator('kbd').allTextContents()).flatMap((text) => text.split(/\+(?=.)/u))
      for (const key of named) assert.ok(keys.includes(key), `${key} is none of ${keys.join(' ')}`)
    })

    studioTest(
      'a page that is opened for the first time while the server is away opens, and is filled when it is back',
      async ({ page, context }) => {
        await page.waitForFunction(() =>
          performance.getEntriesByType('resource').some(({ name }) => /\/deliveries-[^/]+\.js$/u.test(name)),
        )
        await context.setOffline(true)
        await open(page, 'Deliveries')
        await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
        await page.getByRole('alert').getByText('The server does not answer').waitFor()
        await context.setOffline(false)
        await page.getByText('/hook').first().waitFor()
      },
      { expectedErrors: /ERR_INTERNET_DISCONNECTED/u },
    )

    studioTest(
      'a page whose code the server no longer has says so, and the way out works',
      async ({ page, server }) => {
        await page.route('**/deliveries-*.js', (route) => route.fulfill({ status: 404 }))
        await page.goto(`${server.url}/#/deliveries`)
        await page.reload()
        await page.getByRole('heading', { name: 'This page is not here yet' }).waitFor()
        await page.unroute('**/deliveries-*.js')
        await page.getByRole('button', { name: 'Load everything again' }).click()
        await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
      },
      { expectedErrors: /404/u },
    )

    studioTest(
      'an answer that a page cannot draw costs that page only, and the way out works',
      async ({ page }) => {
        await page.route('**/usage?*', (route) => route.fulfill({ json: { items: 7 } }))
        await open(page, 'Usage')
        await page.getByRole('heading', { name: 'This page could not be drawn' }).waitFor()
        await open(page, 'Deliveries')
        await page.getByRole('heading', { name: 'Deliveries' }).waitFor()
        await open(page, 'Usage')
        await page.getByRole('heading', { name: 'This page could not be drawn' }).waitFor()
        await page.unroute('**/usage?*')
        await page.getByRole('button', { name: 'Load everything again' }).click()
        await page.getByRole('heading', { name: 'Usage' }).waitFor()
      },
      { expectedErrors: /TypeError|is not/u },
    )

    studioTest('signing out leaves nothing behind', async ({ page, context }) => {
      await page.getByRole('button', { name: /^Account/u }).click()
      await page.getByRole('menuitem', { name: 'Sign out' }).click()
      await page.getByLabel('API key').waitFor()
      assert.deepEqual(await context.cookies(), [])
    })
  },
)
