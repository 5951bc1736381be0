import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, test } from 'node:test'
import type { StateStore } from '../../src/core/ports.ts'
import { MIGRATIONS } from '../../src/state/migrate.ts'
import { createSqliteDriver } from '../../src/state/sqlite-driver.ts'
import { openDatabase } from '../../src/state/sqlite-open.ts'
import { createSqliteStateStore } from '../../src/state/sqlite.ts'
import { createStateStore } from '../../src/state/store.ts'
import {
  ACCOUNT,
  claim,
  completed,
  createClock,
  hasCode,
  newJob,
  submitAndClaim,
} from './state-store-fixtures.ts'
import { describeStateStore } from './state-store.ts'

function createFixture() {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-state-'))
  const [file, clock] = [join(directory, 'state.sqlite'), createClock()]
  const stores: StateStore[] = []
  const openNow = (options: { isSingleOwner?: boolean } = {}): StateStore => {
    const store = createSqliteStateStore({ file, clock, busyTimeoutMs: 20, ...options })
    stores.push(store)
    return store
  }
  const dispose = async (): Promise<void> => {
    await Promise.all(stores.map((store) => store.close()))
    rmSync(directory, { recursive: true, force: true })
  }
  const execute = async (text: string): Promise<void> => {
    const database = new DatabaseSync(file)
    database.exec(text)
    database.close()
  }
  return { file, clock, openNow, open: async (options = {}) => openNow(options), execute, dispose }
}

describeStateStore('SQLite', async () => {
  const fixture = createFixture()
  return { ...fixture, store: fixture.openNow() }
})

type Fixture = ReturnType<typeof createFixture>
const withFile = (title: string, run: (fixture: Fixture) => Promise<void> | void): void => {
  void test(title, async () => {
    const fixture = createFixture()
    try {
      await run(fixture)
    } finally {
      await fixture.dispose()
    }
  })
}

void describe('SQLite state store: the file', () => {
  withFile('is private to its owner', ({ file, openNow }) => {
    openNow()
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o077, 0)
  })

  withFile('has one single owner at a time, until it closes', async ({ openNow }) => {
    const first = openNow({ isSingleOwner: true })
    assert.throws(() => openNow({ isSingleOwner: true }), hasCode('unavailable'))
    await first.submit(newJob())
    await first.close()
    assert.equal((await claim(openNow({ isSingleOwner: true }))).length, 1)
  })

  withFile('of other content is refused and left as it was', ({ file, openNow }) => {
    const text = 'This is a text file, not a database. '.repeat(200)
    writeFileSync(file, text)
    assert.throws(openNow, { ...hasCode('unavailable'), message: /state\.sqlite: .*not a database/u })
    assert.equal(statSync(file).size, text.length)
  })

  withFile('of another program is refused and left as it was', ({ file, openNow }) => {
    const other = new DatabaseSync(file)
    other.exec('CREATE TABLE notes (id INTEGER)')
    assert.throws(openNow, { ...hasCode('unavailable'), message: /another program/u })
    const tables = other.prepare('SELECT name FROM sqlite_master').all()
    assert.deepEqual(
      tables.map(({ name }) => name),
      ['notes'],
    )
    other.close()
  })

  withFile('that cannot be created is refused', ({ file }) => {
    const options = { file: join(file, 'below', 'state.sqlite'), clock: createClock() }
    writeFileSync(file, '')
    assert.throws(() => createSqliteStateStore(options), hasCode('unavailable'))
  })

  withFile('of a newer program opens only as far as that program allows', async ({ file, openNow }) => {
    const known = MIGRATIONS.at(-1)?.version ?? 0
    const first = openNow()
    const { job, lease } = await submitAndClaim(first)
    await first.finish(lease, completed())
    await first.close()
    const upgrade = (version: number, compatibleFrom: number): void => {
      const database = new DatabaseSync(file)
      database.prepare('INSERT INTO schema_version VALUES (?, ?, 0)').run(version, compatibleFrom)
      database.close()
    }
    upgrade(known + 1, known)
    const compatible = openNow()
    assert.equal((await compatible.getJob(job.id, ACCOUNT))?.status, 'completed')
    await compatible.close()
    upgrade(known + 2, known + 1)
    const message = new RegExp(`schema ${known + 2}.*schema ${known + 1} or later`, 'u')
    assert.throws(openNow, { ...hasCode('unavailable'), message })
  })

  withFile('that another process locks is reported as busy', async ({ file, openNow }) => {
    const store = openNow()
    const other = new DatabaseSync(file)
    other.exec('BEGIN IMMEDIATE')
    await assert.rejects(store.submit(newJob()), hasCode('unavailable'))
    other.exec('ROLLBACK')
    other.close()
    assert.equal((await store.submit(newJob())).status, 'queued')
  })
})

void describe('SQLite state store: a bad write', () => {
  const createParts = (file: string) => {
    const database = openDatabase(file, 20)
    const driver = createSqliteDriver(database, createClock())
    return { database, driver, store: createStateStore(driver, { maxAttempts: 5, defaultConcurrency: 8 }) }
  }

  withFile('fails alone; its neighbours in the commit stay', async ({ file, openNow }) => {
    openNow()
    const { driver, store } = createParts(file)
    const [first, second] = [newJob(), newJob()]
    const [before, bad, after] = await Promise.allSettled([
      store.submit(first),
      driver.write(function* () {
        yield [{ text: 'UPDATE jobs SET model = ?', args: ['changed'] }]
        yield [{ text: 'INSERT INTO accounts (id) VALUES (NULL), (NULL)', args: [] }]
        yield [{ text: 'SELECT no_such_function(?)', args: [1] }]
      }),
      store.submit(second),
    ])
    assert.deepEqual([before.status, bad.status, after.status], ['fulfilled', 'rejected', 'fulfilled'])
    assert.equal((await store.getJob(first.id, ACCOUNT))?.model, first.model, 'its own part is taken back')
    assert.equal(await store.countPending(), 2)
    await store.close()
  })

  withFile(
    'on a full disk stores nothing of the commit, and work goes on with room again',
    async (fixture) => {
      fixture.openNow()
      const { database, store } = createParts(fixture.file)
      const kept = await store.submit(newJob())
      const pages = database.prepare('PRAGMA page_count').get()?.['page_count']
      database.exec(`PRAGMA max_page_count = ${Number(pages) + 1}`)
      const jobs = Array.from({ length: 40 }, () => newJob())
      const results = await Promise.allSettled(jobs.map((job) => store.submit(job)))
      for (const result of results)
        if (result.status === 'rejected') assert.equal(result.reason.code, 'storage_full')
      const refused = results.filter(({ status }) => status === 'rejected').length
      assert.ok(refused > 0)
      assert.equal(
        await store.countPending(),
        1 + jobs.length - refused,
        'exactly the acknowledged ones are there',
      )
      for (const [index, job] of jobs.entries())
        assert.equal((await store.getJob(job.id, ACCOUNT)) !== null, results[index]?.status === 'fulfilled')
      database.exec('PRAGMA max_page_count = 1000000')
      await store.submit(newJob())
      assert.equal((await store.getJob(kept.id, ACCOUNT))?.status, 'queued')
      await store.close()
    },
  )
})
