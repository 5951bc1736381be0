import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { readConfig } from './config.ts'
import { VARIABLES } from './config-variables.ts'

function messageOf(environment: Record<string, string>): string {
  try {
    readConfig(environment)
  } catch (error) {
    return error instanceof Error ? error.message : ''
  }
  return 'nothing was thrown'
}

void test('a name at a vendor that was shut down is told at the start, with what to use', () => {
  const { warnings } = readConfig({
    AFTERIMAGE_OPENAI_COMPATIBLE_URL: 'http://127.0.0.1:4000/v1',
    AFTERIMAGE_OPENAI_COMPATIBLE_MODELS: 'local/a=gpt-image-1, local/b=gpt-image-2',
  })
  assert.equal(warnings.length, 1)
  assert.match(
    warnings[0] ?? '',
    /_MODELS: gpt-image-1 is .*shut down on 2026-10-23; use openai\/gpt-image-2\./u,
  )
  assert.throws(
    () => readConfig({ AFTERIMAGE_ROUTES: '{"google/gemini-3-pro-image-preview":["fal"]}' }),
    /gemini-3-pro-image-preview is .*2026-06-25; use google\/nano-banana-pro/u,
  )
})

void describe('readConfig', () => {
  void test('everything has a default', () => {
    const config = readConfig({})
    assert.equal(config.host, '127.0.0.1')
    assert.equal(config.port, 4500)
    assert.equal(config.dataDirectory, resolve('data'))
    assert.equal(config.publicUrl, null)
    assert.equal(config.compat, 'aliases')
    assert.equal(config.isDraftEnabled, true)
    assert.ok(Object.isFrozen(config))
  })

  void test('a flag wins over the environment, and an empty value counts as none', () => {
    const config = readConfig({ AFTERIMAGE_PORT: '1', AFTERIMAGE_HOST: '' }, { port: '2', compat: undefined })
    assert.equal(config.port, 2)
    assert.equal(config.host, '127.0.0.1')
  })

  void test('all faults at once, with name, finding and what is allowed', () => {
    const message = messageOf({
      AFTERIMAGE_PORT: '99999',
      AFTERIMAGE_COMPAT: 'loose',
      AFTERIMAGE_DRAFT: 'on',
    })
    assert.match(message, /AFTERIMAGE_PORT: found "99999" .* from 0 to 65535/u)
    assert.match(message, /AFTERIMAGE_COMPAT: found "loose" .*allowed: strict, aliases, lenient/u)
    assert.doesNotMatch(message, /AFTERIMAGE_DRAFT/u)
  })

  void test('routes: JSON or a file; names that nobody has are faults', () => {
    const routes = { 'google/*': ['fal', 'google'], 'bfl/flux-1-dev': ['comfyui'] }
    assert.deepEqual(readConfig({ AFTERIMAGE_ROUTES: JSON.stringify(routes) }).routes, routes)
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-config-'))
    try {
      writeFileSync(join(folder, 'routes.json'), JSON.stringify(routes))
      assert.deepEqual(readConfig({ AFTERIMAGE_ROUTES: join(folder, 'routes.json') }).routes, routes)
      const missing = messageOf({ AFTERIMAGE_ROUTES: join(folder, 'none.json') })
      assert.match(missing, /AFTERIMAGE_ROUTES: .*cannot be read; expected JSON like/u)
    } finally {
      rmSync(folder, { recursive: true })
    }
    for (const [text, pattern] of [
      ['{"google/*": "fal"}', /AFTERIMAGE_ROUTES: .*expected JSON like/u],
      ...['[]', 'null', ' 7 ', '"google/*"', '{"__proto__": ["fal"]}'].map(
        (text) => [text, /AFTERIMAGE_ROUTES: found "[^;]*; expected JSON like/u] as const,
      ),
      ['{"google/*": ["fal"', /JSON is not valid/u],
      ['{"gogle/*": ["fal"]}', /"gogle\/\*": is no model .*did you mean google\/\*\?/u],
      ['{"afterimage/edit": ["fal"]}', /"afterimage\/edit": is no model/u],
      ['{"google/nano-banana": ["bfl"]}', /found the engine "bfl"; allowed: google, fal, krea, comfyui, /u],
      ['{"*": ["afterimage/draft"]}', /found the engine "afterimage\/draft"; allowed: .*google/u],
      ['{"*": ["fal", "fal"]}', /names the engine "fal" twice/u],
    ] as const)
      assert.match(messageOf({ AFTERIMAGE_ROUTES: text }), pattern, text)
  })

  void test('a bad secret is refused without being shown', () => {
    const message = messageOf({ AFTERIMAGE_API_KEY: 'too short' })
    assert.match(message, /AFTERIMAGE_API_KEY: found a value/u)
    assert.doesNotMatch(message, /too short/u)
  })

  void test('a secret from a file; both at once or a missing file is a fault', () => {
    const folder = mkdtempSync(join(tmpdir(), 'afterimage-config-'))
    const file = join(folder, 'key')
    writeFileSync(file, 'ak_0123456789abcdef\n')
    try {
      assert.equal(readConfig({ AFTERIMAGE_API_KEY_FILE: file }).apiKey, 'ak_0123456789abcdef')
      const both = { AFTERIMAGE_API_KEY: 'ak_0123456789abcdef', AFTERIMAGE_API_KEY_FILE: file }
      assert.match(messageOf(both), /set either/u)
      assert.match(messageOf({ AFTERIMAGE_API_KEY_FILE: `${file}-missing` }), /ENOENT/u)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  void test('the public URL loses its last slash and takes no query', () => {
    assert.equal(
      readConfig({ AFTERIMAGE_PUBLIC_URL: 'https://a.example/x/' }).publicUrl,
      'https://a.example/x',
    )
    assert.match(messageOf({ AFTERIMAGE_PUBLIC_URL: 'https://a.example/?x' }), /without query/u)
    assert.match(messageOf({ AFTERIMAGE_PUBLIC_URL: 'ftp://a.example' }), /http/u)
  })

  void test('the private network list is checked entry by entry', () => {
    const config = readConfig({ AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '10.0.0.0/8, minio.internal' })
    assert.deepEqual(config.allowPrivateNetwork, ['10.0.0.0/8', 'minio.internal'])
    assert.match(messageOf({ AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '10.0.0.0/8,,' }), /CIDR/u)
  })

  void test('a number or the word auto', () => {
    assert.ok(readConfig({}).localProcesses >= 1)
    assert.equal(readConfig({ AFTERIMAGE_LOCAL_PROCESSES: '3' }).localProcesses, 3)
    for (const value of ['0', '65', '1.5', 'many'])
      assert.match(messageOf({ AFTERIMAGE_LOCAL_PROCESSES: value }), /`auto` or a whole number/u, value)
  })

  void test('a mistyped name is a warning with a suggestion; the SDK variable is none', () => {
    const { warnings } = readConfig({ AFTERIMAGE_PROT: '1', AFTERIMAGE_URL: 'http://x', OTHER: '1' })
    assert.deepEqual(warnings, [
      'AFTERIMAGE_PROT is not a setting and has no effect; did you mean AFTERIMAGE_PORT?',
    ])
  })

  void test('a database is shared, so only with one there are other roles; its password is not shown', () => {
    const databaseUrl = 'postgres://user:hush-hush@db.internal/afterimage'
    assert.equal(readConfig({}).role, 'all')
    const config = readConfig({ AFTERIMAGE_ROLE: 'worker', DATABASE_URL: databaseUrl })
    assert.equal(config.role, 'worker')
    assert.equal(config.databaseUrl, databaseUrl)
    assert.match(messageOf({ AFTERIMAGE_ROLE: 'api' }), /AFTERIMAGE_ROLE: found "api".* set DATABASE_URL/u)
    assert.match(messageOf({ AFTERIMAGE_ROLE: 'queen' }), /allowed: all, api, worker/u)
    const message = messageOf({ DATABASE_URL: 'mysql://user:hush-hush@db.internal/afterimage' })
    assert.match(message, /DATABASE_URL: found a value in DATABASE_URL; expected postgres:/u)
    assert.doesNotMatch(message, /hush/u)
  })

  void test('every default is valid and every variable is described', () => {
    for (const { name, description } of Object.values(VARIABLES)) {
      assert.match(name, /^(?:AFTERIMAGE_[A-Z_]+|DATABASE_URL)$/u)
      assert.ok(description.endsWith('.'), name)
    }
  })
})

void test('a secret for a moderation that is not there is told', () => {
  const secret = { AFTERIMAGE_MODERATION_SECRET: 'a-secret-of-the-endpoint' }
  const told = (more: Record<string, string>) => readConfig({ ...secret, ...more }).warnings
  const fault = 'AFTERIMAGE_MODERATION_SECRET is set and AFTERIMAGE_MODERATION_URL is not'
  assert.deepEqual(told({}), [`${fault}: nothing is checked`])
  const program = told({ AFTERIMAGE_MODERATION_COMMAND: 'decide' })
  assert.deepEqual(program, [`${fault}: AFTERIMAGE_MODERATION_COMMAND decides, which gets no secret`])
  assert.deepEqual(told({ AFTERIMAGE_MODERATION_URL: 'http://127.0.0.1:9/decide' }), [])
})
