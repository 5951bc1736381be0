/** A Postgres server that dies under load: nothing that was acknowledged is lost, and work goes on by itself. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { isAfterimageError } from '../../src/core/errors.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { createPostgresStateStore } from '../../src/state/postgres.ts'
import { startPostgres, whyNoPostgres } from '../support/postgres.ts'
import { ACCOUNT, claim, completed, newJob } from './state-store-fixtures.ts'

const reason = await whyNoPostgres(true)
/** How long a client waits before it tries again what was refused, as a real one would. */
const CLIENT_PAUSE_MS = 20

/** What callers were told: these promises have to hold whatever happened in between. */
type Told = { submitted: Set<string>; completed: Set<string>; refused: number; isOver: boolean }

/** Submits and runs jobs until `count` more of them were acknowledged as completed. */
async function work(store: StateStore, told: Told, count: number): Promise<void> {
  const goal = told.completed.size + count
  const isDone = (): boolean => told.isOver || told.completed.size >= goal
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act()
    } catch (error) {
      assert.ok(isAfterimageError(error) && error.code === 'unavailable', String(error))
      told.refused += 1
      await wait(CLIENT_PAUSE_MS)
    }
  }
  const submitter = async (): Promise<void> => {
    while (!isDone()) {
      const job = newJob()
      // The same id again after a refusal: the first try may have been stored.
      const isStored = (): boolean => told.submitted.has(job.id)
      while (!isStored() && !isDone())
        await attempt(async () => {
          await store.submit(job)
          told.submitted.add(job.id)
        })
    }
  }
  const runner = async (): Promise<void> => {
    while (!isDone())
      await attempt(async () => {
        for (const { job, lease } of await claim(store, 4)) {
          const outcome = completed()
          await attempt(async () => {
            if ((await store.finish(lease, outcome)) !== null) told.completed.add(job.id)
          })
        }
      })
  }
  await Promise.all([submitter(), submitter(), submitter(), runner()])
}

void describe('Postgres state store: the server dies', { skip: reason ?? false }, async () => {
  if (reason !== null) return
  const postgres = await startPostgres()
  after(() => postgres.stop())

  const survives = (title: string, disturb: (url: string) => Promise<unknown>): void => {
    void test(title, async () => {
      const url = await postgres.createDatabase()
      // The store has to ask for more than what the administrator of the server was content with.
      await postgres.query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET synchronous_commit = off`)
      const store = await createPostgresStateStore({ url, defaultConcurrency: 1000 })
      const told: Told = { submitted: new Set(), completed: new Set(), refused: 0, isOver: false }
      try {
        await work(store, told, 20)
        await Promise.all([work(store, told, 40), disturb(url)])
        await work(store, told, 20)
        for (const id of told.submitted)
          assert.ok((await store.getJob(id, ACCOUNT)) !== null, 'a job is lost')
        for (const id of told.completed)
          assert.equal((await store.getJob(id, ACCOUNT))?.status, 'completed', 'a result is lost')
        const [found] = await postgres.query(
          `SELECT count(*)::int AS n FROM jobs WHERE phase <> 'ended'`,
          url,
        )
        assert.equal(await store.countPending(), found?.['n'], 'no half of a transaction is left')
      } finally {
        told.isOver = true
        await store.close()
      }
    })
  }

  const backends = (url: string): Promise<Record<string, unknown>[]> =>
    postgres.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      url,
    )

  survives('its administrator ends every connection', (url) =>
    postgres.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      url,
    ),
  )

  survives('one of its processes is killed, and it recovers', async (url) => {
    const [first] = await backends(url)
    process.kill(Number(first?.['pid']), 'SIGKILL')
  })

  survives('it is killed as a whole and started again', async () => {
    await postgres.kill()
    await postgres.start()
  })

  void test('while it is away calls are refused as unavailable, and closing ends', async () => {
    const store = await createPostgresStateStore({ url: await postgres.createDatabase() })
    await store.submit(newJob())
    await postgres.kill()
    const refused = { name: 'AfterimageError', code: 'unavailable' }
    await assert.rejects(store.submit(newJob()), refused)
    await assert.rejects(store.countPending(), refused)
    await assert.rejects(claim(store), refused)
    await store.close()
    await postgres.start()
  })
})
