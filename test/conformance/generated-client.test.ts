/** A client generated from our own OpenAPI document, validating each request and each answer with it. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { runProgram } from '../support/run-program.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { ServerProcess } from '../support/server-process.ts'

const folder = fileURLToPath(new URL('./generated-client/', import.meta.url))
const isInstalled = existsSync(join(folder, 'node_modules'))
const hint = 'needs its generator: npm ci --prefix test/conformance/generated-client'
if (!isInstalled && process.env['CI'] !== undefined) throw new Error(`CI must not skip this: ${hint}`)

type Answer = { data?: Record<string, unknown>; error?: Record<string, unknown>; response: Response }
type Call = (options?: Record<string, unknown>) => Promise<Answer>
type Operations = Readonly<Record<string, Call>>

const directory = mkdtempSync(join(tmpdir(), 'afterimage-generated-'))
const photo = new Blob([readFileSync(new URL('../support/photos/cat.jpg', import.meta.url))], {
  type: 'image/jpeg',
})
let server: ServerProcess
let operations: Operations

async function call(operation: string, options: Record<string, unknown> = {}): Promise<Answer> {
  const run = operations[operation]
  assert.ok(run !== undefined, `the client has no ${operation}`)
  return run({ baseUrl: server.url, headers: { authorization: `Bearer ${server.apiKey}` }, ...options })
}

/** The data of an answer that must have been 200 and must have passed the client's own validator. */
async function ask(
  operation: string,
  options: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const { data, error, response } = await call(operation, options)
  assert.equal(response.status, 200, JSON.stringify(error))
  return data ?? {}
}

async function settle(jobId: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    const job = await ask('getJob', { path: { id: jobId } })
    if (job['completed_at'] !== null) return job
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

void describe('a client generated from /openapi.json', { skip: isInstalled ? false : hint }, () => {
  before(async () => {
    server = await createServerProcess(join(directory, 'data'))
    await server.start()
    const document = join(directory, 'openapi.json')
    writeFileSync(document, await (await fetch(`${server.url}/openapi.json`)).text())
    // Inside its folder, because the generated code imports zod from there.
    const output = join(folder, 'tmp')
    const { code, output: text } = await runProgram([
      process.execPath,
      join(folder, 'generate.mjs'),
      document,
      output,
    ])
    assert.equal(code, 0, text)
    operations = (await import(pathToFileURL(join(output, 'sdk.gen.ts')).href)) as Operations
  })
  after(async () => {
    await server.kill('SIGTERM')
    rmSync(directory, { recursive: true, force: true })
  })

  void test('upload, edit, poll, list, cancel, delete: every answer is what the document says', async () => {
    // The generator types binary parts as strings, so its own validator refuses every file.
    const asset = await ask('uploadAsset', { body: { file: photo }, requestValidator: undefined })
    const body = { image_urls: [asset['image_url']], prompt: 'make it a warm pencil sketch' }
    const job = await ask('imageGoogleNanoBananaPro', { body })
    const completed = await settle(job['job_id'])
    assert.equal(completed['status'], 'completed')
    const { items } = (await ask('listJobs', { query: { limit: 10, status: 'completed' } })) as {
      items: unknown[]
    }
    assert.equal(items.length, 1)
    await ask('cancelJob', { path: { id: job['job_id'] } })
    await ask('deleteJob', { path: { id: job['job_id'] } })
    await ask('listAssets', { query: { limit: 1 } })
    await ask('getAsset', { path: { id: asset['id'] } })
    await ask('deleteAsset', { path: { id: asset['id'] } })
  })

  void test('models and health', async () => {
    await ask('listModels')
    await ask('getModel', { path: { provider: 'google', model: 'nano-banana-pro' } })
    await ask('getHealth')
    await ask('getReadiness')
  })

  void test('an enhancer and a prompt without a picture', async () => {
    const image_url = `data:image/jpeg;base64,${Buffer.from(await photo.arrayBuffer()).toString('base64')}`
    const enhance = { image_url, width: 225, height: 150, model: 'Standard V2' }
    for (const [operation, body] of [
      ['enhanceTopazStandardEnhance', enhance],
      ['imageGoogleNanoBanana', { prompt: 'a red cube' }],
    ] as const) {
      const job = await ask(operation, { body })
      assert.equal((await settle(job['job_id']))['status'], 'completed', operation)
    }
  })

  void test('errors have the shape that the document gives them', async () => {
    const id = '00000000-0000-0000-0000-000000000000'
    const missing = await call('getJob', { path: { id } })
    assert.equal(missing.response.status, 404)
    assert.equal(typeof missing.error?.['error'], 'string')
    assert.equal(missing.error?.['code'], 'not_found')
    const invalid = await call('imageGoogleNanoBananaPro', {
      body: { nonsense: 1 },
      requestValidator: undefined,
    })
    assert.equal(invalid.response.status, 400)
    const issues = invalid.error?.['issues']
    assert.ok(Array.isArray(issues) && issues.length >= 2, 'every fault is named at once')
  })
})
