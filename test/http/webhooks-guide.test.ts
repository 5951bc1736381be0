/** The verifiers of the guide, taken from its text and run: a genuine message passes, every other one does not. */
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { ProgramResult } from '../support/run-program.ts'
import { runProgram } from '../support/run-program.ts'

const guide = readFileSync(new URL('../../docs/guides/webhooks.md', import.meta.url), 'utf8')
const directory = mkdtempSync(join(tmpdir(), 'afterimage-guide-'))
after(() => rmSync(directory, { recursive: true, force: true }))

const SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const BODY = '{"job_id":"j1","status":"completed","result":{"urls":["ein Räuber ✏️"]}}'

type Message = { body: string; headers: Record<string, string>; secret: string; isGenuine: boolean }

function message(changes: Partial<Message> = {}, age = 0): Message {
  const timestamp = String(Math.floor(Date.now() / 1000) - age)
  const key = Buffer.alloc(32, 3)
  const signature = createHmac('sha256', key).update(`id-1.${timestamp}.${BODY}`).digest('base64')
  const headers = {
    'webhook-id': 'id-1',
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,AAAA v1,${signature}`,
  }
  return { body: BODY, headers, secret: SECRET, isGenuine: true, ...changes }
}

function messages(): Message[] {
  const good = message()
  const { 'webhook-signature': _gone, ...unsigned } = good.headers
  return [
    good,
    message({}, 150),
    message({ isGenuine: false }, 400),
    message({ isGenuine: false }, -400),
    message({ isGenuine: false, body: `${BODY} ` }),
    message({ isGenuine: false, headers: { ...good.headers, 'webhook-id': 'id-2' } }),
    message({ isGenuine: false, headers: { ...good.headers, 'webhook-signature': 'v1,AAAA v2,BBBB' } }),
    message({ isGenuine: false, headers: { ...good.headers, 'webhook-timestamp': 'soon' } }),
    message({ isGenuine: false, headers: unsigned }),
    message({ isGenuine: false, secret: `whsec_${Buffer.alloc(32, 4).toString('base64')}` }),
  ]
}

/** The only block of a language. */
function snippet(language: string): string {
  const [block, ...others] = [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gmsu'))]
  assert.ok(block?.[1] !== undefined && others.length === 0, `one ${language} block`)
  return block[1]
}

/** A missing language is skipped here and an error in CI. */
function isMissing(t: TestContext, result: ProgramResult, name: string): boolean {
  if (result.code !== 127) return false
  if (process.env['CI'] !== undefined) assert.fail(`${name} is not installed`)
  t.skip(`${name} is not installed; in CI this test runs`)
  return true
}

/** Writes the messages; a program prints one word for each, `true` when it is genuine. */
function assertVerdicts(cases: readonly Message[], output: string): void {
  assert.deepEqual(
    output.trim().split(/\s+/u),
    cases.map(({ isGenuine }) => String(isGenuine)),
  )
}

void describe('the verifiers of the guide', () => {
  void test('JavaScript', async () => {
    const sdk = fileURLToPath(new URL('../../src/sdk/index.ts', import.meta.url))
    writeFileSync(join(directory, 'handle.mjs'), snippet('js').replace('@afterimage/sdk', sdk))
    const { handle } = (await import(join(directory, 'handle.mjs'))) as {
      handle: (request: Request, secret: string) => Promise<Response>
    }
    for (const { body, headers, secret, isGenuine } of messages()) {
      const request = new Request('https://me.example/', { method: 'POST', body, headers })
      assert.equal((await handle(request, secret)).status, isGenuine ? 204 : 400)
    }
  })

  void test('Python', async (t) => {
    const program = ['python3', join(directory, 'run.py')] as const
    const cases = messages()
    writeFileSync(join(directory, 'cases.json'), JSON.stringify(cases))
    writeFileSync(join(directory, 'verifier.py'), snippet('python'))
    writeFileSync(
      program[1],
      `import json
from verifier import verify
for case in json.load(open("cases.json", encoding="utf-8")):
    try:
        print("true" if verify(case["body"].encode(), case["headers"], case["secret"])["job_id"] == "j1" else "odd")
    except ValueError:
        print("false")
`,
    )
    const result = await runProgram(program, { cwd: directory })
    if (isMissing(t, result, 'python3')) return
    assert.equal(result.code, 0, result.output)
    assertVerdicts(cases, result.output)
  })

  void test('Go', async (t) => {
    const cases = messages()
    writeFileSync(join(directory, 'go.mod'), 'module webhook\n\ngo 1.19\n')
    writeFileSync(join(directory, 'webhook.go'), snippet('go'))
    writeFileSync(join(directory, 'go-cases.json'), JSON.stringify(cases))
    writeFileSync(
      join(directory, 'webhook_test.go'),
      `package webhook

import (
	"encoding/json"
	"net/http"
	"os"
	"testing"
)

func TestVerify(t *testing.T) {
	text, _ := os.ReadFile("go-cases.json")
	var cases []struct {
		Body, Secret string
		Headers      map[string]string
		IsGenuine    bool
	}
	if err := json.Unmarshal(text, &cases); err != nil || len(cases) < 10 {
		t.Fatal("no cases", err)
	}
	for n, one := range cases {
		header := http.Header{}
		for name, value := range one.Headers {
			header.Set(name, value)
		}
		if (Verify([]byte(one.Body), header, one.Secret) == nil) != one.IsGenuine {
			t.Errorf("case %d", n)
		}
	}
}
`,
    )
    const env = {
      ...process.env,
      GOFLAGS: '-mod=mod',
      GOTOOLCHAIN: 'local',
      GOCACHE: join(directory, 'cache'),
    }
    const result = await runProgram(['go', 'test', './...'], { cwd: directory, env, timeoutMs: 110_000 })
    if (isMissing(t, result, 'go')) return
    assert.equal(result.code, 0, result.output)
  })
})
