import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Sharp } from 'sharp'
import sharp from 'sharp'
import { ADOBE_RGB, createGreyProfile, createRgbProfile } from '../../test/support/icc.ts'
import { insertPngProfile } from '../../test/support/png.ts'
import { psnr } from '../../test/support/psnr.ts'
import { decodeImage } from './decode.ts'

const directory = mkdtempSync(join(tmpdir(), 'afterimage-colour-'))
after(() => rmSync(directory, { recursive: true }))

type Colour = readonly [number, number, number]
const COLOURS: readonly Colour[] = [
  [200, 100, 50],
  [60, 150, 70],
  [120, 120, 120],
  [230, 220, 40],
  [30, 60, 180],
]
/** What little CMS (through Pillow, perceptual intent) makes of the same CMYK file; out-of-gamut blue is clipped differently. */
const CMYK_REFERENCE: readonly Colour[] = [
  [194, 94, 37],
  [48, 138, 61],
  [104, 104, 106],
  [232, 208, 2],
  [23, 63, 123],
]
const PATCH = 16

/** One patch a colour, side by side. */
function patches(): Sharp {
  const width = COLOURS.length * PATCH
  const data = Buffer.alloc(width * PATCH * 3)
  for (let pixel = 0; pixel < width * PATCH; pixel += 1)
    data.set(COLOURS[Math.floor((pixel % width) / PATCH)] ?? [0, 0, 0], pixel * 3)
  return sharp(data, { raw: { width, height: PATCH, channels: 3 } })
}

async function decodedColours(bytes: Uint8Array): Promise<Colour[]> {
  const path = join(directory, 'image')
  writeFileSync(path, bytes)
  const { raster } = await decodeImage(path)
  return COLOURS.map((_, index) => {
    const at = ((PATCH / 2) * raster.width + index * PATCH + PATCH / 2) * 4
    return [raster.data[at] ?? 0, raster.data[at + 1] ?? 0, raster.data[at + 2] ?? 0]
  })
}

function assertClose(actual: readonly Colour[], expected: readonly Colour[], tolerance: number): void {
  for (const [index, colour] of expected.entries())
    for (const [channel, value] of colour.entries()) {
      const found = actual[index]?.[channel] ?? -1
      assert.ok(
        Math.abs(found - value) <= tolerance,
        `colour ${index}: ${JSON.stringify(actual[index])} instead of ${JSON.stringify(colour)}`,
      )
    }
}

function encodeSrgb(linear: number): number {
  const clamped = Math.min(1, Math.max(0, linear))
  return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055))
}

/** Adobe RGB numbers to sRGB by the published matrices (both adapted to D50). */
function adobeToSrgb(colour: Colour): Colour {
  const linear = colour.map((value) => (value / 255) ** 2.19921875)
  const xyz = [0, 1, 2].map((axis) =>
    ADOBE_RGB.reduce((sum, primary, index) => sum + (primary[axis] ?? 0) * (linear[index] ?? 0), 0),
  )
  const dot = (a: number, b: number, c: number) =>
    encodeSrgb(a * (xyz[0] ?? 0) + b * (xyz[1] ?? 0) + c * (xyz[2] ?? 0))
  return [
    dot(3.1338561, -1.6168667, -0.4906146),
    dot(-0.9787684, 1.9161415, 0.033454),
    dot(0.0719453, -0.2289914, 1.4052427),
  ]
}

void describe('colour profiles become sRGB', () => {
  void test('Display P3 written by another tool comes back as the sRGB colours it was made from', async () => {
    for (const image of [
      patches().withIccProfile('p3').png(),
      patches().withIccProfile('p3').tiff({ compression: 'lzw' }),
      patches().toColourspace('rgb16').withIccProfile('p3').png(),
      patches().toColourspace('rgb16').withIccProfile('p3').tiff({ compression: 'none' }),
    ])
      assertClose(await decodedColours(await image.toBuffer()), COLOURS, 3)
  })

  void test('Adobe RGB in 8 and 16 bits matches the published matrices', async () => {
    const expected = COLOURS.map(adobeToSrgb)
    assert.notDeepEqual(expected, COLOURS)
    const profile = createRgbProfile(ADOBE_RGB, 2.19921875)
    for (const image of [patches().png(), patches().toColourspace('rgb16').png()])
      assertClose(await decodedColours(insertPngProfile(await image.toBuffer(), profile)), expected, 2)
  })

  void test('grey with a profile of another gamma is converted, in 8 and 16 bits', async () => {
    const profile = createGreyProfile(1)
    const plain = await decodedColours(await patches().toColourspace('b-w').png().toBuffer())
    const expected = plain.map(([value]): Colour => {
      const grey = encodeSrgb(value / 255)
      return [grey, grey, grey]
    })
    for (const space of ['b-w', 'grey16']) {
      const bytes = insertPngProfile(await patches().toColourspace(space).png().toBuffer(), profile)
      assertClose(await decodedColours(bytes), expected, 2)
    }
  })

  void test('CMYK is converted through its own profile, as another colour engine does it', async () => {
    for (const image of [
      patches().toColourspace('cmyk').withIccProfile('cmyk').tiff(),
      patches().toColourspace('cmyk').withIccProfile('cmyk').jpeg({ quality: 95 }),
    ])
      assertClose(await decodedColours(await image.toBuffer()), CMYK_REFERENCE, 14)
  })

  void test('a broken profile is ignored, not fatal', async () => {
    const bytes = insertPngProfile(await patches().png().toBuffer(), Buffer.alloc(200, 7))
    assertClose(await decodedColours(bytes), COLOURS, 0)
  })
})

void describe('HEIC', () => {
  const heic = (name: string) => fileURLToPath(new URL(`../../test/support/images/${name}`, import.meta.url))
  const original = sharp(fileURLToPath(new URL('../../test/support/photos/cat.jpg', import.meta.url)))
    .resize(160, 106, { fit: 'fill' })
    .ensureAlpha()
    .raw()
    .toBuffer()

  void test('decodes to the photograph it was made from, in sRGB and in Display P3', async () => {
    for (const [name, hadProfile] of [
      ['cat.heic', false],
      ['cat-p3.heic', true],
    ] as const) {
      const decoded = await decodeImage(heic(name))
      assert.deepEqual([decoded.raster.width, decoded.raster.height], [160, 106])
      assert.equal(decoded.info.format, 'heic')
      assert.equal(decoded.hadProfile, hadProfile)
      const quality = psnr(decoded.raster.data, await original)
      assert.ok(quality > 34, `${name}: ${quality} dB`)
    }
  })

  void test('keeps alpha', async () => {
    const { raster, info } = await decodeImage(heic('cat-alpha.heic'))
    assert.equal(info.hasAlpha, true)
    const alphaAt = (x: number) => raster.data[(50 * raster.width + x) * 4 + 3] ?? -1
    assert.ok(Math.abs(alphaAt(20) - 128) <= 3 && alphaAt(140) === 255, `${alphaAt(20)} and ${alphaAt(140)}`)
  })
})
