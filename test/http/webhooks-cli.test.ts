/** The command line's part in webhooks: secrets for the operator, forwarding for the developer. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { verifyWebhook } from '../../src/sdk/index.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { runProgram } from '../support/run-program.ts'
import { startWebhookReceiver } from '../support/webhook-receiver.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const MODEL = '/generate/image/google/nano-banana-pro'
let app: TestApp
before(async () => {
  app = await startTestApp()
})
after(() => app.stop())

type Secrets = { key_id: string; items: { secret: string }[] }
const shownSecrets = async (): Promise<Secrets> =>
  (await app.call('/keys/current/webhook-secret')).body as unknown as Secrets
const environment = () => ({
  PATH: process.env['PATH'],
  HOME: app.directory,
  AFTERIMAGE_DATA_DIR: join(app.directory, 'data'),
})
const run = (...args: readonly string[]) =>
  runProgram([process.execPath, MAIN, ...args], { env: environment() })

void describe('afterimage keys', () => {
  void test('secret shows what the server signs with; rotate-secret replaces it under the server', async () => {
    const { key_id, items } = await shownSecrets()
    const shown = await run('keys', 'secret', key_id)
    assert.equal(shown.output.trim(), items[0]?.secret)
    const rotated = await run('keys', 'rotate-secret', key_id)
    assert.equal(rotated.code, 0, rotated.output)
    const [newest = '', previous = ''] = rotated.output.trim().split('\n')
    assert.ok(previous.startsWith(`${items[0]?.secret}  until `))
    assert.equal((await shownSecrets()).items[0]?.secret, newest)
    const unknown = await run('keys', 'secret', 'nobody')
    assert.equal(unknown.code, 1)
    assert.match(unknown.output, /no key nobody/u)
  })
})

void describe('afterimage listen', () => {
  void test('forwards what jobs send, as it came, and shows the answer', { timeout: 60_000 }, async () => {
    const local = await startWebhookReceiver((response) => response.writeHead(202).end())
    const args = ['listen', '--forward', `${local.url}/hook`, '--url', app.url, '--api-key', app.key]
    const child = spawn(process.execPath, [MAIN, ...args], { env: environment() })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    try {
      while (!output.includes('Ctrl-C')) await once(child.stdout, 'data')
      const webhook = /X-Webhook-URL: (\S+)/u.exec(output)?.[1] ?? ''
      const { body } = await app.call(MODEL, {
        json: { prompt: 'invert it', image_urls: [(await app.upload())['image_url']] },
        headers: { 'X-Webhook-URL': webhook },
      })
      const [message] = await local.waitFor(1)
      assert.ok(message !== undefined)
      const secret = (await shownSecrets()).items.map((item) => item.secret)
      assert.equal((await verifyWebhook(message.body, message.headers, secret)).job_id, body['job_id'])
      assert.equal(message.headers.authorization, undefined)
      while (!output.includes('-> 202')) await once(child.stdout, 'data')
      assert.ok(output.includes(`${String(body['job_id'])} completed -> 202`))
    } finally {
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      assert.deepEqual(await gone, [0, null])
      await local.close()
    }
  })

  void test('without a valid key, server or address it says so', async () => {
    const noKey = await run('listen', '--forward', 'http://localhost:1/', '--url', app.url)
    assert.equal(noKey.code, 1)
    assert.match(noKey.output, /API key is missing/u)
    assert.match((await run('listen', '--forward', 'nowhere')).output, /--forward: expected an http/u)
  })
})
