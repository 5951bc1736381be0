/** Webhook addresses against the guard: at submit, and again at each connection. */
import assert from 'node:assert/strict'
import type { LookupAddress } from 'node:dns'
import { isIP } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { createCheckWebhook } from '../../src/webhooks/check-webhook.ts'
import type { TestServer } from '../support/http-server.ts'
import { startServer, watchConnectionAttempts } from '../support/http-server.ts'
import type { TestSender } from '../support/webhook-deliver.ts'
import { createTestSender } from '../support/webhook-deliver.ts'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'
import { RECEIVER_HOST, startWebhookReceiver } from '../support/webhook-receiver.ts'

const PRIVATE_HOSTS = [
  '127.0.0.1',
  'LOCALHOST',
  'localhost.',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[::127.0.0.1]',
  '2130706433',
  '0x7f.0.0.1',
  '0x7f000001',
  '017700000001',
  '0177.0.0.1',
  '127.1',
  '127.0.1',
  '0',
  '0.0.0.0',
  '[::]',
  '１２７.０.０.１',
  '127。0。0。1',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fe80::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.0.1',
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '169.254.170.2',
  '100.64.0.1',
  '168.63.129.16',
  '198.18.0.1',
  '224.0.0.1',
  '240.0.0.1',
  '255.255.255.255',
]

let canary: TestServer
let receiver: WebhookReceiver
let sender: TestSender
let attempts: ReturnType<typeof watchConnectionAttempts>
/** What names resolve to; a list of lists is answered in turn. */
const names = new Map<string, string[][]>([['localhost', [['127.0.0.1', '::1']]]])

async function resolver(host: string): Promise<LookupAddress[]> {
  const answers = names.get(host.toLowerCase().replace(/\.$/u, ''))
  if (answers === undefined) throw Object.assign(new Error('not found'), { code: 'ENOTFOUND' })
  const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
  return answer.map((address) => ({ address, family: isIP(address) }))
}

const check = createCheckWebhook({ allowPrivate: [RECEIVER_HOST], findSink: () => null, resolver })

before(async () => {
  canary = await startServer((_, response) => response.end(), { host: '127.0.0.1' })
  receiver = await startWebhookReceiver((response) => response.writeHead(204, { connection: 'close' }).end())
  sender = createTestSender({ timeoutMs: 2000, resolver })
  attempts = watchConnectionAttempts()
})
after(async () => {
  attempts.stop()
  await Promise.all([canary.close(), receiver.close(), sender.close()])
})

const isRefusal = { name: 'AfterimageError', code: 'invalid_request', message: /^X-Webhook-URL: / }

void describe('webhook addresses', () => {
  void test(`${PRIVATE_HOSTS.length} private hosts are refused at submit and never dialled`, async () => {
    const before = attempts.addresses.length
    for (const host of PRIVATE_HOSTS) {
      const url = `http://${host}:${canary.port}/`
      await assert.rejects(check(url), isRefusal, url)
      // As if it had passed the first check: an old row, or a name that has changed since.
      const { attempt, verdict } = await sender.deliver(url)
      assert.equal(verdict.kind, 'retry', url)
      assert.equal(attempt.response, null, url)
    }
    assert.deepEqual(attempts.addresses.slice(before), [])
    assert.equal(canary.connections(), 0)
  })

  void test('names that lead to a private address are refused, also beside a public one', async () => {
    for (const answer of [
      ['10.0.0.8'],
      ['169.254.169.254'],
      [RECEIVER_HOST, '127.0.0.1'],
      ['::ffff:127.0.0.1'],
      ['fd00::1'],
    ]) {
      names.set('inner.test', [answer])
      await assert.rejects(check('https://inner.test/hook'), isRefusal, answer.join())
      const { attempt } = await sender.deliver(`http://inner.test:${canary.port}/`)
      assert.match(String(attempt.error), /private or reserved/u)
    }
    assert.equal(canary.connections(), 0)
  })

  void test('rebinding: public at submit and at the first try, private at the second', async () => {
    names.set('rebind.test', [[RECEIVER_HOST], [RECEIVER_HOST], ['127.0.0.1']])
    const url = await check(`http://rebind.test:${receiver.port}/`)
    assert.equal((await sender.deliver(url)).verdict.kind, 'delivered')
    const { attempt } = await sender.deliver(url, 1)
    assert.match(String(attempt.error), /private or reserved/u)
    assert.equal(canary.connections(), 0)
  })

  void test('a name that does not resolve now is accepted; a hanging resolver does not hold up the submit', async () => {
    assert.equal(await check('https://later.example/hook#x'), 'https://later.example/hook')
    const hanging = createCheckWebhook({
      allowPrivate: [],
      findSink: () => null,
      resolver: () => new Promise(() => undefined),
    })
    assert.equal(await hanging('https://slow.example/'), 'https://slow.example/')
    const slow = createTestSender({ timeoutMs: 200, resolver: () => new Promise(() => undefined) })
    assert.match(
      String((await slow.deliver('https://slow.example/')).attempt.error),
      /did not answer within/u,
    )
    await slow.close()
  })

  void test('ports of other protocols are refused at submit', async () => {
    for (const port of [22, 25, 587, 6667])
      await assert.rejects(check(`http://${RECEIVER_HOST}:${port}/`), isRefusal, String(port))
  })

  void test('legitimate controls pass', async () => {
    names.set('hooks.test', [[RECEIVER_HOST]])
    for (const host of ['hooks.test', 'HOOKS.test', RECEIVER_HOST]) {
      const url = await check(`http://${host}:${receiver.port}/a?b=c`)
      assert.equal((await sender.deliver(url)).verdict.kind, 'delivered', host)
    }
    assert.equal(await check('https://93.184.216.34/'), 'https://93.184.216.34/')
    assert.equal(await check('https://[2606:2800:220:1::1]/'), 'https://[2606:2800:220:1::1]/')
  })
})
