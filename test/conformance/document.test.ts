/** The OpenAPI document against the server: every route is in it, and what keys, usage, sessions and logs answer fits. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { createBackground } from '../../src/app/background.ts'
import { openParts } from '../../src/app/parts.ts'
import { createHttpContext } from '../../src/app/use-cases.ts'
import { createWebhooks } from '../../src/app/webhooks.ts'
import { createCatalogue } from '../../src/catalogue/index.ts'
import { readConfig } from '../../src/config.ts'
import { createBaseUrls } from '../../src/http/base-url.ts'
import { createHttpServer } from '../../src/http/server.ts'
import { buildOpenApi } from '../../src/wire/openapi.ts'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'

const catalogue = createCatalogue()
const document = buildOpenApi({ catalogue, serverUrl: 'http://127.0.0.1', version: '0' })

/** Of the page, not of the interface; and Krea's routes that this server does not have, which answer 501. */
const UNDOCUMENTED = /^\/(?:|studio\/:name|styles.*|node-apps.*|mcp|\*)$/u

/** `METHOD /path/:name` of every route, out of the tree that Fastify prints. */
async function servedRoutes(): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-routes-'))
  const parts = await openParts(readConfig({ AFTERIMAGE_DATA_DIR: directory }), {})
  const baseUrls = createBaseUrls({ publicUrl: null, host: '127.0.0.1', port: () => 1 })
  const shared = { baseUrls, fileSigner: null }
  const worker = createBackground(parts, { engines: [], catalogue })
  const webhooks = createWebhooks(parts, shared)
  const context = createHttpContext(parts, { ...shared, engines: [], catalogue, worker, webhooks })
  const server = await createHttpServer(context, parts.logger)
  await server.ready()
  const tree = server.printRoutes({ commonPrefix: false })
  await server.close()
  await parts.state.close()
  rmSync(directory, { recursive: true, force: true })
  return routesOf(tree)
}

function routesOf(tree: string): string[] {
  const parents: string[] = []
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', segment = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.*)\)$/u.exec(line) ?? []
    if (segment === '') return []
    const depth = indent.length / 4
    const path = (parents[depth - 1] ?? '') + segment
    parents[depth] = path
    return methods.split(', ').map((method) => `${method} ${path}`)
  })
}

void describe('routes', () => {
  void test('every one that is served is in the document, and every one in the document is served', async () => {
    const served = (await servedRoutes()).filter((route) => {
      const [method = '', path = ''] = route.split(' ')
      return method !== 'HEAD' && method !== 'OPTIONS' && !UNDOCUMENTED.test(path)
    })
    const documented = Object.entries(document.paths)
      // One wildcard serves all models.
      .filter(([path]) => !path.startsWith('/generate/'))
      .flatMap(([path, item]) =>
        Object.keys(item)
          .filter((name) => name !== 'parameters')
          .map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/gu, ':$1')}`),
      )
      // Ids of models hold further slashes, and Fastify prints the rest of a path without one before it.
      .map((route) => route.replace('/:provider/:model', '*'))
    assert.ok(served.length > 25, served.join('\n'))
    assert.deepEqual(served.toSorted(), documented.toSorted())
  })
})

void describe('answers', () => {
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'openapi', ...document })
  let app: TestApp
  before(async () => (app = await startTestApp()))
  after(() => app.stop())

  /** Asks, and holds the answer against a component of the document, which here takes no member that it does not name. */
  const ask = async (schema: string, path: string, request: Parameters<TestApp['call']>[1] = {}) => {
    const { status, body } = await app.call(path, request)
    assert.equal(status, 200, `${path}: ${JSON.stringify(body)}`)
    const validate = ajv.getSchema(`openapi#/components/schemas/${schema}`)
    assert.ok(validate !== undefined, schema)
    assert.equal(validate(body), true, `${path}: ${ajv.errorsText(validate.errors)}`)
    const { properties = {} } = (document.components['schemas']?.[schema] ?? {}) as { properties?: object }
    const unnamed = Object.keys(body).filter((name) => !(name in properties))
    assert.deepEqual(unnamed, [], path)
    return body
  }

  void test('keys', async () => {
    const json = {
      name: 'laptop',
      account: 'team',
      scopes: ['read', 'generate'],
      expires_at: '2099-01-31T12:00:00Z',
      models: ['google/*'],
      concurrency: 2,
      requests_per_minute: 60,
      monthly_budget_usd: 10,
      max_cost_usd: 0.5,
      no_store: true,
      on_unsupported: 'emulate',
    }
    const wanted = ajv.getSchema('openapi#/components/schemas/NewApiKey')
    assert.equal(wanted?.(json), true)
    assert.equal(wanted?.({ ...json, rpm: 1 }), false, 'what the server refuses')
    const { id } = await ask('CreatedApiKey', '/keys', { json })
    await ask('ApiKeyPage', '/keys')
    await ask('ApiKeyPage', '/keys?account=team')
    await ask('RevokedApiKey', `/keys/${String(id)}?account=team`, { method: 'DELETE' })
    await ask('ApiKeyPage', '/keys?account=team')
  })

  void test('usage, a dry run, and an asset', async () => {
    const asset = await app.upload()
    const json = { prompt: 'warmer', image_urls: [asset['image_url']] }
    await ask('DryRun', '/generate/image/google/nano-banana-pro?dry_run=1', { json })
    const job = await ask('Job', '/generate/image/google/nano-banana-pro', { json })
    await app.settle(job['job_id'])
    const { items } = await ask('UsageReport', '/usage')
    assert.equal((items as unknown[]).length, 1)
    const csv = await app.call('/usage?format=csv')
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8')
    await ask('Asset', `/assets/${String(asset['id'])}`)
  })

  void test('sessions', async () => {
    const headers = { origin: app.url }
    const request = { key: null, headers }
    await ask('Session', '/session', request)
    const { account } = await ask('Session', '/session', { ...request, json: { key: app.key } })
    assert.equal(account, 'default')
    await ask('Session', '/session', { ...request, method: 'DELETE' })
  })

  void test('deliveries, disabled addresses and secrets', async () => {
    const sink = await ask('WebhookSink', '/webhooks/sink', { method: 'POST' })
    const job = await ask('Job', '/generate/image/google/nano-banana-pro', {
      json: { prompt: 'warmer' },
      headers: { 'x-webhook-url': String(sink['url']) },
    })
    await app.settle(job['job_id'])
    const { items } = await ask('DeliveryPage', `/webhooks/deliveries?job_id=${String(job['job_id'])}`)
    const [delivery] = items as Record<string, unknown>[]
    const id = String(delivery?.['id'])
    await ask('WebhookSinkPage', `${new URL(String(sink['url'])).pathname}?wait=20`)
    await ask('DeliveryDetail', `/webhooks/deliveries/${id}`)
    await ask('Delivery', `/webhooks/deliveries/${id}/replay`, { method: 'POST' })
    await ask('DisabledWebhooks', '/webhooks/disabled')
    await ask('WebhookSecrets', '/keys/current/webhook-secret')
    await ask('WebhookSecrets', '/keys/current/webhook-secret/rotate', { method: 'POST' })
  })
})
