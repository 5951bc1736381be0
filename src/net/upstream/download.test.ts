import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { paint } from '../../../test/support/emulators/picture.ts'
import type { EngineOutput } from '../../core/engine.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { UntrustedFetch } from '../../core/ports.ts'
import { maySubmitAgain, upstreamFaultOf } from '../../core/upstream-fault.ts'
import { answeredWith } from '../fetch-errors.ts'
import { createDownloader } from './download.ts'

const scratchDirectory = mkdtempSync(join(tmpdir(), 'afterimage-download-'))
after(() => rmSync(scratchDirectory, { recursive: true }))

/** A downloader whose fetch fails the given number of times, and how often it waited. */
function setUp(
  failures: number,
  error = new AfterimageError('input_unreachable', 'could not fetch from "x"'),
) {
  const pauses: number[] = []
  const urls: string[] = []
  const fetch: UntrustedFetch = (url) => {
    urls.push(url)
    return urls.length <= failures
      ? Promise.reject(error)
      : Promise.resolve({ body: Readable.from([Buffer.from('pixels')]), contentType: null })
  }
  const download = createDownloader({
    vendor: 'Vendor',
    origin: 'http://127.0.0.1:9000/v1',
    fetch,
    pause: (ms) => Promise.resolve(void pauses.push(ms)),
  })
  return { download, pauses, urls }
}

const context = { scratchDirectory, signal: new AbortController().signal }
const RESULT = 'https://cdn.example/result.png?signature=secret'

void test('a paid result is fetched again until it comes', async () => {
  const { download, pauses } = setUp(5)
  const output = await download(RESULT, context)
  assert.ok(output.kind === 'file')
  assert.equal(readFileSync(output.path, 'utf8'), 'pixels')
  assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000])
})

void test('after an outage of most of an hour it fails, is never called unpaid, and keeps the signature to itself', async () => {
  const { download, urls, pauses } = setUp(100)
  await assert.rejects(download(RESULT, context), (error: AfterimageError) => {
    const fault = upstreamFaultOf(error)
    assert.ok(fault !== null && !maySubmitAgain(fault))
    assert.equal(fault.charged, 'maybe')
    assert.doesNotMatch(error.message, /secret/u)
    return error.code === 'unavailable'
  })
  assert.equal(urls.length, 100)
  assert.ok(pauses.reduce((sum, ms) => sum + ms, 0) > 45 * 60_000)
})

void test('an address that the server refuses is tried once more, not for half a minute', async () => {
  const { download, urls } = setUp(6, answeredWith('x', 403))
  await assert.rejects(download(RESULT, context), { code: 'engine_failed', message: /status 403/u })
  assert.equal(urls.length, 2)
  const moment = setUp(5, answeredWith('x', 503))
  assert.equal((await moment.download(RESULT, context)).kind, 'file')
})

void test('a picture that is cut off is fetched again: it may still be on its way to where it lies', async () => {
  const whole = await paint({ width: 64, height: 48 }, 'png')
  const answer = (bytes: Buffer): ReturnType<UntrustedFetch> =>
    Promise.resolve({ body: Readable.from([bytes]), contentType: 'image/png' })
  let count = 0
  const fetchAfter = (cutOff: number) => (): ReturnType<UntrustedFetch> =>
    answer((count += 1) > cutOff ? whole : whole.subarray(0, whole.length / 2))
  const downloadAfter = (cutOff: number): Promise<EngineOutput> => {
    count = 0
    const fetch = fetchAfter(cutOff)
    return createDownloader({
      vendor: 'Vendor',
      origin: 'https://vendor.example',
      fetch,
      pause: async () => {},
    })(RESULT, context)
  }
  const output = await downloadAfter(3)
  assert.ok(output.kind === 'file')
  assert.deepEqual(readFileSync(output.path), whole)
  await assert.rejects(downloadAfter(Infinity), {
    code: 'engine_failed',
    message: /ends before its picture/u,
  })
  assert.equal(count, 4)
})

void test('tries are counted for each kind of failure: after an outage a cut-off or missing file has its own', async () => {
  const whole = await paint({ width: 64, height: 48 }, 'png')
  const outage = new AfterimageError('input_unreachable', 'could not fetch from "x"')
  const downloadAfter = (failures: readonly (Error | Buffer)[]): Promise<EngineOutput> => {
    const left = [...failures]
    const fetch: UntrustedFetch = () => {
      const next = left.shift() ?? whole
      return next instanceof Error
        ? Promise.reject(next)
        : Promise.resolve({ body: Readable.from([next]), contentType: null })
    }
    const origin = 'https://vendor.example'
    return createDownloader({ vendor: 'Vendor', origin, fetch, pause: async () => {} })(RESULT, context)
  }
  const half = whole.subarray(0, whole.length / 2)
  const refused = answeredWith('x', 404)
  for (const then of [half, refused]) {
    const output = await downloadAfter([outage, outage, outage, outage, then])
    assert.ok(output.kind === 'file')
    assert.deepEqual(readFileSync(output.path), whole)
  }
  await assert.rejects(downloadAfter([refused, outage, refused]), { code: 'engine_failed' })
})

void test('tries that fail leave no bytes on the disk', async () => {
  const folder = mkdtempSync(join(scratchDirectory, 'tries-'))
  const whole = await paint({ width: 64, height: 48 }, 'png')
  const half = whole.subarray(0, whole.length / 2)
  const bodies = [
    Readable.from([half]),
    Readable.from(
      (async function* () {
        await Promise.resolve()
        yield half
        throw new AfterimageError('input_unreachable', 'it broke off')
      })(),
    ),
    Readable.from([whole]),
  ]
  const download = createDownloader({
    vendor: 'Vendor',
    origin: 'https://vendor.example',
    fetch: () => Promise.resolve({ body: bodies.shift() ?? Readable.from([]), contentType: null }),
    pause: async () => {},
  })
  const output = await download(RESULT, { ...context, scratchDirectory: folder })
  assert.ok(output.kind === 'file')
  assert.deepEqual(
    readdirSync(folder).map((name) => join(folder, name)),
    [output.path],
  )
})

void test('a forbidden address is not tried twice', async () => {
  const { download, urls } = setUp(6, new AfterimageError('input_forbidden'))
  await assert.rejects(download(RESULT, context), { code: 'engine_failed' })
  assert.equal(urls.length, 1)
})

void test('plain http only from the configured host', async () => {
  const { download, urls } = setUp(0)
  for (const url of ['http://cdn.example/a.png', 'file:///etc/passwd', 'nonsense'])
    await assert.rejects(download(url, context), { code: 'engine_failed' })
  assert.equal(urls.length, 0)
  assert.equal((await download('http://127.0.0.1:9001/a.png', context)).kind, 'file')
})

void test('a cancelled download says so', async () => {
  const { download } = setUp(6)
  await assert.rejects(download(RESULT, { scratchDirectory, signal: AbortSignal.abort('cancelled') }), {
    code: 'cancelled',
  })
  assert.ok(readdirSync(scratchDirectory).length > 0)
})
