import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { AfterimageError } from '../core/errors.ts'
import { createReadiness } from './readiness.ts'
import { createDiskGuard } from './disk-space.ts'

function open() {
  const world = {
    now: 0,
    free: 100,
    stored: new Set<string>(),
    puts: 0,
    isDatabaseUp: true,
    error: null as Error | null,
  }
  const clock = { now: () => world.now }
  const check = createReadiness({
    clock,
    state: {
      countPending: () =>
        world.isDatabaseUp ? Promise.resolve(0) : Promise.reject(new Error('db.internal')),
    },
    blobs: {
      put: async (bytes) => {
        world.puts += 1
        if (world.error !== null) throw world.error
        const key = `k${world.puts}`
        world.stored.add(key)
        return { key, bytes: bytes instanceof Uint8Array ? bytes.length : 0, sha256: '' }
      },
      delete: async (key) => void world.stored.delete(key),
    },
    assertDiskSpace: createDiskGuard({
      directory: '/',
      minFreeBytes: 50,
      clock,
      measure: () => Promise.resolve(world.free),
    }),
  })
  return { world, check }
}

void describe('readiness', () => {
  void test('writes an image and leaves none behind; looks again after five seconds only', async () => {
    const { world, check } = open()
    const looks = await Promise.all([check(), check()])
    for (const look of looks) assert.deepEqual(look, { fault: null, isDiskLow: false })
    world.now = 4999
    await check()
    assert.deepEqual([world.puts, world.stored.size], [1, 0])
    world.now = 5000
    await check()
    assert.equal(world.puts, 2)
  })

  void test('the database is asked each time, and its words are not passed on', async () => {
    const { world, check } = open()
    await check()
    world.isDatabaseUp = false
    const { fault } = await check()
    assert.deepEqual([fault?.code, fault?.message], ['unavailable', 'The database does not answer.'])
    world.isDatabaseUp = true
    assert.equal((await check()).fault, null)
  })

  void test('images that cannot be written are a fault, until they can', async () => {
    const { world, check } = open()
    world.error = new Error('EROFS: /srv/data')
    assert.equal((await check()).fault?.message, 'The store of images cannot be written.')
    world.error = null
    world.now = 5000
    assert.equal((await check()).fault, null)
  })

  void test('a disk below the mark, and a full one, are told and no fault', async () => {
    const { world, check } = open()
    world.free = 49
    assert.deepEqual(await check(), { fault: null, isDiskLow: true })
    assert.equal(world.puts, 0, 'nothing is written to it')
    world.free = 50
    world.error = new AfterimageError('storage_full')
    world.now = 5000
    assert.deepEqual(await check(), { fault: null, isDiskLow: true })
  })
})
