/** Line breaks in what callers send never become fields of an answer, of a webhook, or lines of the log. */
import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { pino } from 'pino'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { createPngBomb } from '../support/png.ts'
import type { Proof } from '../support/proof.ts'
import { startProof } from '../support/proof.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { exchange, headOf, statusesIn } from '../support/raw-http.ts'

const PATIENCE_MS = 20_000
const PICTURE = `data:image/png;base64,${createPngBomb(8, 'rgb8').toString('base64')}`
const MODEL = '/generate/image/google/nano-banana-pro'
/** Spellings of a line break with a field behind it; some are broken HTTP and refused, which is right too. */
const BREAKS = [
  '%0d%0aX-Evil:%201',
  '%0aX-Evil:%201',
  '%0dX-Evil:%201',
  '%250d%250aX-Evil: 1',
  '%E5%98%8D%E5%98%8AX-Evil: 1',
  '\xe5\x98\x8d\xe5\x98\x8aX-Evil: 1',
  '\\r\\nX-Evil: 1',
  '\rX-Evil: 1',
  '\vX-Evil: 1',
  '\x85X-Evil: 1',
  '\0X-Evil: 1',
  '\r\n X-Evil: 1',
] as const
const FIELDS = [
  'X-Request-Id',
  'Origin',
  'Idempotency-Key',
  'X-Webhook-URL',
  'X-Forwarded-Host',
  'Range',
  'If-None-Match',
  'Accept-Encoding',
  'Access-Control-Request-Headers',
  'User-Agent',
  'Cookie',
  'Content-Type',
] as const

let app: TestApp
let log = ''
let file = ''
before(async () => {
  const lines = new PassThrough()
  lines.on('data', (chunk) => (log += String(chunk)))
  app = await startTestApp({ logger: pino({ level: 'info' }, lines) })
  file = new URL(String((await app.upload())['image_url'])).pathname
})
after(() => app.stop())

function ask(line: string, ...fields: readonly string[]): Promise<RawAnswer> {
  const all = [line, 'Host: localhost', `Authorization: Bearer ${app.key}`, 'Connection: close', ...fields]
  return exchange(app.url, `${all.join('\r\n')}\r\n\r\n`, PATIENCE_MS)
}

/** One answer, without a field of the caller's. */
function judge({ text }: RawAnswer, what: string, proof: Proof): void {
  proof.try()
  const statuses = statusesIn(text)
  if (statuses.length !== 1 || statuses.some((status) => status >= 500 && status !== 503))
    proof.fail(`${JSON.stringify(what)}: ${statuses.join() || 'no answer'}`)
  if (/^x-evil/imu.test(headOf(text).replaceAll('\r', '\n')))
    proof.fail(`${JSON.stringify(what)}: ${headOf(text)}`)
}

void describe('line breaks', () => {
  void test('in fields and paths never become fields of the answer', async (context) => {
    const proof = startProof(context, '10. header and CRLF injection')
    for (const text of BREAKS) {
      const asked = FIELDS.flatMap((field) => [
        { what: `${field}: ${text}`, answer: ask(`GET ${file}?download=1 HTTP/1.1`, `${field}: a${text}`) },
        { what: `${field} of /jobs: ${text}`, answer: ask('OPTIONS /jobs HTTP/1.1', `${field}: a${text}`) },
      ])
      // In a target a space would only end it.
      const part = text.replaceAll(' ', '%20')
      const targets = [
        '/',
        '/jobs/',
        '/jobs?cursor=',
        '/models/',
        '/files/',
        `${file}?download=`,
        `${file}?download=1&filename=`,
        '/studio/',
        '//x/',
      ]
      asked.push(
        ...targets.map((target) => ({
          what: `${target}${part}`,
          answer: ask(`GET ${target}${part} HTTP/1.1`),
        })),
        { what: `Host ${text}`, answer: exchangeWithHost(text) },
      )
      for (const { what, answer } of asked) judge(await answer, what, proof)
    }
    proof.end(`${BREAKS.length} spellings`)
  })

  void test('in names, texts and addresses reach neither answers nor webhooks as fields', async (context) => {
    const proof = startProof(context, '10. line breaks in what is stored')
    const sink = (await app.call('/webhooks/sink', { method: 'POST' })).body
    for (const text of [
      '\r\nX-Evil: 1\r\n\r\n',
      '\nX-Evil: 1',
      '\rX-Evil: 1',
      '\u560d\u560aX-Evil: 1',
      '\u2028X-Evil: 1',
    ]) {
      proof.try()
      const key = await app.call('/keys', { json: { name: `a${text}` } })
      const engine = await app.call('/engines/openai/key', { method: 'PUT', json: { key: `sk${text}` } })
      if (engine.status !== 400)
        proof.fail(`a key of an engine with ${JSON.stringify(text)}: ${engine.status}`)
      const hook = `${String(sink['url'])}?x=${encodeURIComponent(text)}`
      const job = await app.call(MODEL, {
        json: { prompt: `warmer${text}`, image_urls: [PICTURE] },
        headers: { 'x-webhook-url': hook },
      })
      if (job.status !== 200) proof.fail(`a prompt with ${JSON.stringify(text)}: ${job.status}`)
      for (const { headers } of [key, engine, job])
        if (headers.has('x-evil')) proof.fail(`${JSON.stringify(text)} became a field`)
      if (job.status === 200) await app.settle(job.body['job_id'])
    }
    const messages = await untilMessages(String(sink['url']), 5)
    for (const { headers } of messages) if ('x-evil' in headers) proof.fail('a webhook has the field')
    proof.end(`${messages.length} webhooks`)
  })

  void test('leave every line of the log a line', () => {
    const lines = log.split('\n').filter((line) => line !== '')
    assert.ok(lines.length > 100, `${lines.length} lines`)
    for (const line of lines) assert.equal(typeof (JSON.parse(line) as { level?: unknown }).level, 'number')
  })
})

function exchangeWithHost(text: string): Promise<RawAnswer> {
  const fields = ['GET / HTTP/1.1', `Host: localhost${text}`, 'Connection: close']
  return exchange(app.url, `${fields.join('\r\n')}\r\n\r\n`, PATIENCE_MS)
}

async function untilMessages(url: string, count: number): Promise<{ headers: Record<string, string> }[]> {
  for (;;) {
    const { body } = await app.call(`${new URL(url).pathname}?wait=1`, { key: null })
    const items = body['items'] as { headers: Record<string, string> }[]
    if (items.length >= count) return items
  }
}
