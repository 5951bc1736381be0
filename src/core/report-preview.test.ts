import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { photoPath } from '../../test/support/pictures.ts'
import { createPngBomb } from '../../test/support/png.ts'
import { createImageProbe } from '../imaging/probe.ts'
import type { Output } from './job.ts'
import { createPreviewReporter, MAX_PREVIEW_BYTES } from './report-preview.ts'

const photo = readFileSync(photoPath('cat'))
const LEASE = { jobId: 'j', owner: 'w', attempt: 1, expiresAt: 9000 }
const PNG_HEAD = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')

/** A store and a blob store that only take notes; `answer` is that of the state store. */
function createScene(answer: () => Promise<boolean> = () => Promise.resolve(true)) {
  const blobs = new Set<string>()
  const saved: Output[] = []
  const time = { now: 0 }
  let puts = 0
  const reporter = createPreviewReporter(
    {
      clock: { now: () => time.now },
      probe: createImageProbe(),
      blobs: {
        put: (source) => {
          const key = `blob-${(puts += 1)}`
          blobs.add(key)
          return Promise.resolve({ key, bytes: (source as Uint8Array).length, sha256: 's' })
        },
        delete: (key) => Promise.resolve(void blobs.delete(key)),
      },
      state: {
        savePreview: (lease, preview) => {
          assert.equal(lease, LEASE)
          saved.push(preview)
          return answer()
        },
      },
    },
    LEASE,
  )
  const { report } = reporter
  assert.ok(report !== null)
  /** Reports, and waits until it is written. */
  const show = async (bytes: Uint8Array): Promise<void> => {
    report({ bytes })
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  return { ...reporter, report, show, blobs, saved, time, puts: () => puts }
}

void describe('previews of an attempt', () => {
  void test('the newest one is kept, its type is that of its content, and the end leaves nothing', async () => {
    const { show, close, blobs, saved, time } = createScene()
    await show(photo)
    const [first] = saved
    assert.match(String(first?.fileId), /^[0-9a-f]{32}$/u)
    assert.deepEqual([first?.contentType, first?.bytes], ['image/jpeg', photo.length])
    assert.ok((first?.width ?? 0) > 0 && (first?.height ?? 0) > 0)
    time.now += 1000
    await show(photo)
    assert.notEqual(saved[1]?.fileId, first?.fileId)
    assert.deepEqual([...blobs], ['blob-2'])
    await close()
    assert.deepEqual([...blobs], [])
  })

  void test('of a thousand in a second one is written, and no second write begins beside it', async () => {
    const gate = Promise.withResolvers<boolean>()
    const { report, show, close, puts, time } = createScene(() => gate.promise)
    for (let count = 0; count < 1000; count += 1) {
      time.now = count
      report({ bytes: photo })
    }
    assert.equal(puts(), 1)
    time.now = 5000
    await show(photo)
    assert.equal(puts(), 1, 'the store still works on the first')
    gate.resolve(true)
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
    await show(photo)
    assert.equal(puts(), 2)
    await close()
  })

  for (const [what, bytes] of [
    ['nothing', Buffer.of()],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>')],
    ['a TIFF', Buffer.from('49492a0008000000', 'hex')],
    ['a head without a picture', PNG_HEAD],
    ['a bomb', createPngBomb(20_000, 'grey1')],
    ['more bytes than allowed', Buffer.concat([photo, Buffer.alloc(MAX_PREVIEW_BYTES)])],
  ] as const)
    void test(`${what} is dropped, and the next picture is shown`, async () => {
      const { show, close, puts, saved } = createScene()
      await show(bytes)
      assert.equal(puts(), 0)
      await show(photo)
      assert.equal(saved.length, 1)
      await close()
    })

  void test('after the end nothing is taken', async () => {
    const { show, close, puts } = createScene()
    await close()
    await show(photo)
    assert.equal(puts(), 0)
  })

  void test('with the lease gone its bytes are gone, and nothing more is written', async () => {
    const { show, close, blobs, puts, time } = createScene(() => Promise.resolve(false))
    await show(photo)
    assert.deepEqual([...blobs], [])
    time.now = 5000
    await show(photo)
    assert.equal(puts(), 1)
    await close()
  })

  void test('a store that fails costs one look, and no bytes stay', async () => {
    let isDown = true
    const { show, close, blobs, time } = createScene(() =>
      isDown ? Promise.reject(new Error('down')) : Promise.resolve(true),
    )
    await show(photo)
    assert.deepEqual([...blobs], [])
    isDown = false
    time.now = 1000
    await show(photo)
    assert.deepEqual([...blobs], ['blob-2'])
    await close()
  })
})
