/** What the built-in engine really makes, seen through its own processes. */
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import sharp from 'sharp'
import type { Engine, EngineResult } from '../../src/core/engine.ts'
import type { GenerateInput } from '../../src/core/job.ts'
import { createLocalEngines, type LocalEngines } from '../../src/engines/local/engines.ts'
import type { Raster } from '../../src/imaging/raster.ts'
import { cropPhoto, psnrLuma, reduceBicubic } from '../support/pictures.ts'
import { engineInput, file, fileOf, photo } from './engine-support.ts'
import { engineContext } from '../support/engine-context.ts'

let root: string
let engines: LocalEngines
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'afterimage-results-'))
  engines = createLocalEngines({ processes: 1, maxOutputPixels: 4_000_000 })
})
after(async () => {
  await engines.close()
  await rm(root, { recursive: true, force: true })
})

type Picture = Raster & { format: string | undefined }

async function run(
  engine: Engine,
  input: GenerateInput,
): Promise<EngineResult & { pictures: readonly Picture[] }> {
  const { status } = await engine.submit(
    { jobId: 'job', input },
    engineContext({
      imagePath: (image) => Promise.resolve(fileOf(image)),
      scratchDirectory: await mkdtemp(join(root, 'attempt-')),
    }),
  )
  assert.ok(status.state === 'completed')
  const paths = status.outputs.map((output) => (output.kind === 'file' ? output.path : ''))
  return { ...status, pictures: await Promise.all(paths.map(readPicture)) }
}

async function readPicture(path: string): Promise<Picture> {
  const { format } = await sharp(path).metadata()
  const { data, info } = await sharp(path).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data: new Uint8Array(data), format }
}

async function store(name: string, raster: Raster): Promise<string> {
  const { width, height, data } = raster
  const path = join(root, name)
  await writeFile(
    path,
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
  )
  return path
}

const codes = (result: EngineResult): string[] => result.warnings.map(({ code, path }) => `${code} ${path}`)
const operations = (result: EngineResult): string[] => (result.recipe ?? []).map(({ operation }) => operation)

