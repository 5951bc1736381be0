/** migrate, backup, export and import as a user runs them, and the lines between the engines. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createFileBlobStore } from '../../src/blobs/files.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { MIGRATIONS } from '../../src/state/migrate.ts'
import { createPostgresStateStore } from '../../src/state/postgres.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import { runProgram } from '../support/run-program.ts'
import type { ProgramResult } from '../support/run-program.ts'
import { ACCOUNT, claim, completed, newAsset, newJob, newOutput, submitMany } from './state-store-fixtures.ts'

const BIN = fileURLToPath(new URL('../../bin/afterimage.js', import.meta.url))
const NEWEST = MIGRATIONS.length
const root = mkdtempSync(join(tmpdir(), 'afterimage-state-cli-'))
after(() => rmSync(root, { recursive: true, force: true }))

const run = (folder: string, args: readonly string[], databaseUrl = ''): Promise<ProgramResult> =>
  runProgram([process.execPath, BIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: root,
      AFTERIMAGE_DATA_DIR: folder,
      DATABASE_URL: databaseUrl,
    },
  })

const openSqlite = (folder: string): StateStore =>
  createSqliteStateStore({ file: join(folder, 'afterimage.db'), clock: { now: Date.now } })

/** A folder with jobs in every state, assets, files and keys. */
async function createState(): Promise<string> {
  const folder = mkdtempSync(join(root, 'data-'))
  const store = openSqlite(folder)
  await fill(store)
  await store.close()
  assert.equal((await run(folder, ['keys', 'create'])).code, 0)
  return folder
}

async function fill(store: StateStore): Promise<void> {
  await store.setConcurrency(ACCOUNT, 3)
  await submitMany(store, 6, { expiresAt: 9 })
  await store.submit(newJob({ accountId: 'account-b', parentJobId: 'parent' }))
  const [first, second, third] = await claim(store, 3)
  assert.ok(first !== undefined && second !== undefined && third !== undefined)
  await store.finish(first.lease, completed([newOutput(), newOutput()]))
  await store.release(second.lease, { runAt: 1e13, error: null, isAttemptSpent: true })
  await store.saveProgress(third.lease, 'sampling', { stage: 'tiles', percent: 4, etaMs: null })
  await store.createAsset(newAsset({ filename: 'Käse "1".jpg\n', expiresAt: 77 }))
}

const rowsOf = (file: string): string[] => readFileSync(file, 'utf8').trimEnd().split('\n').sort()

void describe('migrate', () => {
  void test('looks, applies, and then has nothing to do', async () => {
    const folder = mkdtempSync(join(root, 'migrate-'))
    const missing = await run(folder, ['migrate', '--check'])
    assert.equal(missing.code, 1)
    assert.match(missing.output, /there is no database yet/u)
    assert.ok(!existsSync(join(folder, 'afterimage.db')), 'looking creates nothing')
    const applied = await run(folder, ['migrate'])
    assert.match(applied.output, new RegExp(`from schema 0 to ${NEWEST}`, 'u'))
    const again = await run(folder, ['migrate', '--check'])
    assert.equal(again.code, 0)
    assert.match(again.output, /Nothing to do/u)
  })

  void test('says what is missing without touching it', async () => {
    const folder = await createState()
    const database = new DatabaseSync(join(folder, 'afterimage.db'))
    database.exec(`UPDATE schema_version SET version = -version WHERE version > 1`)
    database.close()
    const { code, output } = await run(folder, ['migrate', '--check'])
    assert.equal(code, 1)
    assert.match(output, new RegExp(`has schema 1; .* brings it to ${NEWEST}`, 'u'))
  })

  void test('refuses a database of a newer program', async () => {
    const folder = await createState()
    const database = new DatabaseSync(join(folder, 'afterimage.db'))
    database.exec(`INSERT INTO schema_version VALUES (${NEWEST + 1}, ${NEWEST + 1}, 0)`)
    database.close()
    const { code, output } = await run(folder, ['keys', 'list'])
    assert.equal(code, 1)
    assert.match(output, new RegExp(`schema ${NEWEST + 1}, written by a newer Afterimage`, 'u'))
  })
})

