import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { createRandom } from '../effects/kit/random.ts'
import type { OperationValues, PixelOperation } from '../operation.ts'
import { OPERATIONS } from './index.ts'

const KEEPS_SIZE = new Set(
  OPERATIONS.map(({ name }) => name).filter(
    (name) =>
      ![
        'crop',
        'crop_to_aspect',
        'rotate',
        'straighten',
        'scale',
        'resize',
        'extend',
        'border',
        'instant_frame',
      ].includes(name),
  ),
)
/** Do nothing to a picture without margins, tilt, JPEG grid or plain background. */
const MAY_REST = new Set([
  'trim',
  'straighten',
  'deblock',
  'denoise',
  'transparent_background',
  'background_colour',
])

/** A gradient scene with a red, a green and a blue disc and a little noise. */
function scene(width = 96, height = 64): Raster {
  const raster = createRaster(width, height)
  const random = createRandom(3)
  const discs = [
    { x: 0.25, y: 0.5, colour: [200, 40, 40] },
    { x: 0.5, y: 0.4, colour: [60, 150, 50] },
    { x: 0.75, y: 0.6, colour: [40, 80, 200] },
  ]
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 4) {
      const disc = discs.find((d) => Math.hypot(x / width - d.x, (y / height - d.y) * 0.66) < 0.1)
      const base = disc?.colour ?? [40 + (180 * x) / width, 60 + (120 * y) / height, 90 + (60 * x) / width]
      const noise = random() * 8
      raster.data.set([...base.map((value) => value + noise), 255], at)
    }
  return raster
}

function operation(name: string): PixelOperation {
  const found = OPERATIONS.find((candidate) => candidate.name === name)
  assert.ok(found, name)
  return found
}

function apply(name: string, raster: Raster, values: OperationValues = {}): Raster {
  const { defaults, apply } = operation(name)
  return apply(raster, { ...defaults, ...values }, { seed: 5, onProgress: () => {} })
}

function pixel(raster: Raster, x: number, y: number): number[] {
  const at = (Math.floor(y * raster.height) * raster.width + Math.floor(x * raster.width)) * 4
  return [...raster.data.subarray(at, at + 4)]
}

function mean(raster: Raster, channel: number): number {
  let sum = 0
  for (let at = channel; at < raster.data.length; at += 4) sum += raster.data[at] ?? 0
  return sum / (raster.width * raster.height)
}

function spread(raster: Raster): number {
  const average = mean(raster, 1)
  let sum = 0
  for (let at = 1; at < raster.data.length; at += 4) sum += ((raster.data[at] ?? 0) - average) ** 2
  return Math.sqrt(sum / (raster.width * raster.height))
}

void describe('every operation', () => {
  void test('has a name of its own and one sentence', () => {
    assert.equal(new Set(OPERATIONS.map(({ name }) => name)).size, OPERATIONS.length)
    for (const { name, summary } of OPERATIONS) {
      assert.match(name, /^[a-z][a-z_]*$/u)
      assert.match(summary, /^\S.*\.$/u)
    }
  })

  for (const { name } of OPERATIONS)
    void test(`${name}: changes a copy, the same for the same seed`, () => {
      const source = scene()
      const before = Uint8Array.from(source.data)
      const result = apply(name, source)
      assert.deepEqual(source.data, before, 'the input was written to')
      assert.equal(result.data.length, result.width * result.height * 4)
      assert.deepEqual(apply(name, source).data, result.data)
      if (KEEPS_SIZE.has(name)) assert.deepEqual([result.width, result.height], [source.width, source.height])
      if (!MAY_REST.has(name)) assert.notDeepEqual(result.data, before, 'nothing changed')
    })

  for (const { name } of OPERATIONS)
    void test(`${name}: one pixel, one row, and a transparent picture keep their form`, () => {
      for (const source of [scene(1, 1), scene(30, 1), createRaster(9, 7)]) {
        const result = apply(name, source)
        assert.ok(result.width >= 1 && result.height >= 1)
        assert.equal(result.data.length, result.width * result.height * 4)
      }
    })
})

