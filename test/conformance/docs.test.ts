/** README.md and docs/: every block runs or is compared with a real answer, every relative link leads somewhere. */
import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { packSdk } from '../../scripts/pack-sdk.ts'
import type { Block } from '../support/markdown.ts'
import { readBlocks, readRelativeLinks } from '../support/markdown.ts'
import { photoPath } from '../support/pictures.ts'
import { runProgram } from '../support/run-program.ts'
import type { ServerProcess } from '../support/server-process.ts'
import { createServerProcess } from '../support/server-process.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
/** Functions for a receiver, which a test of their own calls with good and forged messages. */
const TESTED_ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  'docs/guides/webhooks.md': ['js', 'python', 'go'],
}
/** Commands that stand for what this test has done already, and why they are not done again. */
const DONE_ALREADY: readonly (readonly [command: RegExp, reason: string])[] = [
  [/^npm ci( && npm (start|test)\b.*)?$/u, 'the modules are installed; the server runs; this is npm test'],
  [/^npm start$/u, 'the server runs'],
  [/^npm (test|run check)\b/u, 'this is one of those tests'],
  [/^afterimage listen /u, 'it runs until it is stopped; test/http/webhooks-cli.test.ts runs it'],
  [/^export AFTERIMAGE_(URL|API_KEY)=/u, 'set to the server of this test'],
]
const RUN = ['sh', 'bash', 'js', 'python', 'go', 'json']

const pages = ['README.md', ...globSync('docs/**/*.md', { cwd: ROOT }).map(toSlashes).sort()]
const directory = mkdtempSync(join(tmpdir(), 'afterimage-docs-'))
let server: ServerProcess
let environment: NodeJS.ProcessEnv

