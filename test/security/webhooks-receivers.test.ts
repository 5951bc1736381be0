/** Receivers that refuse, hang, trickle, flood, redirect, lie and break off. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { Webhook } from 'standardwebhooks'
import type { Delivered } from '../../src/webhooks/deliver.ts'
import type { TestServer } from '../support/http-server.ts'
import { startServer } from '../support/http-server.ts'
import type { TestSender } from '../support/webhook-deliver.ts'
import { createTestSender, DELIVERY_ID, TEST_SECRET } from '../support/webhook-deliver.ts'
import type { WebhookReceiver } from '../support/webhook-receiver.ts'
import { RECEIVER_HOST, startWebhookReceiver, webhookHeaders } from '../support/webhook-receiver.ts'

const TIMEOUT_MS = 400
let sender: TestSender
before(() => {
  sender = createTestSender({ timeoutMs: TIMEOUT_MS })
})
after(() => sender.close())

/** Runs with a TCP server that handles its connections by hand. */
async function withSocketServer(
  onConnection: (socket: Socket) => void,
  run: (url: string) => Promise<void>,
): Promise<void> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => null).on('close', () => sockets.delete(socket))
    onConnection(socket)
  }).listen(0, RECEIVER_HOST)
  await once(server, 'listening')
  try {
    await run(`http://${RECEIVER_HOST}:${(server.address() as AddressInfo).port}/`)
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
    await once(server, 'close')
  }
}

/** A receiver that closes with the test, also with one that fails. */
async function receiverFor(
  t: TestContext,
  ...answer: Parameters<typeof startWebhookReceiver>
): Promise<WebhookReceiver> {
  const receiver = await startWebhookReceiver(...answer)
  t.after(() => receiver.close())
  return receiver
}

/** The first failure comes back after 5 s; without an answer, or with one that is no success. */
function assertRetried({ attempt, verdict }: Delivered, error: RegExp, status: number | null = null): void {
  assert.deepEqual(verdict, { kind: 'retry', delayMs: 5000, pauseEndpointMs: 0 })
  assert.match(String(attempt.error), error)
  assert.doesNotMatch(String(attempt.error), /ECONN|undici|node:|stack/u)
  assert.equal(attempt.response?.status ?? null, status)
}

