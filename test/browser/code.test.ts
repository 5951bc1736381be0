/** What the Code panel shows is a program that works as it stands. Needs no browser, but the tools of each language. */
import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { pollCode, sourceCode, submitCode } from '../../web/src/pages/guide-code.ts'
import { webhookSubmitCode } from '../../web/src/pages/guide-webhook-code.ts'
import { codeFor } from '../../web/src/request/code.ts'
import type { Language } from '../../web/src/request/code.ts'
import { photoPath } from '../support/pictures.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

const run = promisify(execFile)
const directory = mkdtempSync(join(tmpdir(), 'afterimage-code-'))
const PROMPT = `Anna's "rug" \`now\` – 50 % $HOME`
let server: TestApp

before(async () => (server = await startTestApp()))
after(async () => {
  await server.stop()
  rmSync(directory, { recursive: true, force: true })
})

async function request() {
  const { image_url: url } = await server.upload()
  return {
    path: 'image/google/nano-banana-pro',
    body: { image_urls: [url], prompt: PROMPT, afterimage: { precise_edit: false } },
    baseUrl: server.url,
    webhookUrl: String((await server.call('/webhooks/sink', { method: 'POST' })).body['url']),
  }
}

/** The jobs whose end was posted somewhere. */
async function announced(): Promise<unknown[]> {
  const { items } = (await server.call('/webhooks/deliveries')).body as { items: { job_id: string }[] }
  return items.map(({ job_id: id }) => id)
}

async function assertAnnounced(): Promise<void> {
  const { jobId } = server.engine.requests.at(-1) ?? {}
  await server.settle(jobId)
  assert.ok((await announced()).includes(jobId), 'the webhook was given with the request')
}

/** Runs the code with a key in its environment, and answers what it printed. */
async function execute(command: string, args: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    AFTERIMAGE_API_KEY: server.key,
    GOFLAGS: '-mod=mod',
    GOCACHE: join(directory, 'go'),
  }
  const { stdout } = await run(command, args, { cwd: directory, env, timeout: 120_000 })
  return stdout
}

function isMissing(command: string, args: readonly string[]): boolean {
  const isFound = spawnSync(command, args).status === 0
  assert.ok(isFound || process.env['CI'] === undefined, `CI needs ${command}`)
  return !isFound
}

// The python3 of a version manager may come first, and has no packages of the system.
const python =
  ['python3', '/usr/bin/python3'].find(
    (command) => spawnSync(command, ['-c', 'import requests']).status === 0,
  ) ?? 'python3'

void describe('code of the Code panel', () => {
  void test('cURL', async (t) => {
    if (isMissing('curl', ['--version'])) return t.skip('no curl')
    const [submit = ''] = codeFor('cURL', await request()).split('\n\n#')
    const job = JSON.parse(await execute('sh', ['-c', submit])) as { job_id: string }
    assert.equal((await server.settle(job.job_id))['status'], 'completed')
    assert.equal(server.engine.requests.at(-1)?.input.prompt, PROMPT)
    await assertAnnounced()
  })

  void test('Python', async (t) => {
    if (isMissing(python, ['-c', 'import requests'])) return t.skip('no Python with requests')
    writeFileSync(join(directory, 'edit.py'), codeFor('Python', await request()))
    assert.match(await execute(python, ['edit.py']), /^completed \{'urls': \['http/u)
    assert.equal(server.engine.requests.at(-1)?.input.prompt, PROMPT)
    await assertAnnounced()
  })

  void test('Go', async (t) => {
    if (isMissing('go', ['version'])) return t.skip('no Go')
    writeFileSync(join(directory, 'main.go'), codeFor('Go', await request()))
    assert.match(await execute('go', ['run', 'main.go']), /^completed \[http/u)
    assert.equal(server.engine.requests.at(-1)?.input.prompt, PROMPT)
    await assertAnnounced()
  })

  void test('TypeScript', async () => {
    const sdk = new URL('../../src/sdk/index.ts', import.meta.url).href
    const code = codeFor('TypeScript', await request()).replace('@afterimage/sdk', sdk)
    writeFileSync(join(directory, 'edit.mts'), code)
    assert.match(await execute(process.execPath, ['edit.mts']), /\[ 'http/u)
    assert.equal(server.engine.requests.at(-1)?.input.prompt, PROMPT)
    await assertAnnounced()
  })
})

/** The steps of the page Guides one after the other, as somebody pastes them. */
async function guideIn(language: Language): Promise<string> {
  const hook = String((await server.call('/webhooks/sink', { method: 'POST' })).body['url'])
  copyFileSync(photoPath('cat'), join(directory, 'picture.jpg'))
  const asset = await server.upload()
  const steps = [sourceCode, submitCode, webhookSubmitCode, pollCode]
  // Go has its webhook inside the function of the step before.
  const used = language === 'Go' ? steps.filter((step) => step !== webhookSubmitCode) : steps
  return used
    .map((step) => step(language, server.url))
    .join('\n')
    .replaceAll('https://example.com/hook', hook)
    .replaceAll('https://example.com/picture.jpg', String(asset['image_url']))
}

void describe('code of the guide', () => {
  void test('cURL', async (t) => {
    if (isMissing('curl', ['--version'])) return t.skip('no curl')
    const { jobId = '' } = server.engine.requests.at(-1) ?? {}
    const output = await execute('sh', ['-c', (await guideIn('cURL')).replace('JOB_ID', jobId)])
    assert.match(output, /"status":"queued"/u)
    assert.match(output, /"image_url"/u)
  })

  void test('TypeScript', async () => {
    const sdk = new URL('../../src/sdk/index.ts', import.meta.url).href
    writeFileSync(join(directory, 'guide.mts'), (await guideIn('TypeScript')).replace('@afterimage/sdk', sdk))
    assert.match(await execute(process.execPath, ['guide.mts']), /^[0-9a-f-]{36}\nhttp\S+\/files\//u)
    await assertAnnounced()
  })

  void test('Python', async (t) => {
    if (isMissing(python, ['-c', 'import requests'])) return t.skip('no Python with requests')
    writeFileSync(join(directory, 'guide.py'), await guideIn('Python'))
    assert.match(await execute(python, ['guide.py']), /^[0-9a-f-]{36}\nhttp\S+\/files\//u)
    await assertAnnounced()
  })

  void test('Go', async (t) => {
    if (isMissing('go', ['version'])) return t.skip('no Go')
    writeFileSync(join(directory, 'guide.go'), await guideIn('Go'))
    assert.match(await execute('go', ['run', 'guide.go']), /^completed \[http/u)
  })
})