before(async () => {
  server = await createServerProcess(join(directory, 'data'))
  await server.start()
  await prepareFolder()
  environment = {
    PATH: [join(directory, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
    HOME: directory,
    GOCACHE: join(tmpdir(), 'afterimage-go-cache'),
    AFTERIMAGE_URL: server.url,
    AFTERIMAGE_API_KEY: server.apiKey,
    AFTERIMAGE_DATA_DIR: join(directory, 'data'),
  }
})
after(async () => {
  await server.kill('SIGTERM')
  rmSync(directory, { recursive: true, force: true })
})

/** What a reader has: a photograph, the samples, the SDK, `npx afterimage`, and a copy of this repository. */
async function prepareFolder(): Promise<void> {
  for (const name of ['photos', 'bin', 'assets/samples'])
    mkdirSync(join(directory, name), { recursive: true })
  const photo = await sharp(photoPath('cat')).resize(48).jpeg().toBuffer()
  for (const name of ['photo.jpg', 'photos/one.jpg']) writeFileSync(join(directory, name), photo)
  copyFileSync(
    join(ROOT, 'assets', 'samples', 'raccoon.jpg'),
    join(directory, 'assets', 'samples', 'raccoon.jpg'),
  )
  // The form of a vendor's key; it is entered and removed, never used.
  writeFileSync(join(directory, 'openai.key'), 'sk-0123456789abcdef')
  writeFileSync(join(directory, 'key.json'), JSON.stringify({ key: 'sk-0123456789abcdef' }))
  symlinkSync(ROOT, join(directory, 'afterimage'), 'junction')
  const program = `#!/bin/sh\ntest "$1" = afterimage && shift && exec "${process.execPath}" "${join(ROOT, 'bin', 'afterimage.js')}" "$@"\n`
  writeFileSync(join(directory, 'bin', 'npx'), program, { mode: 0o755 })
  const dependencies = { '@afterimage/sdk': `file:${packSdk(directory)}` }
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
  const install = await runProgram(['npm', 'install', '--offline', '--no-audit', '--no-fund'], {
    cwd: directory,
  })
  assert.equal(install.code, 0, install.output)
}

function toSlashes(path: string): string {
  return path.replaceAll('\\', '/')
}

function readPage(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8')
}

/** Blocks of these languages that this test has to run. */
function blocksOf(page: string, ...languages: readonly string[]): Block[] {
  return readBlocks(readPage(page)).filter(
    ({ language, notRun }) => languages.includes(language) && notRun === null,
  )
}

/** The address that the pages name, as the server of this test has it. */
function adapt({ text }: Block): string {
  return text.replaceAll('http://127.0.0.1:4500', server.url)
}

async function runFile(command: readonly [string, ...string[]], what: string): Promise<string> {
  const { code, output } = await runProgram(command, { cwd: directory, env: environment, timeoutMs: 100_000 })
  assert.equal(code, 0, `${what}\n${output}`)
  return output
}

/** Skips where a language is missing, which is allowed on a developer's machine but not in CI. */
async function isMissing(t: TestContext, command: readonly [string, ...string[]]): Promise<boolean> {
  if ((await runProgram(command)).code === 0) return false
  assert.equal(process.env['CI'], undefined, `CI must have ${command.join(' ')}`)
  t.skip(`needs ${command.join(' ')}`)
  return true
}

/** The shell blocks of a page in one shell, so that a variable of one serves the next; HTTP errors end it. */
function toScript(page: string): string {
  const blocks = blocksOf(page, 'sh', 'bash').map((block) =>
    adapt(block)
      .split('\n')
      .filter((line) => !DONE_ALREADY.some(([command]) => command.test(line.replace(/\s+#.*$/u, ''))))
      .join('\n'),
  )
  return ['set -euo pipefail', 'curl() { command curl --fail-with-body "$@"; }', ...blocks].join('\n')
}

async function ask(path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${server.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as Record<string, unknown>
}

/** A finished job of the instruction that docs/guides/instructions.md speaks of, on a picture of 4:3. */
async function runExampleJob(): Promise<Record<string, unknown>> {
  const image = await sharp(photoPath('raccoon')).resize(400, 300, { fit: 'cover' }).jpeg().toBuffer()
  const input = { image_url: image.toString('base64'), prompt: 'warmer, add a hat', width: 320 }
  const { job_id: id } = await ask('/generate/image/afterimage/edit', input)
  return ask(`/jobs/${String(id)}?wait=60`)
}

/** The real answer that a JSON block shows a part of. */
async function realAnswerOf(shown: unknown): Promise<unknown> {
  if (Array.isArray(shown)) return (await runExampleJob())['recipe']
  const names = Object.keys(shown as Record<string, unknown>)
  if (names.includes('dry_run'))
    return ask('/generate/image/bfl/flux-1-dev?dry_run=1', { prompt: 'a red cube', steps: 20 })
  if (names.includes('request_id'))
    return ask('/generate/image/afterimage/edit', { image_url: 'http://10.0.0.1/a.jpg', prompt: 'warmer' })
  if (names.includes('job_id'))
    return ask('/generate/image/google/nano-banana-pro', { prompt: 'a rug, product photography' })
  if (names.includes('message')) return ((await runExampleJob())['warnings'] as unknown[])[0]
  throw new Error('no answer of the server is compared with this block: add one here, or mark it')
}

/** Ids and times differ from call to call; everything else that is shown must be so, to the letter. */
const CHANGING = new Set(['job_id', 'created_at', 'request_id'])

function assertShows(shown: unknown, real: unknown, path: string): void {
  if (typeof shown !== 'object' || shown === null) {
    if (CHANGING.has(path.slice(path.lastIndexOf('.') + 1))) assert.equal(typeof shown, typeof real, path)
    else assert.equal(shown, real, path)
    return
  }
  assert.ok(typeof real === 'object' && real !== null, `${path} is ${String(real)} in the real answer`)
  for (const [name, value] of Object.entries(shown)) {
    assert.ok(Object.hasOwn(real, name), `the real answer has no ${path}.${name}`)
    assertShows(value, (real as Record<string, unknown>)[name], `${path}.${name}`)
  }
}

void describe('documentation', { timeout: 600_000 }, () => {
  void test('links and images lead to files that exist', () => {
    for (const page of [...pages, 'docs/llms.txt', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'SECURITY.md'])
      for (const target of readRelativeLinks(readPage(page)))
        assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page} links to ${target}`)
  })

  void test('the README is short and begins with the two commands', () => {
    const lines = readPage('README.md').trimEnd().split('\n')
    assert.ok(lines.length <= 150, `${lines.length} lines`)
    const beginning = lines.slice(0, 15).join('\n')
    assert.match(beginning, /npm ci && npm start/u)
    assert.match(beginning, /npm ci && npm test/u)
  })

  void test('blocks that are not run are few', () => {
    const marked = pages.flatMap((page) => readBlocks(readPage(page))).filter(({ notRun }) => notRun !== null)
    assert.ok(marked.length <= 1, `${marked.length} blocks are marked as not run`)
  })

  for (const page of pages) {
    const elsewhere = TESTED_ELSEWHERE[page] ?? []
    const run = RUN.filter((language) => !elsewhere.includes(language))
    const languages = new Set(blocksOf(page, ...run).map(({ language }) => language))
    if (languages.has('sh') || languages.has('bash'))
      void test(`${page}: shell`, { timeout: 180_000 }, async (t) => {
        if (await isMissing(t, ['curl', '--version'])) return
        await runFile(['bash', '-c', toScript(page)], page)
      })
    if (languages.has('js'))
      void test(`${page}: JavaScript`, async () => {
        for (const block of blocksOf(page, 'js')) {
          const file = join(directory, `${basename(page, '.md')}-${block.line}.mjs`)
          writeFileSync(file, adapt(block))
          await runFile([process.execPath, file], `${page}:${block.line}`)
        }
      })
    if (languages.has('python'))
      void test(`${page}: Python`, async (t) => {
        const probes = [
          ['python3', '-c', 'import requests'],
          ['/usr/bin/python3', '-c', 'import requests'],
        ] as const
        const found = (await runProgram(probes[0])).code === 0 ? probes[0] : probes[1]
        if (await isMissing(t, found)) return
        for (const block of blocksOf(page, 'python')) {
          const output = await runFile([found[0], '-c', adapt(block)], `${page}:${block.line}`)
          assert.match(output, /'urls'/u)
        }
      })
    if (languages.has('go'))
      void test(`${page}: Go`, { timeout: 240_000 }, async (t) => {
        if (await isMissing(t, ['go', 'version'])) return
        for (const block of blocksOf(page, 'go')) {
          writeFileSync(join(directory, 'main.go'), adapt(block))
          assert.match(await runFile(['go', 'run', 'main.go'], `${page}:${block.line}`), /^200 OK/u)
        }
      })
    if (languages.has('json'))
      void test(`${page}: answers`, async () => {
        for (const block of blocksOf(page, 'json')) {
          const shown: unknown = JSON.parse(block.text)
          assertShows(shown, await realAnswerOf(shown), `${page}:${block.line}`)
        }
      })
  }
})
