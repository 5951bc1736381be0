import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createWebhookSink } from './webhook-sink.ts'

const { signal } = new AbortController()
const newSink = (masterKey = 'k'.repeat(43)) =>
  createWebhookSink({ masterKey: async () => masterKey, now: () => 7 })
const at = (cursor: string | null, waitMs = 0) => ({ cursor, waitMs, signal })
const bodies = (page: { messages: readonly { body: string }[] } | null): string[] =>
  (page?.messages ?? []).map(({ body }) => body)

void describe('webhook sink', () => {
  void test('shows what came in order, from a cursor on, and only its own', async () => {
    const sink = newSink()
    const [id, other] = [await sink.newId(), await sink.newId()]
    for (const [to, body] of [
      [id, 'a'],
      [other, 'x'],
      [id, 'b'],
    ] as const)
      assert.equal(await sink.receive(to, { headers: {}, body }), true)
    const first = await sink.read(id, at(null))
    assert.deepEqual(bodies(first), ['a', 'b'])
    await sink.receive(id, { headers: {}, body: 'c' })
    const second = await sink.read(id, at(first?.cursor ?? null))
    assert.deepEqual(bodies(second), ['c'])
    assert.deepEqual(bodies(await sink.read(id, at(second?.cursor ?? null))), [])
  })

  void test('an id that this server did not make is unknown, one of an earlier start is known', async () => {
    const sink = newSink()
    const id = await sink.newId()
    const forged = `${id.slice(0, 63)}${id.endsWith('0') ? '1' : '0'}`
    for (const unknown of [forged, '0'.repeat(64), '', `${id}0`, id.toUpperCase().replace(/\d/gu, 'A')]) {
      assert.equal(await sink.receive(unknown, { headers: {}, body: '' }), false)
      assert.equal(await sink.read(unknown, at(null)), null)
    }
    assert.equal(await newSink('o'.repeat(43)).receive(id, { headers: {}, body: '' }), false)
    assert.equal(await newSink().receive(id, { headers: {}, body: '' }), true)
  })

  void test('a cursor of an earlier process, or nonsense, reads from the start', async () => {
    const sink = newSink()
    const id = await sink.newId()
    await sink.receive(id, { headers: {}, body: 'a' })
    for (const cursor of ['other-process.99', 'nonsense', '.', ''])
      assert.deepEqual(bodies(await sink.read(id, at(cursor))), ['a'])
  })

  void test('a reader that waits is woken by a message, by its time, and by its own end', async () => {
    const sink = newSink()
    const id = await sink.newId()
    const waiting = sink.read(id, at(null, 60_000))
    await sink.receive(id, { headers: { a: 'b' }, body: 'late' })
    assert.deepEqual((await waiting)?.messages, [
      { sequence: 1, receivedAt: 7, headers: { a: 'b' }, body: 'late' },
    ])
    const cursor = (await waiting)?.cursor ?? null
    assert.deepEqual(bodies(await sink.read(id, at(cursor, 1))), [])
    const gone = new AbortController()
    const cut = sink.read(id, { cursor, waitMs: 60_000, signal: gone.signal })
    setImmediate(() => gone.abort())
    assert.deepEqual(bodies(await cut), [])
  })

  void test('holds a bounded amount: the oldest go', async () => {
    const sink = newSink()
    const id = await sink.newId()
    const body = 'x'.repeat(1024 * 1024)
    for (let n = 0; n < 20; n += 1) await sink.receive(id, { headers: {}, body: `${n}${body}` })
    const held = bodies(await sink.read(id, at(null)))
    assert.ok(held.length >= 14 && held.length < 17, String(held.length))
    assert.ok(held.at(-1)?.startsWith('19'))
  })

  void test('empty messages count too', async () => {
    const sink = newSink()
    const id = await sink.newId()
    for (let n = 0; n < 8300; n += 1) await sink.receive(id, { headers: {}, body: '' })
    const held = bodies(await sink.read(id, at(null)))
    assert.equal(held.length, Math.floor((16 * 1024 * 1024) / 2050))
  })
})
