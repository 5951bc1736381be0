import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createCatalogue } from '../../catalogue/index.ts'
import { readConfig } from '../../config.ts'
import { checkClock } from './clock.ts'
import { checkEngines, endingModels } from './engines.ts'
import { checkModeration } from './moderation.ts'
import { checkDisk, checkFolder, checkNode, checkPort, checkWeights } from './machine.ts'
import { checkSecretKey, checkState, readEngineKeys } from './state.ts'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-doctor-'))
after(() => rmSync(directory, { recursive: true, force: true }))

void describe('doctor: the machine', () => {
  void test('node', () => {
    assert.equal(checkNode('v24.1.0').status, 'ok')
    assert.equal(checkNode('v22.9.0').status, 'fail')
    assert.equal(checkNode('strange').status, 'fail')
  })

  void test('a folder is written to and left as it was; one that is missing is not made', async () => {
    assert.equal((await checkFolder(directory)).status, 'ok')
    const missing = join(directory, 'a', 'b')
    assert.deepEqual((await checkFolder(missing)).found, `${missing} is not there; the first start makes it`)
    assert.equal(existsSync(join(directory, 'a')), false)
    const file = join(directory, 'file')
    writeFileSync(file, '')
    assert.match((await checkFolder(file)).found, /is no folder/u)
    assert.equal((await checkFolder(join(file, 'below'))).status, 'fail')
  })

  void test('room on the disk', async () => {
    assert.equal((await checkDisk(directory, 0)).status, 'ok')
    const full = await checkDisk(join(directory, 'missing'), Number.MAX_SAFE_INTEGER)
    assert.equal(full.status, 'fail')
    assert.match(full.found, /GiB free, and submits are refused/u)
  })

  void test('a port that another program uses', async (t) => {
    const other = createServer((socket) => socket.end('no web server\n')).listen(0, '127.0.0.1')
    t.after(() => other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const taken = await checkPort({ host: '127.0.0.1', port, role: 'all' })
    assert.deepEqual([taken.status, /EADDRINUSE/u.test(taken.found)], ['fail', true])
    assert.match(taken.fix ?? '', /choose another one with AFTERIMAGE_PORT/u)
    assert.equal((await checkPort({ host: '127.0.0.1', port, role: 'worker' })).status, 'off')
    assert.equal((await checkPort({ host: '127.0.0.1', port: 0, role: 'all' })).status, 'ok')
  })

  void test('weights that are whole, and a folder without any', async () => {
    assert.notEqual((await checkWeights()).status, 'fail')
    const none = await checkWeights(`${directory}/`)
    assert.deepEqual([none.status, none.fix], ['fail', 'install the package again'])
  })

  void test('the clock', () => {
    const now = Date.parse('2026-11-26T12:00:00Z')
    assert.match(checkClock(now, []).found, /compared with nobody/u)
    const both = [
      { vendor: 'far', aheadMs: 5_000_000 },
      { vendor: 'near', aheadMs: -900 },
    ]
    assert.match(checkClock(now, both).found, /as at near/u)
    const late = checkClock(now, [{ vendor: 'Topaz', aheadMs: -120_000 }])
    assert.deepEqual([late.status, /120 s behind Topaz/u.test(late.found)], ['warn', true])
    assert.equal(checkClock(Date.parse('1970-01-02'), []).status, 'warn')
  })
})

void describe('doctor: the key of the server', () => {
  const at = (dataDirectory: string, secrets = 0) =>
    checkSecretKey({ secretKey: null, dataDirectory }, secrets)

  void test('missing is a fault only where something needs it', async () => {
    assert.equal((await at(directory)).status, 'ok')
    const lost = await at(directory, 3)
    assert.deepEqual([lost.status, /3 stored secrets need it/u.test(lost.found)], ['fail', true])
    assert.equal(
      (await checkSecretKey({ secretKey: 'k'.repeat(32), dataDirectory: directory }, 3)).status,
      'ok',
    )
  })

  void test('too short, and open to others', { skip: process.platform === 'win32' }, async () => {
    const file = join(directory, 'secret.key')
    writeFileSync(file, 'short')
    assert.equal((await at(directory)).status, 'fail')
    writeFileSync(file, 'k'.repeat(43))
    chmodSync(file, 0o644)
    assert.equal((await at(directory)).status, 'warn')
    chmodSync(file, 0o600)
    const fine = await at(directory)
    assert.deepEqual([fine.status, fine.found], ['ok', file])
  })
})

void describe('doctor: the moderation', () => {
  const look = (settings: Record<string, string>, isOffline = false) =>
    checkModeration(readConfig({ AFTERIMAGE_DATA_DIR: directory, ...settings }), isOffline)

  void test('none, an endpoint that is there, and one that is not', async (t) => {
    assert.equal((await look({})).status, 'off')
    let status = 405
    const endpoint = createHttpServer((_request, response) => response.writeHead(status).end())
    endpoint.listen(0, '127.0.0.1')
    t.after(() => endpoint.close())
    await once(endpoint, 'listening')
    const { port } = endpoint.address() as AddressInfo
    const url = `http://127.0.0.1:${port}/decide`
    for (status of [200, 400, 401, 405])
      assert.equal((await look({ AFTERIMAGE_MODERATION_URL: url })).status, 'ok', String(status))
    for (status of [302, 404, 500, 503]) {
      const doubtful = await look({ AFTERIMAGE_MODERATION_URL: url })
      assert.equal(doubtful.status, 'warn', String(status))
      assert.match(doubtful.found, new RegExp(`bare GET with HTTP ${status};`, 'u'))
    }
    endpoint.removeAllListeners('request').on('request', (_request, response) => response.write('never ends'))
    assert.equal((await look({ AFTERIMAGE_MODERATION_URL: url })).status, 'ok', 'its body is not waited for')
    // A port that `fetch` refuses without asking.
    const dead = { AFTERIMAGE_MODERATION_URL: 'http://127.0.0.1:1/decide' }
    const fault = await look(dead)
    assert.deepEqual(
      [fault.status, fault.found],
      ['fail', '127.0.0.1:1 does not answer (ECONNREFUSED); every job will fail'],
    )
    const open = await look({ ...dead, AFTERIMAGE_MODERATION_ON_FAILURE: 'allow' })
    assert.deepEqual([open.status, /jobs pass unchecked/u.test(open.found)], ['warn', true])
    assert.match((await look(dead, true)).found, /not asked/u)
  })

  void test('a program: by its name, by its path, and one that cannot be run', async () => {
    const run = (command: string) => look({ AFTERIMAGE_MODERATION_COMMAND: command })
    assert.equal((await run(process.execPath)).status, 'ok')
    assert.equal((await run('node decide.js')).status, 'ok')
    const file = join(directory, 'decide')
    writeFileSync(file, '', { mode: 0o644 })
    for (const command of [file, 'no-such-program-here', directory]) {
      const check = await run(command)
      assert.deepEqual([check.status, /is no program/u.test(check.found)], ['fail', true], command)
    }
  })
})

void describe('doctor: database and engines', () => {
  void test('a database that cannot be reached is told without its password', async () => {
    const url = 'postgres://me:hunter2@127.0.0.1:1/nothing'
    const config = readConfig({ DATABASE_URL: url, AFTERIMAGE_DATA_DIR: directory })
    const { checks } = await checkState(config, { databaseUrl: url, dataDir: directory })
    assert.equal(checks[0]?.status, 'fail')
    assert.ok(!JSON.stringify(checks).includes('hunter2'))
  })

  void test('a file that is no database', async () => {
    writeFileSync(join(directory, 'afterimage.db'), 'not a database at all '.repeat(100))
    const config = readConfig({ AFTERIMAGE_DATA_DIR: directory })
    const { checks } = await checkState(config, { dataDir: directory })
    assert.equal(checks[0]?.status, 'fail', JSON.stringify(checks))
  })

  void test('an engine whose address is dead, a key file that is not there, a workflow folder that is not', async () => {
    const environment = {
      OPENAI_API_KEY: 'sk-secret-of-a-test-1234',
      AFTERIMAGE_OPENAI_BASE_URL: 'http://127.0.0.1:1/v1',
      FAL_KEY_FILE: join(directory, 'no-such-file'),
      AFTERIMAGE_DATA_DIR: directory,
    }
    const config = readConfig(environment)
    const keys = await readEngineKeys(config, false)
    const { checks } = await checkEngines(config, keys, false)
    const find = (name: string) => checks.find((check) => check.name === name)
    assert.equal(find('engine openai')?.status, 'fail')
    assert.match(find('engine openai')?.found ?? '', /127\.0\.0\.1:1 does not answer \(ECONNREFUSED\)/u)
    assert.equal(find('engine fal')?.status, 'fail')
    assert.match(find('engine fal')?.found ?? '', /FAL_KEY_FILE names cannot be read \(ENOENT\)/u)
    assert.equal(find('engine google')?.status, 'off')
    assert.ok(!JSON.stringify(checks).includes('secret-of-a-test'))
    const offline = await checkEngines(config, keys, true)
    assert.equal(offline.checks.find(({ name }) => name === 'engine openai')?.status, 'ok')

    const wrong = readConfig({ ...environment, AFTERIMAGE_COMFYUI_WORKFLOWS: join(directory, 'nowhere') })
    const atHome = await checkEngines(wrong, keys, true)
    const told = new Map(atHome.checks.map(({ name, status }) => [name, status]))
    assert.equal(told.get('engines at home'), 'fail')
    assert.deepEqual([told.get('engine openai'), told.get('engine fal')], ['ok', 'fail'], 'the others too')
    assert.equal(told.has('engine comfyui'), false, 'not told to be off: it is asked for')
  })

  void test('a model that a ready engine runs under an id which its vendor ends', () => {
    const engines = [
      { id: 'openai', upstreamId: (id: string) => (id === 'openai/gpt-image-2' ? 'dall-e-3' : null) },
    ]
    const catalogue = createCatalogue()
    const ask = (isReady: boolean) => endingModels({ catalogue, engines, views: [{ id: 'openai', isReady }] })
    const [check, ...more] = ask(true)
    assert.deepEqual([check?.name, check?.status, more], ['model openai/gpt-image-2', 'warn', []])
    assert.match(check?.fix ?? '', /shut down on 2026-05-12; use openai\/gpt-image-2\.5-sunburst/u)
    assert.deepEqual(ask(false), [])
  })
})
