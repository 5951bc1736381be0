/** Keys of engines that an admin entered: one for each engine, the newest, seen by every process. */
import assert from 'node:assert/strict'
import type { CreateStateStore } from './state-store-fixtures.ts'
import { withStore } from './state-store-fixtures.ts'

export function engineKeyContract(create: CreateStateStore): void {
  withStore(create, 'one for each engine; another process sees it', async ({ store, clock, open }) => {
    assert.deepEqual(await store.engineKeys.list(), [])
    const first = clock.now()
    await store.engineKeys.put('openai', 'sealed-1')
    await store.engineKeys.put('fal', 'sealed-2')
    clock.advance(1000)
    await store.engineKeys.put('openai', 'sealed-3')
    const expected = [
      { engine: 'fal', sealed: 'sealed-2', updatedAt: first },
      { engine: 'openai', sealed: 'sealed-3', updatedAt: first + 1000 },
    ]
    assert.deepEqual(await store.engineKeys.list(), expected)
    const other = await open()
    assert.deepEqual(await other.engineKeys.list(), expected)
    assert.equal(await other.engineKeys.remove('fal'), true)
    assert.equal(await store.engineKeys.remove('fal'), false)
    assert.deepEqual(await store.engineKeys.list(), expected.slice(1))
  })

  withStore(create, 'entered by two at once, one of both is there', async ({ store, open }) => {
    const other = await open()
    await Promise.all([store.engineKeys.put('openai', 'a'), other.engineKeys.put('openai', 'b')])
    const found = (await store.engineKeys.list()).map(({ sealed }) => sealed)
    assert.ok(found.length === 1 && ['a', 'b'].includes(found[0] ?? ''), String(found))
  })
}
