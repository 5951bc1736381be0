/** `afterimage doctor` as a user runs it, with an emulated vendor. */
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestApp } from '../support/app.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { OPENAI_EMULATION } from '../support/emulators/openai.ts'
import { runProgram } from '../support/run-program.ts'

const BIN = fileURLToPath(new URL('../../bin/afterimage.js', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'afterimage-doctor-'))
after(() => rmSync(directory, { recursive: true, force: true }))

type Check = { name: string; status: string; found: string; fix: string | null }
type Report = { code: number | null; ok: boolean; find: (name: string) => Check | undefined; output: string }

async function doctor(words: readonly string[], settings: Record<string, string> = {}): Promise<Report> {
  const env = { PATH: process.env['PATH'], HOME: directory, ...settings }
  const { code, output } = await runProgram([process.execPath, BIN, 'doctor', '--json', ...words], { env })
  const { ok, checks } = JSON.parse(output) as { ok: boolean; checks: Check[] }
  return { code, ok, output, find: (name) => checks.find((check) => check.name === name) }
}

void describe('afterimage doctor', () => {
  void test('a fresh machine is in order, and stays as it was', async () => {
    const data = join(directory, 'fresh')
    const { code, ok, find } = await doctor(['--data-dir', data, '--port', '0'])
    assert.deepEqual([code, ok], [0, true])
    for (const name of ['node', 'settings', 'data folder', 'database', 'secret key', 'port', 'clock'])
      assert.equal(find(name)?.status, 'ok', name)
    assert.equal(find('engine openai')?.status, 'off')
    assert.match(find('engine openai')?.found ?? '', /set OPENAI_API_KEY/u)
    assert.equal(existsSync(data), false)
  })

  void test('beside a running server: a vendor is asked once, without the key, and nothing is paid', async (t) => {
    const vendor = await startEmulator(OPENAI_EMULATION)
    t.after(() => vendor.close())
    const app = await startTestApp()
    t.after(app.stop)
    const key = 'sk-entered-for-the-doctor-9999'
    const entered = await app.call('/engines/openai/key', { method: 'PUT', json: { key } })
    assert.equal(entered.status, 200)
    const words = ['--data-dir', join(app.directory, 'data'), '--port', new URL(app.url).port]
    const settings = { AFTERIMAGE_OPENAI_BASE_URL: vendor.origin }
    const { code, find, output } = await doctor(words, settings)
    assert.equal(code, 0, output)
    assert.match(find('port')?.found ?? '', /Afterimage \S+ is running/u)
    assert.match(find('engine openai')?.found ?? '', /^key …9999 entered, \d+ models, \S+ answers$/u)
    assert.match(find('clock')?.found ?? '', /as at OpenAI/u)
    assert.ok(!output.includes(key))
    const seen = vendor.requests
    assert.deepEqual([seen.length, seen[0]?.method, vendor.posts()], [1, 'GET', 0])
    assert.equal(seen[0]?.headers['authorization'], undefined)

    const lost = await doctor(words, {
      ...settings,
      AFTERIMAGE_SECRET_KEY: 'another-key-of-the-server-0123456789',
    })
    assert.deepEqual([lost.code, lost.ok], [1, false])
    assert.equal(lost.find('engine openai')?.status, 'fail')
    assert.match(lost.find('engine openai')?.found ?? '', /cannot be decrypted/u)
  })

  void test('settings that are not valid are told one by one; the table says what to do', async () => {
    const settings = { AFTERIMAGE_COMPAT: 'loose', AFTERIMAGE_PORT: 'x' }
    const env = { PATH: process.env['PATH'], HOME: directory, ...settings }
    const { code, output } = await runProgram([process.execPath, BIN, 'doctor'], { env })
    assert.equal(code, 1)
    assert.match(output, /^fail {2}settings +AFTERIMAGE_PORT: found "x"/mu)
    assert.match(output, /^fail {2}settings +AFTERIMAGE_COMPAT: found "loose"/mu)
    assert.match(output, /^ +to do: correct it/mu)
    assert.match(output, /^2 to repair, /mu)
  })
})
