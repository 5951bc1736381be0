/** The command line as a user runs it: real processes. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from '../support/run-program.ts'
import type { ProgramResult } from '../support/run-program.ts'

const BIN = fileURLToPath(new URL('../../bin/afterimage.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'afterimage-cli-'))
after(() => rmSync(directory, { recursive: true, force: true }))

/** Without any variable of the machine that runs the tests. */
const env = { PATH: process.env['PATH'], HOME: directory, AFTERIMAGE_DATA_DIR: join(directory, 'data') }
const run = (args: readonly string[], more: Record<string, string> = {}): Promise<ProgramResult> =>
  runProgram([process.execPath, BIN, ...args], { env: { ...env, ...more } })

void describe('keys', () => {
  void test('create prints a key once, list shows it without the secret, revoke ends it', async () => {
    const created = await run(['keys', 'create', 'laptop'])
    assert.equal(created.code, 0, created.output)
    const token = /ak_[\w-]{43}/u.exec(created.output)?.[0] ?? ''
    const id = /Key (\S+) /u.exec(created.output)?.[1] ?? ''
    assert.notEqual(token, '')
    const listed = await run(['keys', 'list'])
    assert.match(listed.output, new RegExp(`${id} .* active .*laptop`, 'u'))
    assert.ok(!listed.output.includes(token))
    assert.equal((await run(['keys', 'revoke', id])).code, 0)
    assert.match((await run(['keys', 'list'])).output, /revoked/u)
    const again = await run(['keys', 'revoke', id])
    assert.equal(again.code, 1)
    assert.match(again.output, /no active key/u)
  })
})

void describe('serve', () => {
  void test('bad settings are reported together and end it with 1', async () => {
    const { code, output } = await run(['serve', '--port', 'x'], {
      AFTERIMAGE_COMPAT: 'loose',
      AFTERIMAGE_PROT: '1',
    })
    assert.equal(code, 1)
    assert.match(output, /AFTERIMAGE_PORT: found "x" in the command line/u)
    assert.match(output, /AFTERIMAGE_COMPAT/u)
    assert.doesNotMatch(output, /at .*\.ts:/u)
  })

  void test('prints address and key, and ends by SIGTERM with 0', { timeout: 30_000 }, async () => {
    const data = join(directory, 'serve')
    const child = spawn(process.execPath, [BIN, 'serve', '--port', '0', '--data-dir', data], { env })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
    while (!output.includes('JOB_ID')) await once(child.stdout, 'data')
    const url = /listening on (\S+)/u.exec(output)?.[1] ?? ''
    assert.equal((await fetch(`${url}/readyz`)).status, 200)
    assert.match(output, /ak_[\w-]{43}/u)
    const { port } = new URL(url)
    const elsewhere = await run(['serve', '--port', port, '--data-dir', join(directory, 'second')])
    assert.equal(elsewhere.code, 1)
    assert.match(elsewhere.output, new RegExp(`Afterimage \\S+ is running already at ${url}: open that`, 'u'))
    const onFolder = await run(['serve', '--port', port, '--data-dir', data])
    assert.match(onFolder.output, new RegExp(`in use by another .* is running at ${url}\\.`, 'u'))
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number]
    assert.equal(code, 0, output)
    assert.equal(output.match(/stopping/gu)?.length, 1)
  })
})
