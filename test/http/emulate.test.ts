/** `on_unsupported: emulate` on the whole server, with a vendor that knows no mask, no exact size and no AVIF. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { TestApp } from '../support/app.ts'
import { startTestApp } from '../support/app.ts'
import { BFL_EMULATION } from '../support/emulators/bfl.ts'
import type { Emulator } from '../support/emulators/emulator.ts'
import { startEmulator } from '../support/emulators/emulator.ts'
import { photoPath } from '../support/pictures.ts'

const KONTEXT = '/generate/image/bfl/flux-1-kontext-dev'
const photo = readFileSync(photoPath('raccoon'))
const toUri = (bytes: Buffer, format: string): string =>
  `data:image/${format};base64,${bytes.toString('base64')}`

type Pixels = { data: Buffer; width: number; height: number; format: string }
type Job = {
  status: string
  result: { urls: string[] }
  warnings: { code: string; path: string; message: string }[]
  recipe: { operation: string }[] | null
  geometry: { source: object; output: { width: number; height: number }; steps: { kind: string }[] } | null
}

void describe('on_unsupported: emulate', () => {
  let app: TestApp
  let emulator: Emulator
  let source: Pixels
  before(async () => {
    emulator = await startEmulator(BFL_EMULATION)
    app = await startTestApp({
      isEngineReal: true,
      settings: {
        BFL_API_KEY: emulator.key,
        AFTERIMAGE_BFL_BASE_URL: emulator.origin,
        AFTERIMAGE_ALLOW_PRIVATE_NETWORK: '127.0.0.1',
      },
    })
    source = await decode(photo)
  })
  after(async () => {
    await app.stop()
    await emulator.close()
  })

  async function run(
    afterimage: object,
    more: object = {},
    key?: string,
  ): Promise<{ job: Job; made: Pixels }> {
    const json = { prompt: 'a green wall', image_url: toUri(photo, 'jpeg'), ...more, afterimage }
    const submitted = await app.call(KONTEXT, key === undefined ? { json } : { json, key })
    assert.equal(submitted.status, 200, JSON.stringify(submitted.body))
    const job = (await app.settle(submitted.body['job_id'])) as Job
    assert.equal(job.status, 'completed', JSON.stringify(job))
    const [url = ''] = job.result.urls
    return { job, made: await decode((await app.call(new URL(url).pathname)).bytes) }
  }

  void test('outside the mask every pixel is that of the photograph, inside it is what the engine made', async () => {
    const { width, height } = source
    const hole = {
      left: Math.round(width * 0.25),
      top: Math.round(height * 0.25),
      size: Math.round(height / 2),
    }
    const square = {
      create: { width: hole.size, height: hole.size, channels: 3 as const, background: '#fff' },
    }
    const mask = await sharp({ create: { width, height, channels: 3, background: '#000' } })
      .composite([{ input: square, left: hole.left, top: hole.top }])
      .png()
      .toBuffer()
    const { job, made } = await run({ mask_url: toUri(mask, 'png'), on_unsupported: 'emulate' })
    assert.deepEqual([made.width, made.height, made.format], [width, height, 'png'])
    let [outside, inside] = [0, 0]
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const at = (y * width + x) * 3
        const isInside =
          x >= hole.left && x < hole.left + hole.size && y >= hole.top && y < hole.top + hole.size
        if (!isInside) outside += Buffer.compare(pixel(made, at), pixel(source, at)) === 0 ? 0 : 1
        else inside += isGreen(made, at) ? 1 : 0
      }
    assert.equal(outside, 0, 'pixels outside the mask that changed')
    assert.ok(inside > 0.9 * hole.size ** 2, `${inside} of ${hole.size ** 2} inside are what the engine made`)
    const corner = ((hole.top + 1) * width + hole.left + 1) * 3
    assert.ok(!isGreen(made, corner), 'the edge is soft')
    assert.deepEqual(emulated(job), ['afterimage.mask_url'])
    assert.ok(job.recipe?.some(({ operation }) => operation === 'keep_outside_mask'))
    assert.deepEqual(job.geometry?.output, { width, height })
  })

  void test('what the format loses outside the mask is told', async () => {
    const { width, height } = source
    const mask = await sharp({ create: { width, height, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const masked = { mask_url: toUri(mask, 'png'), precise_edit: true, on_unsupported: 'emulate' }
    const inexact = async (output_format: string) => {
      const { job, made } = await run({ ...masked, output_format })
      assert.equal(made.format, output_format)
      assert.deepEqual(emulated(job).slice(0, 1), ['afterimage.mask_url'])
      return job.warnings.find(({ code }) => code === 'precise_edit_inexact')
    }
    assert.equal(await inexact('png'), undefined)
    const told = await inexact('jpeg')
    assert.equal(told?.path, 'afterimage.mask_url')
    assert.match(told.message, /not bit for bit: jpeg is a lossy format/u)
  })

  void test('a size, a format and a quality that the engine lacks', async () => {
    const { job, made } = await run({
      size: { width: 777, height: 333 },
      output_format: 'avif',
      quality: 40,
      on_unsupported: 'emulate',
    })
    assert.deepEqual([made.width, made.height, made.format], [777, 333, 'heif'])
    const paths = ['afterimage.output_format', 'afterimage.quality', 'afterimage.size']
    assert.deepEqual(emulated(job), paths)
    assert.ok(!job.warnings.some(({ code }) => code === 'unsupported_field' || code === 'adjusted_field'))
    assert.deepEqual(job.geometry?.output, { width: 777, height: 333 })
    // The engine made a square of the photograph: our steps begin there.
    assert.equal(job.geometry.steps[0]?.kind, 'generate')
  })

  void test('without it the same request is warned of', async () => {
    const { job, made } = await run({ size: { width: 777, height: 333 }, output_format: 'avif' })
    assert.equal(made.format, 'png')
    assert.notEqual(made.width, 777)
    assert.deepEqual(emulated(job), [])
    const paths = job.warnings.map(({ path }) => path)
    assert.ok(paths.includes('afterimage.size') && paths.includes('afterimage.output_format'))
  })

  void test('a key may say so for all its requests, and a request may say otherwise', async () => {
    const key = await app.call('/keys', { json: { name: 'studio', on_unsupported: 'emulate' } })
    const token = String(key.body['token'])
    const { made } = await run({}, { width: 777, height: 888 }, token)
    assert.deepEqual([made.width, made.height], [777, 888])
    const warned = await run({ on_unsupported: 'warn' }, { width: 777, height: 888 }, token)
    assert.notEqual(warned.made.width, 777)
    const refused = await app.call('/keys', { json: { on_unsupported: 'ignore' } })
    assert.equal(refused.status, 400)
  })

  void test('a size beyond our own work is told before anything is paid for', async () => {
    const json = { prompt: 'a green wall', image_url: toUri(photo, 'jpeg') }
    const afterimage = {
      size: { width: 32_000, height: 32_000 },
      output_format: 'avif',
      on_unsupported: 'emulate',
    }
    const { body } = await app.call(`${KONTEXT}?dry_run=1`, { json: { ...json, afterimage } })
    assert.match(messageOf(body as Pick<Job, 'warnings'>, 'afterimage.size'), /16383 pixels a side/u)
    const { job, made } = await run(afterimage)
    assert.ok(made.width < 32_000)
    assert.equal(made.format, 'heif')
    assert.match(messageOf(job, 'afterimage.size'), /16383 pixels a side/u)
    assert.deepEqual(emulated(job), ['afterimage.output_format'])
  })

  void test('our own work that fails costs no picture, and no format: it comes as the engine made it, and says so', async () => {
    const tall = { create: { width: 128, height: 512, channels: 3 as const, background: '#fff' } }
    const [image_url, mask_url] = [await sharp(tall).jpeg().toBuffer(), await sharp(tall).png().toBuffer()]
    const { job, made } = await run(
      { mask_url: toUri(mask_url, 'png'), output_format: 'avif', on_unsupported: 'emulate' },
      // The source's proportions make it 32,768 pixels high.
      { image_url: toUri(image_url, 'jpeg'), width: 8192 },
    )
    assert.ok(made.width < 8192)
    assert.equal(made.format, 'heif')
    assert.match(messageOf(job, 'width'), /our own work on it failed/u)
    assert.match(messageOf(job, 'afterimage.mask_url'), /our own work on it failed/u)
    assert.deepEqual(emulated(job), ['afterimage.output_format'])
  })
})

function emulated({ warnings }: Job): string[] {
  return warnings
    .filter(({ code }) => code === 'emulated_field')
    .map(({ path }) => path)
    .sort()
}

function messageOf({ warnings }: Pick<Job, 'warnings'>, path: string): string {
  return String(warnings.find((one) => one.path === path && one.code === 'unsupported_field')?.message)
}

async function decode(bytes: Buffer): Promise<Pixels> {
  const { format } = await sharp(bytes).metadata()
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, format }
}

function pixel({ data }: Pixels, at: number): Buffer {
  return data.subarray(at, at + 3)
}

/** The emulated vendor paints everything in one green. */
function isGreen({ data }: Pixels, at: number): boolean {
  return [0x4a, 0x7c, 0x59].every((value, index) => Math.abs((data[at + index] ?? 0) - value) <= 2)
}