void describe('backup', () => {
  void test('copies a database that is being written, with its images', async () => {
    const folder = mkdtempSync(join(root, 'backup-'))
    const blob = await createFileBlobStore({ directory: join(folder, 'blobs') }).put(Buffer.from('pixels'))
    const store = openSqlite(folder)
    await fill(store)
    const target = join(root, 'copy.db')
    const over = new AbortController()
    const writing = (async () => {
      while (!over.signal.aborted) await store.submit(newJob())
    })()
    const { code, output } = await run(folder, ['backup', '--blobs', target])
    over.abort()
    await writing
    await store.close()
    assert.equal(code, 0, output)
    assert.match(output, /1 images/u)
    if (process.platform !== 'win32') assert.equal(statSync(target).mode & 0o077, 0)

    const restored = mkdtempSync(join(root, 'restored-'))
    cpSync(target, join(restored, 'afterimage.db'))
    cpSync(`${target}.blobs`, join(restored, 'blobs'), { recursive: true })
    assert.deepEqual(await createFileBlobStore({ directory: join(restored, 'blobs') }).head(blob.key), {
      bytes: 6,
    })
    const copy = openSqlite(restored)
    const jobs = await copy.listJobs({
      accountId: ACCOUNT,
      beforeMicros: null,
      limit: 1e6,
      types: null,
      status: null,
    })
    assert.ok(jobs.length >= 6)
    assert.equal(jobs.filter(({ status }) => status === 'completed').length, 1)
    assert.equal((await copy.listAssets({ accountId: ACCOUNT, beforeMicros: null, limit: 9 })).length, 1)
    await copy.close()
  })

  void test('overwrites nothing, and says what to do where the state is elsewhere', async () => {
    const folder = await createState()
    const target = join(root, 'precious.db')
    writeFileSync(target, 'precious')
    const refused = await run(folder, ['backup', target])
    assert.equal(refused.code, 1)
    assert.match(refused.output, /exists already/u)
    assert.equal(readFileSync(target, 'utf8'), 'precious')
    const elsewhere = await run(folder, ['backup', join(root, 'x.db')], 'postgres://me:hidden@127.0.0.1:1/x')
    assert.match(elsewhere.output, /pg_dump/u)
    assert.doesNotMatch(elsewhere.output, /hidden/u)
  })
})

void describe('import', () => {
  void test('takes only whole exports into empty databases, and all or nothing', async () => {
    const folder = await createState()
    const file = join(root, 'whole.jsonl')
    const exported = await run(folder, ['export', file])
    assert.equal(exported.code, 0, exported.output)
    assert.match(exported.output, /7 jobs, 1 assets, 3 files, 1 api_keys/u)
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
    const [head = '', ...rest] = lines
    const faulty: [RegExp, readonly string[]][] = [
      [/cut off/u, lines.slice(0, -1)],
      [/counts other rows/u, [head, ...rest.slice(1)]],
      [/Line 2 .* no JSON object/u, [head, '{', ...rest]],
      [/Line 2 .* no table/u, [head, '{"table":"sqlite_master","row":{}}', ...rest]],
      [/Line 2 .* other columns/u, [head, '{"table":"accounts","row":{"id":"a"}}', ...rest]],
      [/Line 1 .* not the head/u, rest],
      [/has schema 0/u, [head.replace(/"schema":\d+/u, '"schema":0'), ...rest]],
    ]
    const empty = mkdtempSync(join(root, 'empty-'))
    for (const [message, content] of faulty) {
      const bad = join(root, 'faulty.jsonl')
      writeFileSync(bad, `${content.join('\n')}\n`)
      const { code, output } = await run(empty, ['import', bad])
      assert.equal(code, 1, output)
      assert.match(output, message)
    }
    const imported = await run(empty, ['import', file])
    assert.equal(imported.code, 0, `the failed ones left nothing behind: ${imported.output}`)
    assert.match((await run(empty, ['import', file])).output, /not empty/u)
    assert.equal((await run(empty, ['import', '--force', file])).code, 0)
    const back = join(root, 'back.jsonl')
    await run(empty, ['export', back])
    assert.deepEqual(rowsOf(back), rowsOf(file))
  })

  void test('waits for no server: it refuses while one runs', async () => {
    const folder = await createState()
    const file = join(root, 'running.jsonl')
    await run(folder, ['export', file])
    const store = createSqliteStateStore({
      file: join(folder, 'afterimage.db'),
      clock: { now: Date.now },
      isSingleOwner: true,
    })
    const { code, output } = await run(folder, ['import', '--force', file])
    await store.close()
    assert.equal(code, 1)
    assert.match(output, /in use by another Afterimage process/u)
  })
})

const reason = await whyNoPostgres()

void describe('between SQLite and Postgres', { skip: reason ?? false }, async () => {
  if (reason !== null) return
  const postgres = await openTestPostgres()
  after(() => postgres.stop())

  void test('the state goes there and back without a difference, and works there', async () => {
    const [folder, url] = [await createState(), await postgres.createDatabase()]
    const [there, back] = [join(root, 'there.jsonl'), join(root, 'from-postgres.jsonl')]
    assert.equal((await run(folder, ['export', there])).code, 0)
    const imported = await run(folder, ['import', there], url)
    assert.equal(imported.code, 0, imported.output)
    assert.match((await run(folder, ['import', there], url)).output, /not empty/u)
    assert.match((await run(folder, ['migrate', '--check'], url)).output, /Nothing to do/u)
    assert.equal((await run(folder, ['export', back], url)).code, 0)
    assert.deepEqual(rowsOf(back), rowsOf(there))

    const home = mkdtempSync(join(root, 'home-'))
    assert.equal((await run(home, ['import', back])).code, 0)
    const again = join(root, 'again.jsonl')
    await run(home, ['export', again])
    assert.deepEqual(rowsOf(again), rowsOf(there))

    const store = await createPostgresStateStore({ url, isSingleOwner: true })
    const [claimed] = await claim(store)
    assert.ok(claimed !== undefined)
    assert.equal((await store.finish(claimed.lease, completed()))?.status, 'completed')
    await store.close()
  })
})
