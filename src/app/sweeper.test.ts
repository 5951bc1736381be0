import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createSweeper } from './sweeper.ts'

type Logged = { level: 'info' | 'error'; text: string; count: unknown }

function bench(sweep: (isFirst: boolean) => Promise<number>): {
  sweeper: ReturnType<typeof createSweeper>
  logged: Logged[]
} {
  const logged: Logged[] = []
  const logger = {
    info: ({ count }: { count: number }, text: string) => logged.push({ level: 'info', text, count }),
    error: (_: unknown, text: string) => logged.push({ level: 'error', text, count: null }),
  } as unknown as Parameters<typeof createSweeper>[0]['logger']
  const words = { removed: 'removed', failed: 'failed' }
  return { sweeper: createSweeper({ intervalMs: 60_000, sweep, words, logger }), logged }
}

void describe('a sweeper', () => {
  void test('sweeps at its start, and says what it removed', async () => {
    const { sweeper, logged } = bench((isFirst) => Promise.resolve(isFirst ? 3 : 7))
    sweeper.start()
    await sweeper.stop()
    assert.deepEqual(logged, [{ level: 'info', text: 'removed', count: 3 }])
  })

  void test('says nothing when there was nothing, and never throws what a sweep throws', async () => {
    const quiet = bench(() => Promise.resolve(0))
    quiet.sweeper.start()
    await quiet.sweeper.stop()
    assert.deepEqual(quiet.logged, [])
    const broken = bench(() => Promise.reject(new Error('no disk')))
    broken.sweeper.start()
    await broken.sweeper.stop()
    assert.deepEqual(broken.logged, [{ level: 'error', text: 'failed', count: null }])
  })

  void test('is stopped only when the sweep that is under way has ended', async () => {
    const gate = Promise.withResolvers<number>()
    const { sweeper, logged } = bench(() => gate.promise)
    sweeper.start()
    const stopped = sweeper.stop()
    assert.deepEqual(logged, [])
    gate.resolve(1)
    await stopped
    assert.equal(logged.length, 1)
  })

  void test('sweeps again by its interval, one at a time', async ({ mock }) => {
    mock.timers.enable({ apis: ['setInterval'] })
    const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()]
    const firsts: boolean[] = []
    const { sweeper } = bench((isFirst) => gates[firsts.push(isFirst) - 1]?.promise ?? Promise.resolve(0))
    sweeper.start()
    mock.timers.tick(60_000)
    assert.deepEqual(firsts, [true], 'the first is still under way')
    gates[0]?.resolve(0)
    await new Promise((resolve) => setImmediate(resolve))
    mock.timers.tick(60_000)
    assert.deepEqual(firsts, [true, false])
    gates[1]?.resolve(0)
    await sweeper.stop()
    mock.timers.tick(60_000)
    assert.deepEqual(firsts, [true, false])
  })
})
