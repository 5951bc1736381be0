/** Sessions of the Studio: seen by every process and after every start, bounded, and gone when they end. */
import assert from 'node:assert/strict'
import { MAX_SESSIONS, MAX_SESSIONS_OF_KEY } from '../../src/core/studio-sessions.ts'
import type { CreateStateStore } from './state-store-fixtures.ts'
import { withStore } from './state-store-fixtures.ts'

const HOUR = 3600_000
const session = (tokenHash: string, keyHash = 'key-1') => ({ tokenHash, accountId: 'a', keyHash })

export function sessionContract(create: CreateStateStore): void {
  withStore(create, 'another process sees a session and its end', async ({ store, clock, open }) => {
    await store.sessions.add(session('one'), HOUR)
    const other = await open()
    const expected = { accountId: 'a', keyHash: 'key-1', endsAt: clock.now() + HOUR }
    assert.deepEqual(await other.sessions.find('one'), expected)
    assert.equal(await store.sessions.find('two'), null)
    await other.sessions.remove('one')
    await other.sessions.remove('one')
    assert.equal(await store.sessions.find('one'), null)
  })

  withStore(create, 'what is over goes with the next sign-in', async ({ store, clock }) => {
    await store.sessions.add(session('old'), HOUR)
    clock.advance(HOUR)
    await store.sessions.add(session('new', 'key-2'), HOUR)
    assert.equal(await store.sessions.find('old'), null)
    assert.notEqual(await store.sessions.find('new'), null)
  })

  withStore(
    create,
    "a key pushes out its own oldest sessions, and nobody else's",
    async ({ store, clock }) => {
      await store.sessions.add(session('of somebody', 'key-2'), HOUR)
      for (let n = 0; n <= MAX_SESSIONS_OF_KEY; n += 1) {
        clock.advance(1)
        await store.sessions.add(session(`s${n}`), HOUR)
      }
      assert.equal(await store.sessions.find('s0'), null)
      assert.notEqual(await store.sessions.find('s1'), null)
      assert.notEqual(await store.sessions.find('of somebody'), null)
    },
  )

  withStore(create, 'in all there are a thousand; the oldest goes', async ({ store, clock }) => {
    for (let n = 0; n <= MAX_SESSIONS; n += 1) {
      clock.advance(1)
      await store.sessions.add(session(`s${n}`, `key-${n % 20}`), HOUR)
    }
    assert.equal(await store.sessions.find('s0'), null)
    assert.notEqual(await store.sessions.find('s1'), null)
    assert.notEqual(await store.sessions.find(`s${MAX_SESSIONS}`), null)
  })

  withStore(create, 'many sign-ins of one key at once all succeed', async ({ store, open }) => {
    const other = await open()
    await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        (n % 2 === 0 ? store : other).sessions.add(session(`s${n}`), HOUR),
      ),
    )
    for (let n = 0; n < 20; n += 1) assert.notEqual(await store.sessions.find(`s${n}`), null, `s${n}`)
  })
}
