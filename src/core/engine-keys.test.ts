import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ConfiguredKey, EngineKeyStore, SealedEngineKey } from './engine-keys.ts'
import { createEngineKeys } from './engine-keys.ts'

const MASTER = 'm'.repeat(43)
const NONE: ConfiguredKey = { source: null, secret: null, fault: null }

/** Rows in memory, shared by as many processes as ask for them. */
function createRows() {
  const rows = new Map<string, SealedEngineKey>()
  const store: EngineKeyStore = {
    list: async () => [...rows.values()],
    put: async (engine, sealed) => void rows.set(engine, { engine, sealed, updatedAt: 5 }),
    remove: async (engine) => rows.delete(engine),
  }
  return { rows, store }
}

const open = (
  store: EngineKeyStore,
  { master = MASTER, configured = NONE }: { master?: string; configured?: ConfiguredKey } = {},
) => createEngineKeys({ store, masterKey: async () => master, configured: () => configured })

void describe('keys of engines', () => {
  void test('an entered key wins over one of the settings, and gives way when it is removed', async () => {
    const keys = open(createRows().store, { configured: { source: 'environment', secret: 'env' } })
    assert.deepEqual(keys.find('openai'), { source: 'environment', secret: 'env', enteredAt: null })
    await keys.enter('openai', 'entered')
    assert.deepEqual(keys.find('openai'), { source: 'entered', secret: 'entered', enteredAt: 5 })
    assert.equal(await keys.remove('openai'), true)
    assert.equal(keys.find('openai')?.secret, 'env')
    assert.equal(await keys.remove('openai'), false)
  })

  void test('another process knows it after its next look, and that it is gone too', async () => {
    const { store } = createRows()
    const [here, there] = [open(store), open(store)]
    await here.enter('fal', 'secret')
    assert.equal(there.find('fal'), null)
    await there.refresh()
    assert.equal(there.find('fal')?.secret, 'secret')
    await here.remove('fal')
    await there.refresh()
    assert.equal(there.find('fal'), null)
  })

  void test('nothing readable is stored, and a row works for its engine only', async () => {
    const { rows, store } = createRows()
    const keys = open(store)
    await keys.enter('openai', 'sk-readable')
    assert.doesNotMatch(JSON.stringify([...rows.values()]), /readable/u)
    const row = rows.get('openai')
    assert.ok(row !== undefined)
    rows.set('google', { ...row, engine: 'google' })
    await keys.refresh()
    assert.equal(keys.find('google'), null)
    assert.match(keys.faultOf('google') ?? '', /cannot be decrypted/u)
    assert.equal(keys.find('openai')?.secret, 'sk-readable', 'and the others go on')
  })

  void test('with another key of the server it is a fault that says so, and a new one heals it', async () => {
    const { store } = createRows()
    await open(store).enter('openai', 'sk-1')
    const moved = open(store, { master: 'n'.repeat(43) })
    await moved.refresh()
    assert.equal(moved.find('openai'), null)
    assert.match(moved.faultOf('openai') ?? '', /secret\.key, or enter it again/u)
    await moved.enter('openai', 'sk-2')
    assert.deepEqual([moved.find('openai')?.secret, moved.faultOf('openai')], ['sk-2', null])
  })

  void test('a key that cannot be decrypted is told once, also where one of the settings takes its place', async () => {
    const { rows, store } = createRows()
    await open(store).enter('openai', 'sk-1')
    const told: string[] = []
    const moved = createEngineKeys({
      store,
      masterKey: async () => 'n'.repeat(43),
      configured: () => ({ source: 'environment', secret: 'env' }),
      onFault: (engine, fault) => told.push(`${engine}: ${fault}`),
    })
    await moved.refresh()
    await moved.refresh()
    assert.deepEqual([moved.find('openai')?.secret, told.length], ['env', 1])
    assert.equal(told[0], `openai: ${moved.faultOf('openai')}`)
    assert.match(told[0] ?? '', /cannot be decrypted.*enter it again$/u, 'without a full stop')
    rows.set('openai', { engine: 'openai', sealed: 'v1.another', updatedAt: 6 })
    await moved.refresh()
    assert.equal(told.length, 2, 'another row is another fault')
  })

  void test('a look that began before a change does not end after it', async () => {
    const { store } = createRows()
    const gate = Promise.withResolvers<void>()
    let looks = 0
    const slow: EngineKeyStore = {
      ...store,
      list: async () => {
        const rows = await store.list()
        if ((looks += 1) === 1) await gate.promise
        return rows
      },
    }
    const keys = open(slow)
    const early = keys.refresh()
    const entered = keys.enter('openai', 'sk-new')
    gate.resolve()
    await Promise.all([early, entered])
    assert.equal(keys.find('openai')?.secret, 'sk-new')
  })

  void test('a state that is away is told, and what is known stays', async () => {
    const { store } = createRows()
    let isAway = false
    const keys = open({
      ...store,
      list: () => (isAway ? Promise.reject(new Error('away')) : store.list()),
    })
    await keys.enter('openai', 'sk-1')
    isAway = true
    await assert.rejects(keys.refresh(), /away/u)
    assert.equal(keys.find('openai')?.secret, 'sk-1')
    isAway = false
    await keys.refresh()
    assert.equal(keys.find('openai')?.secret, 'sk-1')
  })
})
