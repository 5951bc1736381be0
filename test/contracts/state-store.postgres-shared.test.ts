/** What Postgres adds: many processes on one database, its clock, its messages, poolers, versions side by side. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { Client } from 'pg'
import type { ClaimedJob, StateStore } from '../../src/core/ports.ts'
import { MIGRATIONS } from '../../src/state/migrate.ts'
import { describeServer } from '../../src/state/postgres-connection.ts'
import { createPostgresDriver } from '../../src/state/postgres-driver.ts'
import { createPostgresStateStore, type PostgresStateOptions } from '../../src/state/postgres.ts'
import { row, rows } from '../../src/state/script.ts'
import { startPooler } from '../support/pooler.ts'
import { openTestPostgres, whyNoPostgres } from '../support/postgres.ts'
import {
  ACCOUNT,
  claim,
  completed,
  countByStatus,
  hasCode,
  LEASE_MS,
  newAsset,
  newJob,
  submitAndClaim,
  submitMany,
} from './state-store-fixtures.ts'

const reason = await whyNoPostgres()

void describe('Postgres state store', { skip: reason ?? false }, async () => {
  if (reason !== null) return
  const postgres = await openTestPostgres()
  after(() => postgres.stop())

  type Opened = { url: string; open: (options?: Partial<PostgresStateOptions>) => Promise<StateStore> }
  const withDatabase = (title: string, run: (opened: Opened) => Promise<void>): void => {
    void test(title, async () => {
      const stores: StateStore[] = []
      const url = await postgres.createDatabase()
      const open = async (options: Partial<PostgresStateOptions> = {}): Promise<StateStore> => {
        const store = await createPostgresStateStore({ url, ...options })
        stores.push(store)
        return store
      }
      try {
        await run({ url, open })
      } finally {
        await Promise.all(stores.map((store) => store.close()))
      }
    })
  }

  withDatabase('claims from three pools never exceed the concurrency', async ({ url, open }) => {
    const stores = await Promise.all([open(), open(), open()])
    const [first] = stores
    assert.ok(first !== undefined)
    await first.setConcurrency(ACCOUNT, 3)
    const jobs = await submitMany(first, 30)
    const seen = new Set<string>()
    let most = 0
    const drain = async (store: StateStore): Promise<void> => {
      while (seen.size < jobs.length) {
        const claimed = await claim(store, 2, `worker-${stores.indexOf(store)}`)
        for (const { job } of claimed) {
          assert.ok(!seen.has(job.id), 'one job, one worker')
          seen.add(job.id)
        }
        await Promise.all(claimed.map(({ lease }) => store.finish(lease, completed())))
      }
    }
    const watch = async (): Promise<void> => {
      const text = `SELECT count(*)::int AS n FROM jobs WHERE phase = 'running'`
      while (seen.size < jobs.length)
        most = Math.max(most, Number((await postgres.query(text, url))[0]?.['n']))
    }
    await Promise.all([...stores, ...stores].map(drain).concat(watch()))
    assert.ok(most <= 3, `${most} ran at once`)
    assert.deepEqual(await countByStatus(first), { completed: jobs.length })
  })

  withDatabase('whatever runs beside what, nothing deadlocks and the counts hold', async ({ url, open }) => {
    const stores = await Promise.all([open(), open(), open()])
    const leases: ClaimedJob[] = []
    const ids: [string, string][] = []
    const steps: ((store: StateStore, round: number) => Promise<unknown>)[] = [
      async (store, round) => {
        const job = await store.submit(newJob({ accountId: `account-${round % 2}` }))
        ids.push([job.id, job.accountId])
      },
      async (store) => leases.push(...(await claim(store, 3))),
      async (store) => {
        const held = leases.shift()
        if (held !== undefined) await store.finish(held.lease, completed())
      },
      async (store, round) => {
        const held = leases.shift()
        const options = { runAt: round % 3 === 0 ? 0 : Date.now() + 1, error: null, isAttemptSpent: false }
        if (held !== undefined) await store.release(held.lease, options)
      },
      async (store, round) => {
        const [id, accountId] = ids[(round * 7) % Math.max(ids.length, 1)] ?? ['', '']
        await store.cancel(id, accountId)
      },
      async (store, round) => store.setConcurrency(`account-${round % 2}`, 1 + (round % 4)),
    ]
    await Promise.all(
      Array.from({ length: 12 }, async (_, worker) => {
        const store = stores[worker % stores.length]
        for (let round = 0; round < 40; round++)
          await steps[(worker + round) % 6]?.(store as StateStore, round)
      }),
    )
    const [store] = stores
    assert.ok(store !== undefined)
    const open_ = `SELECT count(*)::int AS n FROM jobs WHERE phase <> 'ended'`
    assert.equal(await store.countPending(), (await postgres.query(open_, url))[0]?.['n'])
    const idle = `SELECT a.id FROM accounts a WHERE a.max_running > (SELECT count(*) FROM jobs j
        WHERE j.account_id = a.id AND (j.phase = 'running' OR (j.phase = 'waiting' AND j.status = 'queued')))
      AND EXISTS (SELECT 1 FROM jobs j WHERE j.account_id = a.id AND j.phase = 'waiting' AND j.status = 'backlogged')`
    assert.deepEqual(await postgres.query(idle, url), [], 'nobody is backlogged while there is room')
    const [deadlocks] = await postgres.query(
      'SELECT deadlocks::int AS n FROM pg_stat_database WHERE datname = current_database()',
      url,
    )
    assert.equal(deadlocks?.['n'], 0)
  })

  withDatabase('work of one process wakes another, also after its connection was lost', async (opened) => {
    const [store, other] = [await opened.open(), await opened.open()]
    let wake = Promise.withResolvers<void>()
    let own = 0
    other.onWork(() => wake.resolve())
    store.onWork(() => (own += 1))
    const heard = async (act: () => Promise<unknown>): Promise<void> => {
      wake = Promise.withResolvers<void>()
      await act()
      await wake.promise
    }
    await heard(() => store.submit(newJob()))
    assert.equal(own, 1, 'the own message is not heard again')
    const end = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE query LIKE 'LISTEN%' AND datname = current_database()`
    // Whoever listens anew looks once by itself: messages were lost meanwhile.
    await heard(() => postgres.query(end, opened.url))
    await heard(() => store.submit(newJob()))
  })

  withDatabase('times are those of the database, not of this machine', async ({ open }) => {
    const store = await open()
    const real = Date.now
    Date.now = () => 0
    try {
      const { job, lease } = await submitAndClaim(store)
      assert.ok(Math.abs(job.createdAtMicros / 1000 - real()) < 60_000)
      assert.ok(Math.abs(lease.expiresAt - LEASE_MS - real()) < 60_000)
      assert.ok(((await store.nextWakeMs()) ?? 0) > LEASE_MS / 2)
    } finally {
      Date.now = real
    }
  })

  withDatabase('a look of several statements sees one moment', async ({ url, open }) => {
    const store = await open()
    const driver = createPostgresDriver({
      server: describeServer({ url }),
      clock: null,
      mustSyncCommits: false,
    })
    const gate = new Client({ connectionString: url })
    await gate.connect()
    await gate.query('SELECT pg_advisory_lock(7)')
    const count = 'SELECT count(*) AS n FROM jobs'
    const looking = driver.read(function* () {
      const before = yield* row<{ n: number }>(count)
      yield* rows('SELECT pg_advisory_xact_lock(7)')
      return [before, yield* row<{ n: number }>(count)]
    })
    const waiting = `SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`
    while ((await postgres.query(waiting, url)).length === 0);
    await store.submit(newJob())
    await gate.end()
    assert.deepEqual(await looking, [{ n: 0 }, { n: 0 }])
    await driver.close()
  })

  withDatabase(
    'a pooler in transaction mode is enough, without prepared statements',
    async ({ url, open }) => {
      await open()
      const pooler = await startPooler(url)
      try {
        const store = await createPostgresStateStore({
          url: `${pooler.url}&pgbouncer=true`,
          maxConnections: 6,
        })
        const jobs = await Promise.all(Array.from({ length: 20 }, () => store.submit(newJob())))
        const claimed = [...(await claim(store, 5)), ...(await claim(store, 5))]
        assert.equal(claimed.length, 8)
        await Promise.all(claimed.map(({ lease }) => store.finish(lease, completed())))
        assert.equal((await store.getJob(jobs[0]?.id ?? '', ACCOUNT))?.status, 'completed')
        assert.ok(pooler.transactions() > 30)
        const listening = await postgres.query(
          `SELECT pid FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
          url,
        )
        assert.equal(listening.length, 1, 'only the direct one')
        await assert.rejects(
          createPostgresStateStore({ url: pooler.url, isPooled: true, isSingleOwner: true }),
          hasCode('invalid_request'),
        )
        await store.close()
      } finally {
        await pooler.stop()
      }
    },
  )

  withDatabase('two programs that start together migrate once', async ({ url, open }) => {
    await Promise.all([open(), open(), open()])
    const versions = await postgres.query('SELECT version FROM schema_version ORDER BY version', url)
    assert.deepEqual(
      versions.map(({ version }) => version),
      MIGRATIONS.map(({ version }) => version),
    )
  })

  withDatabase('a newer program decides whether this one may still work', async ({ url, open }) => {
    await open()
    const known = MIGRATIONS.length
    const upgrade = (version: number, from: number) =>
      postgres.query(`INSERT INTO schema_version VALUES (${version}, ${from}, 0)`, url)
    await upgrade(known + 1, known)
    await open()
    await upgrade(known + 2, known + 1)
    const message = new RegExp(`schema ${known + 2}.*schema ${known + 1} or later`, 'u')
    await assert.rejects(open(), { ...hasCode('unavailable'), message })
  })

  withDatabase('a column that a newer program adds does not disturb this one', async ({ url, open }) => {
    const store = await open({ maxConnections: 1 })
    const asset = await store.createAsset(newAsset())
    assert.deepEqual(await store.getAsset(asset.id, ACCOUNT), asset)
    await postgres.query('ALTER TABLE assets ADD COLUMN invented TEXT', url)
    assert.deepEqual(await store.getAsset(asset.id, ACCOUNT), asset)
    assert.equal((await store.createAsset(newAsset())).accountId, ACCOUNT)
  })

  withDatabase('tables of another program are refused and left as they were', async ({ url, open }) => {
    await postgres.query('CREATE TABLE jobs (id INTEGER)', url)
    await assert.rejects(open(), { ...hasCode('unavailable'), message: /another program/u })
    const tables = `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'`
    assert.deepEqual(await postgres.query(tables, url), [{ table_name: 'jobs' }])
  })

  withDatabase('one single owner at a time, until it closes', async ({ open }) => {
    const first = await open({ isSingleOwner: true })
    await assert.rejects(open({ isSingleOwner: true }), hasCode('unavailable'))
    await open()
    await first.close()
    await open({ isSingleOwner: true })
  })

  void test('what cannot be reached is named without its password', async () => {
    const url = 'postgres://me:hidden@127.0.0.1:1/state'
    await assert.rejects(createPostgresStateStore({ url }), (error: Error) => {
      assert.match(error.message, /Postgres at 127\.0\.0\.1:1\/state: .*cannot be reached/u)
      assert.doesNotMatch(error.message, /hidden/u)
      return hasCode('unavailable').code === (error as Error & { code: string }).code
    })
    for (const wrong of ['mysql://me:hidden@host/x', 'hidden'])
      await assert.rejects(createPostgresStateStore({ url: wrong }), (error: Error) => {
        assert.doesNotMatch(error.message, /hidden/u)
        return (error as Error & { code: string }).code === 'invalid_request'
      })
  })
})
