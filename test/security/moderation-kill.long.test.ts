/** A server that is killed while a decision is awaited: nothing passes unchecked, and nothing is paid for twice. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { CountingUpstream } from '../support/counting-upstream.ts'
import { startCountingUpstream } from '../support/counting-upstream.ts'
import type { TestModerator } from '../support/moderator.ts'
import { ALLOWED, startModerator } from '../support/moderator.ts'
import { createServerProcess, type ServerProcess } from '../support/server-process.ts'

let [upstream, moderator, server] = [] as unknown as [CountingUpstream, TestModerator, ServerProcess]
const directory = mkdtempSync(join(tmpdir(), 'afterimage-moderation-kill-'))
before(async () => {
  upstream = await startCountingUpstream()
  moderator = await startModerator()
  server = await createServerProcess(directory, {
    ...upstream.settings,
    AFTERIMAGE_MODERATION_URL: moderator.url,
    AFTERIMAGE_MODERATION_TIMEOUT_SECONDS: '300',
  })
  await server.start()
})
after(async () => {
  await server.kill()
  await Promise.all([upstream.close(), moderator.close()])
  rmSync(directory, { recursive: true, force: true })
})

type Job = { job_id: string; status: string; error?: { code: string } }

async function call(path: string, body?: object): Promise<Job> {
  const answer = await fetch(server.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as Job
}

async function settle(jobId: string): Promise<Job> {
  for (;;) {
    const job = await call(`/jobs/${jobId}`)
    if (['completed', 'failed', 'cancelled'].includes(job.status)) return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** Submits, and kills the server when it asks about `stage`; then it is started again and everything is allowed. */
async function killDuring(stage: 'input' | 'output', prompt: string): Promise<Job> {
  const asked = Promise.withResolvers<void>()
  moderator.answer(({ request }, response: ServerResponse) => {
    if (request.stage !== stage) response.end(ALLOWED)
    else asked.resolve()
  })
  const { job_id } = await call('/generate/image/openai/gpt-image', { prompt })
  await asked.promise
  await server.kill()
  moderator.answer((_question, response) => void response.end(ALLOWED))
  await server.start()
  return settle(job_id)
}

void test('killed while the input is decided on: it is asked again, then the job is made once', async () => {
  const job = await killDuring('input', 'killed before')
  assert.equal(job.status, 'completed')
  assert.equal(upstream.calls.get('killed before'), 1)
})

void test('killed while the result is decided on: it is not made, or paid for, a second time', async () => {
  const job = await killDuring('output', 'killed after')
  assert.equal(upstream.calls.get('killed after'), 1)
  assert.equal(job.error?.code, 'outcome_unknown')
})
