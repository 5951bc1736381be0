/** The SDK as its users get it: packed, installed under both names, type-checked without Node's types, run. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { packSdk } from '../../scripts/pack-sdk.ts'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-sdk-'))
const consumer = join(directory, 'consumer')
const typescript = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))

before(() => {
  const tarball = packSdk(directory)
  mkdirSync(consumer)
  const dependencies = { '@afterimage/sdk': `file:${tarball}`, '@krea-ai/sdk': `file:${tarball}` }
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ type: 'module', dependencies }))
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: consumer, stdio: 'pipe' })
})
after(() => rmSync(directory, { recursive: true }))

void describe('packed SDK', () => {
  void test('has no dependencies and holds nothing but code, types, licence and readme', () => {
    const folder = join(consumer, 'node_modules', '@afterimage', 'sdk')
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<string, unknown>
    assert.equal(manifest['name'], '@afterimage/sdk')
    assert.equal(manifest['dependencies'], undefined)
    const strange = readdirSync(folder).filter(
      (name) => !/\.(?:js|d\.ts)$|^(?:LICENSE|README\.md|package\.json)$/u.test(name),
    )
    assert.deepEqual(strange, [])
  })

  void test('imports no module of Node or of anybody else', () => {
    const folder = join(consumer, 'node_modules', '@afterimage', 'sdk')
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.js')))
      for (const [, specifier = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/from '([^']+)'/gu))
        assert.match(specifier, /^\.\//u, name)
  })

  void test('type-checks in a browser project, under both names', () => {
    const source = (name: string): string => `
      import { Krea, JobFailedError, type Job } from '${name}'
      const krea = new Krea({ apiKey: 'a', baseUrl: 'https://images.example' })
      export async function edit(file: File): Promise<string | undefined> {
        const asset = await krea.assets.upload(file)
        const job: Job = await krea.image('google/nano-banana-pro', { image_urls: [asset.image_url], prompt: 'x' })
        try {
          return (await krea.jobs.wait(job.job_id, { intervalMs: 2000 })).result.urls[0]
        } catch (error) {
          return error instanceof JobFailedError ? error.job.status : undefined
        }
      }`
    writeFileSync(join(consumer, 'a.ts'), source('@afterimage/sdk'))
    writeFileSync(join(consumer, 'b.ts'), source('@krea-ai/sdk'))
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--lib',
      'es2022,dom',
      '--types',
      '',
    ]
    execFileSync(process.execPath, [typescript, ...options, 'a.ts', 'b.ts'], { cwd: consumer, stdio: 'pipe' })
  })

  void test('loads and works from JavaScript under both names', () => {
    for (const name of ['@afterimage/sdk', '@krea-ai/sdk']) {
      const code = `import { Krea, Afterimage } from '${name}'
        if (new Krea({ baseUrl: 'http://h:1/' }).baseUrl !== 'http://h:1' || Krea !== Afterimage) process.exit(3)`
      execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd: consumer, stdio: 'pipe' })
    }
  })
})
