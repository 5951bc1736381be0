/** What the log says, and what it must never say. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { startTestApp } from '../support/app.ts'

void test('a line for each request, without key, prompt, image, query or description', async () => {
  let log = ''
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      log += String(chunk)
      done()
    },
  })
  const app = await startTestApp({ logger: pino({ level: 'debug' }, stream) })
  const secrets = ['SECRET-PROMPT', 'SECRET-QUERY', 'SECRET-KEY', 'SECRETIMAGE', app.key]
  const json = { prompt: 'SECRET-PROMPT', image_urls: ['data:image/png;base64,SECRETIMAGE'] }
  await app.call('/generate/image/google/nano-banana-pro', { json })
  await app.call('/generate/image/google/nano-banana-pro', {
    body: '{"prompt":"SECRET-PROMPT" broken',
    headers: { 'content-type': 'application/json' },
  })
  await app.call('/jobs?cursor=SECRET-QUERY')
  await app.call('/jobs', { key: 'SECRET-KEY' })
  await app.call('/generate/image/google/nano-banana-pro', {
    json: { prompt: 'x y z', image_urls: ['https://SECRET-QUERY.invalid/a?token=SECRET-QUERY'] },
  })
  await app.stop()
  for (const secret of secrets) assert.ok(!log.includes(secret), `${secret} in ${log}`)
  const lines = log
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const requests = lines.filter(({ msg }) => msg === 'request')
  assert.deepEqual(
    requests.map(({ status }) => status),
    [422, 400, 400, 401, 422],
  )
  assert.ok(
    requests.every(({ reqId, path, ms }) => reqId !== undefined && path !== undefined && ms !== undefined),
  )
})