void describe('tone and colour do what they say', () => {
  void test('exposure doubles the light below the knee', () => {
    const grey = createRaster(4, 4)
    grey.data.fill(100)
    // 100 is 0.127 of full light; twice that is 0.254, which sRGB writes as 138.
    assert.deepEqual(pixel(apply('exposure', grey, { stops: 1 }), 0, 0).slice(0, 3), [138, 138, 138])
  })

  void test('amounts below zero go the other way, zero changes nothing', () => {
    const source = scene()
    for (const name of ['brightness', 'whites', 'shadows', 'highlights']) {
      assert.ok(mean(apply(name, source, { amount: 0.5 }), 1) > mean(source, 1) + 1, name)
      assert.ok(mean(apply(name, source, { amount: -0.5 }), 1) < mean(source, 1) - 1, name)
      assert.ok(Math.abs(mean(apply(name, source, { amount: 0 }), 1) - mean(source, 1)) < 0.5, name)
    }
    assert.ok(spread(apply('contrast', source, { amount: 0.5 })) > spread(source) * 1.2)
    assert.ok(spread(apply('contrast', source, { amount: -0.5 })) < spread(source) * 0.8)
  })

  void test('warmer raises red against blue and keeps the lightness', () => {
    const source = scene()
    const warm = apply('temperature', source, { amount: 0.6 })
    assert.ok(mean(warm, 0) / mean(warm, 2) > (mean(source, 0) / mean(source, 2)) * 1.15)
    assert.ok(Math.abs(mean(warm, 1) - mean(source, 1)) < 12)
  })

  void test('no saturation is grey; emphasis keeps one colour alone', () => {
    const spreadOf = ([red = 0, green = 0, blue = 0]: number[]): number =>
      Math.max(red, green, blue) - Math.min(red, green, blue)
    assert.ok(spreadOf(pixel(apply('saturation', scene(), { amount: -1 }), 0.25, 0.5)) <= 2)
    const kept = apply('colour_emphasis', scene(), { colour: '#d02020' })
    assert.ok(spreadOf(pixel(kept, 0.25, 0.5)) > 100)
    assert.ok(spreadOf(pixel(kept, 0.75, 0.6)) <= 3)
  })

  void test('replacing red by blue turns the red disc and leaves the green one', () => {
    const source = scene()
    const result = apply('replace_colour', source, { from: '#d02020', to: '#2050d0' })
    const [red = 0, , blue = 0] = pixel(result, 0.25, 0.5)
    assert.ok(blue > red + 60, `${red} ${blue}`)
    assert.deepEqual(pixel(result, 0.5, 0.4), pixel(source, 0.5, 0.4))
  })

  void test('automatic white balance takes a cast away', () => {
    const cast = createRaster(32, 32)
    for (let at = 0; at < cast.data.length; at += 4) {
      const tone = 40 + (at / cast.data.length) * 160
      cast.data.set([tone, tone * 0.9, tone * 0.72, 255], at)
    }
    const [red = 0, , blue = 0] = pixel(apply('auto_white_balance', cast), 0.5, 0.5)
    assert.ok(Math.abs(red - blue) < 6, `${red} ${blue}`)
  })

  void test('dehaze and automatic levels bring back the range of a veiled picture', () => {
    const veiled = apply('contrast', scene(), { amount: -0.8 })
    assert.ok(spread(apply('dehaze', veiled)) > spread(veiled) * 1.15)
    assert.ok(spread(apply('auto_levels', veiled)) > spread(veiled) * 1.8)
  })
})

void describe('geometry', () => {
  void test('four quarter turns and two flips are the picture itself', () => {
    const source = scene()
    let turned = source
    for (let turn = 0; turn < 4; turn += 1) turned = apply('rotate', turned, { degrees: 90 })
    assert.deepEqual(turned, source)
    assert.deepEqual(apply('flip', apply('flip', source, { axis: 'vertical' }), { axis: 'vertical' }), source)
    const quarter = apply('rotate', source, { degrees: 90 })
    assert.deepEqual([quarter.width, quarter.height], [64, 96])
    assert.deepEqual(
      [...quarter.data.subarray(63 * 4, 64 * 4)],
      pixel(source, 0, 0),
      'clockwise: top left goes right',
    )
  })

  void test('a turned picture is cropped inside, mirrored around or set on a colour', () => {
    const source = scene()
    const cropped = apply('rotate', source, { degrees: 10 })
    assert.ok(
      cropped.width < source.width && cropped.data.every((value, at) => at % 4 !== 3 || value === 255),
    )
    const white = apply('rotate', source, { degrees: 10, corners: 'colour', colour: '#ffffff' })
    assert.ok(white.width > source.width)
    assert.deepEqual(pixel(white, 0, 0), [255, 255, 255, 255])
    assert.equal(pixel(apply('rotate', source, { degrees: 10, corners: 'transparent' }), 0, 0)[3], 0)
  })

  void test('straighten finds the tilt of stripes', () => {
    const stripes = createRaster(160, 120)
    for (let at = 0; at < stripes.data.length; at += 4) {
      const y = Math.floor(at / 4 / 160)
      stripes.data.set(
        [...Array.from({ length: 3 }, () => (Math.floor(y / 12) % 2 === 0 ? 40 : 210)), 255],
        at,
      )
    }
    const tilted = apply('rotate', stripes, { degrees: 5, corners: 'mirror' })
    const level = apply('straighten', tilted)
    const rowSpread = (raster: Raster): number => {
      const row = raster.data
        .subarray(Math.floor(raster.height * 0.3) * raster.width * 4)
        .subarray(0, raster.width * 4)
      const values = row.filter((_, at) => at % 4 === 1)
      return Math.max(...values) - Math.min(...values)
    }
    assert.ok(rowSpread(tilted) > 120)
    assert.ok(rowSpread(level.width > 0 ? apply('crop', level) : level) < rowSpread(tilted) * 0.9)
    assert.ok(level.width < tilted.width)
  })

  void test('crops and sizes are exact', () => {
    const source = scene()
    const size = (raster: Raster): number[] => [raster.width, raster.height]
    assert.deepEqual(size(apply('crop', source, { left: 0, top: 0.5, width: 1, height: 0.5 })), [96, 32])
    assert.deepEqual(size(apply('crop_to_aspect', source, { aspect: '1:1' })), [64, 64])
    assert.deepEqual(size(apply('scale', source, { percent: 50 })), [48, 32])
    assert.deepEqual(size(apply('resize', source, { widthPx: 30, heightPx: 30 })), [30, 30])
    assert.deepEqual(size(apply('extend', source, { aspect: '1:1', fill: 'mirror' })), [96, 96])
    assert.deepEqual(size(apply('border', source, { widthPx: 10 })), [116, 84])
  })

  void test('a plain background becomes transparent or takes a colour; a scene has none', () => {
    const logo = apply('border', apply('crop', scene()), { widthPx: 20, colour: '#ffffff' })
    const clear = apply('transparent_background', logo)
    assert.equal(pixel(clear, 0, 0)[3], 0)
    assert.equal(pixel(clear, 0.5, 0.5)[3], 255)
    assert.deepEqual(pixel(apply('background_colour', logo, { colour: '#102030' }), 0, 0), [16, 32, 48, 255])
    assert.equal(apply('trim', logo).width, logo.width - 40)
    const source = scene()
    assert.equal(apply('transparent_background', source), source)
  })
})
