/** `afterimage engines` beside a running server, and keys in files: both are good without a restart. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createServerProcess } from '../support/server-process.ts'
import type { ServerProcess } from '../support/server-process.ts'

const BIN = fileURLToPath(new URL('../../bin/afterimage.js', import.meta.url))
/** Far more than the two seconds after which a server looks for entered keys. */
const SEEN_MS = 60_000

type Result = { code: number | null; output: string }

/** Runs the command line with what it reads from standard input. */
function run(words: readonly string[], data: string, input = ''): Promise<Result> {
  const env = { PATH: process.env['PATH'], HOME: data, AFTERIMAGE_DATA_DIR: data }
  const child = spawn(process.execPath, [BIN, ...words], { env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)))
  child.stdin.end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

function dataFolder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-engines-'))
  t.after(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

async function engineOf({ url, apiKey }: ServerProcess, model: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${apiKey}` }
  const answer = await fetch(`${url}/models/${model}`, { headers })
  return ((await answer.json()) as { engine: unknown }).engine
}

/** Asks until the model runs on that engine. */
async function untilEngine(server: ServerProcess, model: string, engine: string): Promise<void> {
  const deadline = performance.now() + SEEN_MS
  while ((await engineOf(server, model)) !== engine) {
    assert.ok(performance.now() < deadline, `${model} is still not on ${engine}\n${server.output()}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

void describe('keys come and go while a server runs', { timeout: 180_000 }, () => {
  void test('entered and removed on the command line', async (t) => {
    const data = dataFolder(t)
    const server = await createServerProcess(data)
    t.after(() => server.kill())
    await server.start()
    assert.equal(await engineOf(server, 'google/nano-banana-pro'), 'afterimage/draft')

    const secret = 'AIza-entered-on-the-command-line'
    const entered = await run(['engines', 'set', 'google'], data, `${secret}\nand nothing else\n`)
    assert.deepEqual([entered.code, entered.output.includes(secret)], [0, false], entered.output)
    await untilEngine(server, 'google/nano-banana-pro', 'google')

    const listed = await run(['engines', 'list'], data)
    assert.equal(listed.code, 0, listed.output)
    assert.match(listed.output, /^google +ready +\d+ models +key …line entered \d{4}-/mu)
    assert.match(listed.output, /^openai +not ready +\d+ models +there is no key: set OPENAI_API_KEY or/mu)
    assert.ok(!listed.output.includes(secret))

    assert.equal((await run(['engines', 'unset', 'google'], data)).code, 0)
    await untilEngine(server, 'google/nano-banana-pro', 'afterimage/draft')
    const again = await run(['engines', 'unset', 'google'], data)
    assert.equal(again.code, 1)
    assert.match(again.output, /No key was entered for google/u)
  })

  void test('what is refused, and that a key is never an argument', async (t) => {
    const data = dataFolder(t)
    const empty = await run(['engines', 'set', 'openai'], data)
    assert.equal(empty.code, 1)
    assert.match(empty.output, /Nothing was entered/u)
    const short = await run(['engines', 'set', 'openai'], data, 'sk-1\n')
    assert.equal(short.code, 1)
    assert.match(short.output, /key: expected 8 to 1024/u)
    const wrong = await run(['engines', 'set', 'opnai'], data, 'sk-0123456789\n')
    assert.equal(wrong.code, 1)
    assert.match(wrong.output, /did you mean openai\?/u)
    const argument = await run(['engines', 'set', 'openai', 'sk-0123456789'], data)
    assert.equal(argument.code, 1)
    assert.match((await run(['engines', 'list'], data)).output, /^openai +not ready/mu)
  })

  void test('a key in a watched file, from its first appearance to its end', async (t) => {
    const data = dataFolder(t)
    const file = join(data, 'gemini.key')
    const server = await createServerProcess(data, { GEMINI_API_KEY_FILE: file })
    t.after(() => server.kill())
    await server.start()
    const ask = async (): Promise<Record<string, unknown>> => {
      const headers = { authorization: `Bearer ${server.apiKey}` }
      const { items } = (await (await fetch(`${server.url}/engines`, { headers })).json()) as {
        items: Record<string, unknown>[]
      }
      return items.find(({ id }) => id === 'google') ?? {}
    }
    assert.match(String((await ask())['reason']), /GEMINI_API_KEY_FILE names cannot be read \(ENOENT\)/u)
    assert.equal(await engineOf(server, 'google/nano-banana-pro'), 'afterimage/draft')

    writeFileSync(file, 'AIza-from-a-file-1234\n')
    assert.equal(await engineOf(server, 'google/nano-banana-pro'), 'google')
    assert.deepEqual((await ask())['key'], { source: 'file', ending: '1234', entered_at: null })
    writeFileSync(file, 'AIza-from-a-file-5678\n')
    assert.equal(((await ask())['key'] as { ending: string }).ending, '5678')
    writeFileSync(file, '\n')
    assert.match(String((await ask())['reason']), /is empty/u)
    rmSync(file)
    assert.equal(await engineOf(server, 'google/nano-banana-pro'), 'afterimage/draft')
  })
})
