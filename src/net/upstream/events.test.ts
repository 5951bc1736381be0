import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { BrokenStreamError, readEvents } from './events.ts'

async function readAll(pieces: readonly Uint8Array[]) {
  const events = []
  async function* chunks() {
    await Promise.resolve()
    yield* pieces
  }
  for await (const event of readEvents(chunks())) events.push(event)
  return events
}

const STREAM = Buffer.from(
  ': hello\r\n\r\nevent: a\r\ndata: {"x":\r\ndata: "ä€😀"}\r\n\r\n\n\ndata: [DONE]\n\nevent: b\ndata: 2',
)
const EXPECTED = [
  { name: 'a', json: { x: 'ä€😀' } },
  { name: 'b', json: 2 },
]

void test('comments and [DONE] are left out, the last event needs no empty line', async () => {
  assert.deepEqual(await readAll([STREAM]), EXPECTED)
  assert.deepEqual(await readAll([]), [])
})

void test('packets may break anywhere', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(STREAM.length), { maxLength: 12 }), async (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
      const pieces = edges.slice(1).map((end, index) => STREAM.subarray(edges[index], end))
      assert.deepEqual(await readAll(pieces), EXPECTED)
    }),
    { numRuns: 50 },
  )
})

void test('an event of many lines is put together once, not for each line', async (context) => {
  const lines = Array.from({ length: 500 }, (_, line) => `data: ${line},\n`)
  const pieces = ['data: [\n', ...lines, 'data: 0]\n', '\n'].map((piece) => Buffer.from(piece))
  const { mock: split } = context.mock.method(String.prototype, 'split')
  const [event] = await readAll(pieces)
  const count = split.callCount()
  split.restore()
  assert.ok(Array.isArray(event?.json) && event.json.length === 501)
  assert.ok(count < 20, `${count} times`)
})

void test('events without end are an error: kept, the smallest take a dozen times their bytes', async () => {
  const events = (count: number): Buffer => Buffer.from('data:1\n\n'.repeat(count))
  assert.equal((await readAll([events(20_000)])).length, 20_000)
  await assert.rejects(readAll([events(12_000), events(8_001)]), BrokenStreamError)
})

void test('data that is not JSON is an error', async () => {
  await assert.rejects(readAll([Buffer.from('data: {broken\n\n')]), BrokenStreamError)
})

void test('an event that the end of the stream cuts off is none', async () => {
  const whole = 'data: 1\n\n'
  for (const cut of ['data: {"type": "image_e', 'data: {"x":\n', 'event: a\nda'])
    assert.deepEqual(await readAll([Buffer.from(whole + cut)]), [{ name: 'message', json: 1 }], cut)
})
