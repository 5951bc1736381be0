import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createRaster, type Raster } from '../../../imaging/raster.ts'
import { transferColours } from './colour-transfer.ts'
import { runEdit, type EditRequest, type EditResult } from './run-edit.ts'

/** A soft scene in some colours: two gradients and a disc. */
function scene(width: number, height: number, hue: readonly [number, number, number]): Raster {
  const raster = createRaster(width, height)
  for (let y = 0, at = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1, at += 4) {
      const isDisc = Math.hypot(x / width - 0.5, y / height - 0.5) < 0.2
      const light = (isDisc ? 0.9 : 0.25 + (0.5 * x) / width) * (0.8 + (0.2 * y) / height)
      raster.data.set([...hue.map((value, channel) => value * light + (channel * 20 * y) / height), 255], at)
    }
  return raster
}

const SOURCE = scene(90, 60, [210, 150, 90])

function edit(prompt: string | null, more: Partial<EditRequest> = {}): Promise<EditResult> {
  return runEdit({ raster: SOURCE, prompt, seed: 1, ...more }, () => {})
}

function means({ data }: Raster): number[] {
  return [0, 1, 2].map((channel) => {
    let sum = 0
    for (let at = channel; at < data.length; at += 4) sum += data[at] ?? 0
    return (sum * 4) / data.length
  })
}

void describe('runEdit', () => {
  void test('runs the steps in order and reports every value', async () => {
    const { raster, recipe, warnings, geometrySteps } = await edit(
      'crop to a square, sepia, 12px black border',
    )
    assert.deepEqual(recipe, [
      { operation: 'crop_to_aspect', aspect: '1:1', x: 0.5, y: 0.5 },
      { operation: 'sepia', amount: 1 },
      { operation: 'border', width: 0.05, widthPx: 12, colour: '#000000' },
    ])
    assert.deepEqual([raster.width, raster.height], [84, 84])
    assert.deepEqual(warnings, [])
    assert.deepEqual(geometrySteps, [
      { kind: 'crop', left: 15, top: 0, width: 60, height: 60 },
      { kind: 'extend', left: 12, top: 12, width: 84, height: 84 },
    ])
  })

  void test('an exact size of another shape cuts, and tells what', async () => {
    const { raster, geometrySteps } = await edit('resize to 40x40')
    assert.deepEqual([raster.width, raster.height], [40, 40])
    assert.deepEqual(geometrySteps, [
      { kind: 'crop', left: 15, top: 0, width: 60, height: 60 },
      { kind: 'resize', width: 40, height: 40 },
    ])
    assert.deepEqual((await edit('resize to 45x30')).geometrySteps, [
      { kind: 'resize', width: 45, height: 30 },
    ])
  })

  void test('a step that could not be done is a warning, the others run', async () => {
    const { recipe, warnings } = await edit('make it warmer and add a hat')
    assert.deepEqual(
      recipe.map(({ operation }) => operation),
      ['temperature'],
    )
    assert.equal(warnings.length, 1)
    assert.equal(warnings[0]?.code, 'instruction_not_done')
    assert.match(warnings[0]?.message ?? '', /“add a hat” was not done: needs a generative engine/u)
  })

  void test('nothing understood: the same picture and a warning that says so', async () => {
    for (const prompt of ['make him smile', null, '', '   ']) {
      const { raster, recipe, warnings } = await edit(prompt)
      assert.equal(raster, SOURCE)
      assert.deepEqual(recipe, [])
      assert.ok(warnings.some(({ code }) => code === 'picture_unchanged'))
    }
  })

  void test('an operation that changed nothing is not in the recipe', async () => {
    const { raster, recipe, warnings } = await edit('trim the margins')
    assert.equal(raster, SOURCE)
    assert.deepEqual(recipe, [])
    assert.match(warnings[0]?.message ?? '', /no plain margins/u)
  })

  void test('strength mixes with the source, also after a crop', async () => {
    const full = await edit('black and white, crop to a square')
    const half = await edit('black and white, crop to a square', { strength: 0.5 })
    const none = await edit('crop to a square', {})
    for (const at of [0, 1, 2, 4001]) {
      const expected = ((full.raster.data[at] ?? 0) + (none.raster.data[at] ?? 0)) / 2
      assert.ok(Math.abs((half.raster.data[at] ?? 0) - expected) <= 1)
    }
    assert.deepEqual(half.recipe.at(-1), { operation: 'mix', strength: 0.5 })
  })

  void test('the same seed gives the same pixels, another one other grain', async () => {
    const first = await edit('film grain')
    assert.deepEqual((await edit('film grain')).raster.data, first.raster.data)
    assert.notDeepEqual((await edit('film grain', { seed: 2 })).raster.data, first.raster.data)
  })

  void test('progress rises to 1 over all steps', async () => {
    const seen: number[] = []
    await runEdit({ raster: SOURCE, prompt: 'pencil sketch, warmer, vignette', seed: 1 }, (fraction) =>
      seen.push(fraction),
    )
    assert.deepEqual(
      seen,
      seen.toSorted((a, b) => a - b),
    )
    assert.equal(seen.at(-1), 1)
    assert.ok(seen.length >= 3)
  })

  void test('the guide’s prompt makes a rug on a stage', async () => {
    const { raster, recipe, warnings } = await edit(
      'Turn this logo into an aesthetic rug. Product Photography style, with an aura that would make me want it in my own living room.',
    )
    assert.deepEqual(
      recipe.map(({ operation }) => operation),
      ['woven_rug', 'product_stage'],
    )
    assert.equal(warnings.length, 1)
    assert.ok(raster.data.length > 0)
  })
})

