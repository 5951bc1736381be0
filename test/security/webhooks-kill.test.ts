/** kill -9 between the commit of a job's end and its delivery, and in the middle of deliveries. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Krea, verifyWebhook } from '../../src/sdk/index.ts'
import { photoPath } from '../support/pictures.ts'
import { createServerProcess } from '../support/server-process.ts'
import { RECEIVER_HOST, startWebhookReceiver } from '../support/webhook-receiver.ts'

const JOBS = 6
/** Places of one endpoint: so many are under way, the others wait in the database. */
const UNDER_WAY = 4

void test('killed with deliveries under way and waiting, the server delivers all under the same ids', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-webhooks-'))
  const held: ServerResponse[] = []
  let isHolding = true
  const receiver = await startWebhookReceiver((response) => {
    if (isHolding) held.push(response)
    else response.writeHead(204).end()
  })
  const server = await createServerProcess(directory, { AFTERIMAGE_ALLOW_PRIVATE_NETWORK: RECEIVER_HOST })
  t.after(async () => {
    await server.kill()
    for (const response of held) response.destroy()
    await receiver.close()
    rmSync(directory, { recursive: true, force: true })
  })
  await server.start()
  const krea = new Krea({ apiKey: server.apiKey, baseUrl: server.url, maxRetries: 0 })
  const image = readFileSync(photoPath('cat')).toString('base64')
  const jobs: string[] = []
  for (let n = 0; n < JOBS; n += 1) {
    const input = { image_url: image, prompt: 'make it slightly warmer', width: 96, seed: n }
    const job = await krea.image('afterimage/edit', input, { webhookUrl: `${receiver.url}/hook` })
    jobs.push(job.job_id)
  }
  for (const id of jobs) await krea.jobs.wait(id, { intervalMs: 50, timeoutMs: 60_000 })
  const before = [...(await receiver.waitFor(UNDER_WAY))]
  assert.equal(before.length, UNDER_WAY, 'the other ones are committed and not sent')

  await server.kill('SIGKILL')
  isHolding = false
  await server.start()
  const all = await receiver.waitFor(UNDER_WAY + JOBS)
  const after = all.slice(UNDER_WAY)
  const idOf = (messages: typeof after): Map<string, unknown> =>
    new Map(
      messages.map(({ body, headers }) => [
        (JSON.parse(body) as { job_id: string }).job_id,
        headers['webhook-id'],
      ]),
    )
  const [first, second] = [idOf(before), idOf(after)]
  assert.deepEqual([...second.keys()].sort(), jobs.toSorted())
  assert.equal(new Set(second.values()).size, JOBS)
  for (const [jobId, id] of first) assert.equal(second.get(jobId), id)
  for (const { body } of before) assert.ok(after.some((message) => message.body === body))

  const headers = { authorization: `Bearer ${server.apiKey}` }
  const answer = await fetch(`${server.url}/keys/current/webhook-secret`, { headers })
  const { items } = (await answer.json()) as { items: { secret: string }[] }
  for (const message of all) await verifyWebhook(message.body, message.headers, items[0]?.secret ?? '')
})