void describe('bad receivers', () => {
  void test('1 refuses the connection', async () => {
    const closed = await startWebhookReceiver()
    await closed.close()
    assertRetried(await sender.deliver(closed.url), /connection was refused/u)
  })

  void test('2 takes the connection and says nothing', async () => {
    const begun = performance.now()
    await withSocketServer(
      () => null,
      async (url) => assertRetried(await sender.deliver(url), /did not answer within 0\.4 s/u),
    )
    assert.ok(performance.now() - begun < TIMEOUT_MS * 5)
  })

  void test('3 trickles: in the head it is too slow, in the body the status has been said', async () => {
    const trickle = (socket: Socket, text: string): void => {
      let at = 0
      const timer = setInterval(() => socket.write(text.charAt((at += 1) - 1) || 'x'), 50)
      socket.on('close', () => clearInterval(timer))
    }
    await withSocketServer(
      (socket) => trickle(socket, 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'),
      async (url) => assertRetried(await sender.deliver(url), /did not answer within/u),
    )
    await withSocketServer(
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n')
        trickle(socket, 'thank you ')
      },
      async (url) => {
        const { attempt, verdict } = await sender.deliver(url)
        assert.deepEqual(verdict, { kind: 'delivered' })
        assert.match(attempt.response?.body ?? '', /^than/u)
        assert.equal(attempt.response?.isBodyCut, true)
      },
    )
  })

  void test('4 answers without end: the beginning is kept, the connection cut', async () => {
    let sent = 0
    const endless = (socket: Socket): void => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
      const chunk = `10000\r\n${'z'.repeat(0x1_0000)}\r\n`
      const pump = (): void => {
        while (!socket.destroyed && socket.write(chunk)) sent += chunk.length
      }
      socket.on('drain', pump)
      pump()
    }
    await withSocketServer(endless, async (url) => {
      const { attempt, verdict } = await sender.deliver(url)
      assert.deepEqual(verdict, { kind: 'delivered' })
      assert.equal(attempt.response?.body, 'z'.repeat(4096))
      assert.equal(attempt.response.isBodyCut, true)
    })
    assert.ok(sent < 20_000_000, `${sent} bytes were taken`)
  })

  void test('5 redirects to a private address: not followed, whatever the status', async (t) => {
    const canary: TestServer = await startServer((_, response) => response.end(), { host: '127.0.0.1' })
    t.after(() => canary.close())
    const statuses = [301, 302, 303, 307, 308]
    const redirecting = await receiverFor(t, (response, index) =>
      response.writeHead(statuses[index] ?? 302, { location: `http://127.0.0.1:${canary.port}/` }).end(),
    )
    for (const status of statuses)
      assertRetried(await sender.deliver(redirecting.url), /redirects are not followed/u, status)
    assert.equal(canary.connections(), 0)
  })

  void test('6 is gone: 410 ends it and disables the address', async (t) => {
    const gone = await receiverFor(t, (response) => response.writeHead(410).end())
    const { verdict, attempt } = await sender.deliver(gone.url)
    assert.deepEqual(verdict, { kind: 'disable' })
    assert.match(String(attempt.error), /410 Gone/u)
  })

  void test('7 asks for time: Retry-After in seconds, as a date, without measure, in nonsense', async (t) => {
    const inAMinute = new Date(Date.now() + 60_000).toUTCString()
    const values = ['120', inAMinute, '999999999', 'soon', '-5', '']
    const busy = await receiverFor(t, (response, index) =>
      response.writeHead(index % 2 === 0 ? 429 : 503, { 'retry-after': values[index] ?? '' }).end(),
    )
    const pauses: number[] = []
    for (const _ of values) {
      const { verdict } = await sender.deliver(busy.url)
      assert.equal(verdict.kind, 'retry')
      if (verdict.kind === 'retry') pauses.push(verdict.delayMs)
    }
    const [seconds = 0, date = 0, most = 0, ...nonsense] = pauses
    assert.equal(seconds, 120_000)
    assert.ok(date > 50_000 && date <= 60_000, String(date))
    assert.equal(most, 86_400_000)
    assert.deepEqual(nonsense, [5000, 5000, 5000])
  })

  void test('8 fails, then takes it: the same id and body, a new time and signature that verify', async (t) => {
    const moody = await receiverFor(t, (response, index) =>
      response.writeHead(index === 0 ? 500 : 200).end('ok'),
    )
    assertRetried(await sender.deliver(moody.url), /answered 500/u, 500)
    assert.deepEqual((await sender.deliver(moody.url, 1)).verdict, { kind: 'delivered' })
    const [first, second] = moody.received
    assert.ok(first !== undefined && second !== undefined)
    assert.equal(first.body, second.body)
    for (const message of [first, second]) {
      assert.equal(message.headers['webhook-id'], DELIVERY_ID)
      new Webhook(TEST_SECRET).verify(message.body, webhookHeaders(message))
    }
    for (let n = 0; n < 6; n += 1) await sender.deliver(moody.url)
    assert.ok(moody.connections() <= 2, 'connections are used again')
  })

  void test('9 breaks off: in the head it is a failure, in the body the status has been said', async () => {
    const heads = ['', 'HTTP/1.1 20', 'HTTP/1.1 200 OK\r\nContent-Le', 'this is not http\r\n\r\n']
    for (const head of heads)
      await withSocketServer(
        (socket) => socket.once('data', () => socket.end(head)),
        async (url) => assertRetried(await sender.deliver(url), /broke off|not valid HTTP|request failed/u),
      )
    await withSocketServer(
      (socket) =>
        socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf')
          setImmediate(() => socket.destroy())
        }),
      async (url) => {
        const { attempt, verdict } = await sender.deliver(url)
        assert.deepEqual(verdict, { kind: 'delivered' })
        assert.equal(attempt.response?.body, 'half')
      },
    )
  })

  void test('10 does not speak TLS', async (t) => {
    const plain = await receiverFor(t)
    const { attempt, verdict } = await sender.deliver(plain.url.replace('http:', 'https:'))
    assert.equal(verdict.kind, 'retry')
    assert.match(String(attempt.error), /^No answer: /u)
    assert.equal(plain.received.length, 0)
  })

  void test('11 sends headers without end', async () => {
    await withSocketServer(
      (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-large: ${'a'.repeat(100_000)}\r\n\r\n`),
      async (url) => assertRetried(await sender.deliver(url), /too large headers|not valid HTTP/u),
    )
  })

  void test('after the last failure of the schedule it has failed', async (t) => {
    const broken = await receiverFor(t, (response) => response.writeHead(500).end())
    assert.equal((await sender.deliver(broken.url, 5)).verdict.kind, 'retry')
    assert.deepEqual((await sender.deliver(broken.url, 6)).verdict, { kind: 'failed' })
  })
})