void describe('built-in engine: what it makes', () => {
  test('an enlargement is closer to the truth than a bicubic kernel, and its recipe says how', async () => {
    const truth = await cropPhoto('portrait-astronaut', { left: 150, top: 60, width: 160, height: 120 })
    const small = await reduceBicubic(truth, 2)
    const image = file(await store('small.png', small), { format: 'png', width: 80, height: 60 })
    const result = await run(
      engines.local,
      engineInput('afterimage/upscale', { operation: 'upscale', images: [image], scale: 2 }),
    )
    const [picture] = result.pictures
    assert.ok(picture)
    assert.equal(picture.format, 'png')
    const { width, height, data } = small
    const bicubic = await sharp(data, { raw: { width, height, channels: 4 } })
      .affine([2, 0, 0, 2], { interpolator: 'bicubic', odx: 0.5, ody: 0.5 })
      .raw()
      .toBuffer()
    const gain =
      psnrLuma(truth, picture) - psnrLuma(truth, { width: 160, height: 120, data: new Uint8Array(bicubic) })
    assert.ok(gain > 0.5, `${gain.toFixed(2)} dB`)
    assert.deepEqual(operations(result), ['enlarge'])
    assert.deepEqual(result.geometry, {
      source: { width: 80, height: 60 },
      output: { width: 160, height: 120 },
      steps: [{ kind: 'resize', width: 160, height: 120 }],
    })
  })

  test('another aspect gets bars, or is cropped to fill', async () => {
    const base = { operation: 'enhance' as const, images: [photo('cat')], width: 240, height: 240 }
    const barred = await run(
      engines.draft,
      engineInput('topaz/bloom-enhance', { ...base, fields: { creativity: 1 } }),
    )
    const [picture] = barred.pictures
    assert.ok(picture)
    assert.deepEqual(
      [...picture.data.subarray(0, 3)].map((value) => value < 8),
      [true, true, true],
    )
    assert.deepEqual(
      barred.geometry?.steps.map(({ kind }) => kind),
      ['resize', 'extend'],
    )
    const filled = await run(
      engines.draft,
      engineInput('topaz/bloom-enhance', { ...base, fields: { creativity: 1, crop_to_fill: true } }),
    )
    assert.deepEqual(
      filled.geometry?.steps.map(({ kind }) => kind),
      ['crop', 'resize'],
    )
  })

  test('restoring filters run in their order and are in the recipe', async () => {
    const result = await run(
      engines.draft,
      engineInput('topaz/standard-enhance', {
        operation: 'enhance',
        images: [photo('cat')],
        width: 226,
        height: 150,
        fields: { model: 'Standard V2', denoise: 0.3, sharpen: 0.4, fix_compression: 1 },
      }),
    )
    assert.deepEqual(result.recipe, [
      { operation: 'deblock', amount: 1 },
      { operation: 'denoise', amount: 0.3 },
      { operation: 'resize', width: 226, height: 150 },
      { operation: 'sharpen', amount: 0.4 },
    ])
  })

  test('a prompt alone becomes a labelled card of the asked size, one for each result', async () => {
    const result = await run(
      engines.draft,
      engineInput('google/imagen-4', {
        operation: 'generate',
        prompt: 'a fox 狐',
        width: 320,
        height: 200,
        count: 2,
        options: { outputFormat: 'webp' },
      }),
    )
    assert.deepEqual(
      result.pictures.map(({ width, height, format }) => [width, height, format]),
      [
        [320, 200, 'webp'],
        [320, 200, 'webp'],
      ],
    )
    assert.deepEqual(codes(result), ['card_text_substituted prompt'])
    assert.deepEqual(
      result.recipe?.map(({ seed }) => seed),
      [7, 8],
    )
    assert.equal(result.cost?.microUsd, 0)
  })

  test('under a mask every bit outside is the source, whatever the instruction', async () => {
    const source = await cropPhoto('cat', { left: 100, top: 60, width: 120, height: 80 })
    const size = { format: 'png' as const, width: 120, height: 80 }
    const white = { ...source, data: source.data.map((_, at) => (at % 480 < 240 || at % 4 === 3 ? 255 : 0)) }
    const result = await run(
      engines.draft,
      engineInput('openai/gpt-image', {
        prompt: 'invert the colours',
        images: [
          file(await store('source.png', source), size, { path: 'image_urls[0]' }),
          file(await store('mask.png', white), size, { role: 'mask', path: 'afterimage.mask_url' }),
        ],
        options: { isPreciseEdit: true },
      }),
    )
    const [picture] = result.pictures
    assert.ok(picture)
    assert.ok(operations(result).includes('keep_outside_mask'))
    for (let y = 0; y < 80; y += 1) {
      const right = [(y * 120 + 60) * 4, (y + 1) * 120 * 4] as const
      assert.deepEqual(picture.data.subarray(...right), source.data.subarray(...right))
      const inside = (y * 120 + 20) * 4
      assert.equal(picture.data[inside], 255 - (source.data[inside] ?? 0), 'the other half is inverted')
    }
  })

  test('a lossy format under a mask is said to be inexact', async () => {
    const result = await run(
      engines.draft,
      engineInput('openai/gpt-image', {
        prompt: 'sepia',
        images: [photo('cat'), photo('cat', { role: 'mask', path: 'afterimage.mask_url' })],
        options: { outputFormat: 'jpeg' },
      }),
    )
    assert.ok(codes(result).includes('precise_edit_inexact mask_url'))
  })

  test('too large a result is refused before any process is started', async () => {
    const own = createLocalEngines({ maxOutputPixels: 1000 })
    const input = engineInput('google/imagen-4', { operation: 'generate', width: 100, height: 100 })
    await assert.rejects(run(own.draft, input), { code: 'engine_rejected', message: /31 x 31/u })
    await own.close()
  })

  test('an input for an engine elsewhere is upright, small enough, and says nothing about its camera', async () => {
    const exif = { IFD0: { Make: 'SecretCam', Copyright: 'somebody' }, IFD3: { GPSLatitudeRef: 'N' } }
    const path = join(root, 'turned.jpg')
    await sharp(fileOf(photo('cat')))
      .withMetadata({ orientation: 6 })
      .withExifMerge(exif)
      .toFile(path)
    const turned = file(path, { format: 'jpeg', width: 300, height: 451 }, { blobKey: path })
    const scratchDirectory = await mkdtemp(join(root, 'attempt-'))
    const context = {
      signal: new AbortController().signal,
      imagePath: () => Promise.resolve(path),
      scratchDirectory,
    }
    const image = { ...turned, blobKey: 'k' }
    const fit = await engines.prepareImage(
      image,
      { formats: ['jpeg', 'png'], maxBytes: 1e6, mask: null },
      context,
    )
    const { width, height, format, orientation, exif: left } = await sharp(fit.path).metadata()
    assert.deepEqual([width, height, format, fit.format], [300, 451, 'jpeg', 'jpeg'])
    assert.deepEqual([orientation, left], [undefined, undefined])
    assert.ok(!(await readFile(fit.path)).includes('SecretCam'))
    const small = await engines.prepareImage(
      image,
      { formats: ['png'], maxBytes: 60_000, mask: null },
      context,
    )
    assert.ok(small.bytes <= 60_000 && small.format === 'png')
    const shrunk = await sharp(small.path).metadata()
    assert.deepEqual(small.size, { width: shrunk.width, height: shrunk.height })
    assert.ok(small.size.width < fit.size.width)
    await assert.rejects(
      engines.prepareImage(image, { formats: ['jpeg'], maxBytes: 10, mask: null }, context),
      {
        code: 'input_too_large',
      },
    )
    await assert.rejects(
      engines.prepareImage(image, { formats: ['gif'], maxBytes: 1e6, mask: null }, context),
      /no format/u,
    )
  })

  test('a mask for an engine elsewhere has its form and lies exactly on the picture', async () => {
    const scratchDirectory = await mkdtemp(join(root, 'attempt-'))
    const path = join(root, 'half.png')
    const left = { create: { width: 10, height: 20, channels: 3 as const, background: 'white' } }
    const input = await sharp(left).png().toBuffer()
    await sharp({ create: { width: 20, height: 20, channels: 3, background: 'black' } })
      .composite([{ input, left: 0, top: 0 }])
      .toFile(path)
    const mask = file(path, { format: 'png', width: 20, height: 20 }, { role: 'mask', blobKey: 'm' })
    const context = {
      signal: new AbortController().signal,
      imagePath: () => Promise.resolve(path),
      scratchDirectory,
    }
    for (const [form, wanted] of [
      ['transparent', [0, 255, 3]],
      ['black', [0, 255, 0]],
      ['white_transparent', [255, 0, 0]],
      ['white_transparent', [0, 255, 3]],
    ] as const) {
      const needs = { form, size: { width: 40, height: 30 } }
      const fit = await engines.prepareImage(
        mask,
        { formats: ['jpeg', 'png'], maxBytes: 1e6, mask: needs },
        context,
      )
      const { data, info } = await sharp(fit.path).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
      const [inside, outside, channel] = wanted
      assert.deepEqual([info.width, info.height, fit.format], [40, 30, 'png'])
      assert.deepEqual([data[channel], data[39 * 4 + channel]], [inside, outside])
    }
  })

  test('an input with too many pixels is named by its field', async () => {
    const own = createLocalEngines({ maxPixels: 1000 })
    const input = engineInput('afterimage/upscale', { operation: 'upscale', images: [photo('cat')] })
    await assert.rejects(run(own.local, input), { code: 'input_too_large', message: /^image_url: / })
    await own.close()
  })
})