void describe('sizes that an instruction cannot reach', () => {
  const CASES = [
    ['resize to 99999x99999', { width: 4899, height: 4899 }],
    ['resize to 9999999999999999999999999', { width: 6000, height: 4000 }],
    ['resize to 20000 pixels wide', { width: 6000, height: 4000 }],
    ['upscale 1000x', { width: 720, height: 480 }],
    ['extend it by 900 percent', { width: 330, height: 300 }],
  ] as const
  for (const [prompt, size] of CASES)
    void test(`“${prompt}” says what was made instead`, async () => {
      const { raster, recipe, warnings } = await edit(prompt)
      assert.deepEqual({ width: raster.width, height: raster.height }, size)
      const [limited, ...more] = warnings
      assert.equal(limited?.code, 'size_limited')
      assert.ok(limited?.message.includes(`made ${size.width} x ${size.height} pixels`))
      assert.deepEqual(more, [])
      const again = await edit(null)
      assert.equal(again.recipe.length, 0)
      const values = Object.values(recipe[0] ?? {}).filter((value) => typeof value === 'number')
      assert.ok(
        values.every((value) => value <= 8192),
        'the recipe tells what ran',
      )
    })

  void test('what it reaches is made, and nothing is said', async () => {
    for (const prompt of [
      'resize to 512',
      'resize to 800x600',
      'upscale 3x',
      'make it 30% smaller',
      'extend by 50%',
    ])
      assert.deepEqual((await edit(prompt)).warnings, [], prompt)
    assert.equal((await edit('resize to 512')).raster.width, 512)
  })

  void test('pixels of margin are refused with what can be asked for', async () => {
    const { warnings } = await edit('extend the canvas by 100000 pixels')
    assert.match(String(warnings[0]?.message), /not by pixels; name an aspect or a per cent/u)
  })

  void test('a canvas beyond the largest result is refused before it is made', async () => {
    const wide = createRaster(16_000, 100)
    await assert.rejects(edit('extend to 1:1', { raster: wide }), {
      code: 'engine_rejected',
      message: /16383 pixels a side, 67 megapixels/u,
    })
  })
})

void describe('style images', () => {
  const blue = scene(40, 40, [60, 110, 220])

  void test('lend mean and covariance of their colours', async () => {
    const { raster, recipe } = await edit(null, { styleImages: [{ raster: blue, strength: 1 }] })
    for (const [channel, mean] of means(raster).entries())
      assert.ok(Math.abs(mean - (means(blue)[channel] ?? 0)) < 6)
    assert.deepEqual(recipe, [{ operation: 'style_colours', image: 0, strength: 1 }])
  })

  void test('strength is the mix; zero and less change nothing and say so', async () => {
    const half = await edit(null, { styleImages: [{ raster: blue, strength: 0.5 }] })
    const expected = ((means(SOURCE)[2] ?? 0) + (means(blue)[2] ?? 0)) / 2
    assert.ok(Math.abs((means(half.raster)[2] ?? 0) - expected) < 6)
    const none = await edit(null, { styleImages: [{ raster: blue, strength: -1 }] })
    assert.equal(none.raster, SOURCE)
    assert.equal(none.warnings[0]?.path, 'style_images[0]')
  })

  void test('a transfer to itself is the picture; flat and transparent pictures are no trap', () => {
    const same = transferColours(SOURCE, SOURCE, 1)
    assert.ok(same.data.every((value, at) => Math.abs(value - (SOURCE.data[at] ?? 0)) <= 2))
    const flat = createRaster(8, 8)
    flat.data.fill(128)
    assert.ok(transferColours(flat, SOURCE, 1).data.every((value) => value >= 0))
    assert.ok(Math.abs((means(transferColours(SOURCE, flat, 1))[0] ?? 0) - 128) < 3)
    assert.equal(transferColours(SOURCE, createRaster(4, 4), 1), SOURCE)
  })
})
