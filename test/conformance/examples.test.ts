/** The example programs of all four languages, run as a reader would run them, against a real server. */
import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { packSdk } from '../../scripts/pack-sdk.ts'
import { createImageProbe } from '../../src/imaging/probe.ts'
import { Krea } from '../../src/sdk/index.ts'
import { runProgram } from '../support/run-program.ts'
import { createServerProcess } from '../support/server-process.ts'
import type { ServerProcess } from '../support/server-process.ts'

const photo = fileURLToPath(new URL('../support/photos/cat.jpg', import.meta.url))
const examples = fileURLToPath(new URL('../../examples/', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'afterimage-examples-'))
const PROMPT = 'make it a warm pencil sketch, "by hand"'
let server: ServerProcess
let photoUrl: string

before(async () => {
  // Addresses then carry more behind the name of the file.
  server = await createServerProcess(join(directory, 'data'), { AFTERIMAGE_SIGNED_URLS: 'on' })
  await server.start()
  const krea = new Krea({ apiKey: server.apiKey, baseUrl: server.url })
  photoUrl = (await krea.assets.upload(readFileSync(photo))).image_url
})
after(async () => {
  await server.kill('SIGTERM')
  rmSync(directory, { recursive: true, force: true })
})

/** Runs one example on a file and on a URL; each must leave a real picture of the source's size and of its name's format. */
async function runExample(command: readonly [string, ...string[]], cwd = directory): Promise<void> {
  const named = `named-${Math.random()}.jpg`
  for (const [source, output, ...names] of [
    [photo, 'result.jpg'],
    [photoUrl, named, named],
  ] as const) {
    const path = join(cwd, output)
    rmSync(path, { force: true })
    const env = { ...process.env, AFTERIMAGE_URL: server.url, AFTERIMAGE_API_KEY: server.apiKey }
    const result = await runProgram([...command, source, PROMPT, ...names], { cwd, env })
    assert.equal(result.code, 0, result.output)
    assert.match(result.output, /[0-9a-f]{8}-[0-9a-f]{4}-/u, 'it prints the job id')
    assert.match(result.output, new RegExp(`Saved ${output.replaceAll('.', '\\.')}`, 'u'))
    const info = createImageProbe().probe(readFileSync(path))
    assert.deepEqual([info.format, info.width, info.height], ['jpeg', 451, 300])
    assert.notDeepEqual(readFileSync(path), readFileSync(photo))
  }
}

/** Skips where a language is missing, which is allowed on a developer's machine but not in CI. */
async function isMissing(
  t: TestContext,
  command: readonly [string, ...string[]],
  hint: string,
): Promise<boolean> {
  const { code } = await runProgram(command)
  if (code === 0) return false
  assert.equal(process.env['CI'], undefined, `CI must have it: ${hint}`)
  t.skip(`needs ${hint}`)
  return true
}

async function findPython(): Promise<string | null> {
  for (const python of ['python3', '/usr/bin/python3'])
    if ((await runProgram([python, '-c', 'import requests'])).code === 0) return python
  return null
}

void describe('examples', () => {
  void test('Node, with our SDK and with its Krea name', async () => {
    const tarball = packSdk(directory)
    const project = join(directory, 'project')
    mkdirSync(project)
    const dependencies = { '@afterimage/sdk': `file:${tarball}`, '@krea-ai/sdk': `file:${tarball}` }
    writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
    const install = await runProgram(['npm', 'install', '--offline', '--no-audit', '--no-fund'], {
      cwd: project,
    })
    assert.equal(install.code, 0, install.output)
    copyFileSync(join(examples, 'node', 'image-to-image.mjs'), join(project, 'ours.mjs'))
    const code = readFileSync(join(project, 'ours.mjs'), 'utf8')
    writeFileSync(join(project, 'krea.mjs'), code.replace('@afterimage/sdk', '@krea-ai/sdk'))
    await runExample([process.execPath, join(project, 'ours.mjs')])
    await runExample([process.execPath, join(project, 'krea.mjs')])
  })

  void test('cURL', async (t) => {
    if (await isMissing(t, ['curl', '--version'], 'curl')) return
    await runExample(['bash', join(examples, 'curl', 'image-to-image.sh')])
  })

  void test('Python', async (t) => {
    const python = await findPython()
    const probe = [python ?? 'python3', '-c', 'import requests'] as const
    if (await isMissing(t, probe, 'Python 3 with requests (Debian: python3-requests)')) return
    await runExample([probe[0], join(examples, 'python', 'image_to_image.py')])
  })

  void test('Go', { timeout: 240_000 }, async (t) => {
    if (await isMissing(t, ['go', 'version'], 'Go (Debian: golang-go)')) return
    const program = join(directory, 'image_to_image')
    const build = await runProgram(
      ['go', 'build', '-o', program, join(examples, 'go', 'image_to_image.go')],
      {
        timeoutMs: 200_000,
      },
    )
    assert.equal(build.code, 0, build.output)
    await runExample([program])
  })
})
