import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cropPhoto } from '../../../../../test/support/pictures.ts'
import { blur } from '../kit/blur.ts'
import { cellsOf } from '../kit/cells.ts'
import { labOf } from '../kit/colour.ts'
import { paletteOf } from '../kit/palette.ts'
import { greyOf } from '../kit/plane.ts'
import { createRandom } from '../kit/random.ts'
import { triangulate } from '../kit/triangles.ts'
import { autocorrelation, colours, correlation, disc, draw, flat, mean, picture } from '../testing.ts'

const photo = await cropPhoto('cat', { left: 150, top: 60, width: 160, height: 120 })

void test('from afar each craft looks like its picture', () => {
  for (const name of ['pixel_art', 'mosaic', 'stained_glass', 'low_poly', 'knit', 'cross_stitch']) {
    const likeness = correlation(blur(greyOf(photo), 6), blur(greyOf(draw(name, photo)), 6))
    assert.ok(likeness > 0.85, `${name}: ${likeness}`)
  }
})

void test('pixel art: constant blocks and at most as many colours as asked for', () => {
  const drawn = draw('pixel_art', photo, { block: 0.05, colours: 8 })
  assert.ok(colours(drawn).size <= 8 && colours(drawn).size > 3)
  // 120 px / 6 px: 20 rows and 27 columns of blocks.
  const columnOf = (x: number): number => Math.floor(((x + 0.5) * 27) / 160)
  for (let at = 0; at < 160 * 120 - 1; at += 1) {
    const x = at % 160
    if (x === 159 || columnOf(x) !== columnOf(x + 1)) continue
    assert.equal(drawn.data[at * 4], drawn.data[at * 4 + 4], `pixel ${x}`)
  }
})

void test('a palette finds the colours that are there, and no more', () => {
  const three = picture(90, 30, (x) => (x < 30 ? [250, 20, 20] : x < 60 ? [20, 200, 40] : [20, 30, 220]))
  assert.equal(paletteOf(labOf(three), 8, 1).length, 3)
})

void test('cells cover the picture, and follow colours when told to', () => {
  const halves = picture(60, 60, (x) => (x < 29 ? [0, 0, 0] : [255, 255, 255]))
  const { labels, cells } = cellsOf(labOf(halves), { spacing: 10, colourWeight: 6, seed: 1 })
  assert.ok(labels.every((label) => label >= 0 && label < cells.length))
  const mixed = cells.filter(
    ({ colour, pixels }) => pixels > 0 && (colour[0] ?? 0) > 0.1 && (colour[0] ?? 0) < 0.9,
  )
  assert.equal(mixed.length, 0)
})

void test('a triangulation of n points fills their hull once, and no point lies inside a circle', () => {
  const random = createRandom(2)
  const inner = Array.from({ length: 120 }, () => ({ x: 1 + random() * 98, y: 1 + random() * 98 }))
  const points = [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 0, y: 100 }, { x: 100, y: 100 }, ...inner]
  const triangles = triangulate(points)
  assert.equal(triangles.length, 2 * points.length - 2 - 4)
  const area = triangles.reduce((sum, corners) => {
    const [a, b, c] = corners.map((corner) => points[corner] ?? { x: 0, y: 0 })
    if (a === undefined || b === undefined || c === undefined) return sum
    return sum + Math.abs((b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y)) / 2
  }, 0)
  assert.ok(Math.abs(area - 10_000) < 1e-6, `${area}`)
})

void test('low poly: flat facets, fewer than with more points', () => {
  const few = colours(draw('low_poly', photo, { points: 60 })).size
  const many = colours(draw('low_poly', photo, { points: 800 })).size
  assert.ok(few < 150 && many > few * 2, `${few} and ${many}`)
})

void test('mosaic has grout and stained glass has lead between its pieces', () => {
  const grout = greyOf(draw('mosaic', flat(120, [250, 250, 250]), { tile: 0.1, variation: 0 }))
  const dark = grout.data.filter((tone) => tone < 0.75).length / grout.data.length
  assert.ok(dark > 0.05 && dark < 0.4, `grout ${dark}`)
  const lead = greyOf(draw('stained_glass', flat(120, [250, 250, 250]), { pane: 0.2 }))
  const black = lead.data.filter((tone) => tone < 0.35).length / lead.data.length
  assert.ok(black > 0.05 && black < 0.45, `lead ${black}`)
})

/** Mean tone of each row or column within the middle of a picture. */
function profile(tone: ReturnType<typeof greyOf>, direction: 'rows' | 'columns'): number[] {
  const length = direction === 'rows' ? tone.height : tone.width
  const from = Math.floor(length * 0.3)
  return Array.from({ length: Math.floor(length * 0.4) }, (_, step) =>
    mean(tone, (x, y) => (direction === 'rows' ? y : x) === from + step && Math.min(x, y) >= from),
  )
}

void test('knit and cross-stitch repeat at the pitch of their stitches', () => {
  const stitched = greyOf(draw('cross_stitch', flat(200, [120, 60, 60]), { stitch: 0.05 }))
  assert.ok(autocorrelation(profile(stitched, 'columns'), 10) > 0.7)
  assert.ok(autocorrelation(profile(stitched, 'columns'), 8) < 0.3)
  const knitted = greyOf(draw('knit', flat(200, [120, 60, 60]), { stitch: 0.05 }))
  assert.ok(autocorrelation(profile(knitted, 'columns'), 10) > 0.4)
})

void test('woven rug: rows of knots at the yarn pitch, opaque inside, transparent around the fringe', () => {
  const rug = draw('woven_rug', flat(240, [150, 60, 50]), { knot: 0.05, border: 0, wear: 0 })
  const tone = greyOf(rug)
  // Rows lie 12 px x 0.86 apart.
  const line = Array.from({ length: 120 }, (_, step) =>
    mean(tone, (x, y) => y === 60 + step && x > 100 && x < 130),
  )
  const period = [7, 8, 9, 10, 11, 12, 13].toSorted(
    (a, b) => autocorrelation(line, b) - autocorrelation(line, a),
  )[0]
  assert.ok(period === 10 || period === 11, `period ${period}`)
  assert.equal(rug.data[(120 * 240 + 120) * 4 + 3], 255)
  const top = rug.data.subarray(0, 240 * 4 * 4).filter((_, at) => at % 4 === 3)
  assert.ok(top.some((alpha) => alpha === 0) && top.some((alpha) => alpha > 128))
})

void test('woven rug: a black logo on white becomes charcoal on cream wool, whole and in few yarns', () => {
  const rug = draw('woven_rug', disc(240))
  const at = (x: number, y: number): readonly number[] => {
    const sums = [0, 0, 0]
    for (let step = 0; step < 400; step += 1) {
      const from = ((y + Math.floor(step / 20)) * 240 + x + (step % 20)) * 4
      for (let c = 0; c < 3; c += 1) sums[c] = (sums[c] ?? 0) + (rug.data[from + c] ?? 0) / 400
    }
    return sums
  }
  const [red = 0, , blue = 0] = at(40, 40)
  assert.ok(red > 150 && red > blue + 12 && red < 245, `field ${red} ${blue}`)
  assert.ok(Math.max(...at(110, 110)) < 60)
})

void test('woven rug: transparent logos lie on the field like those on white', () => {
  const clear = disc(120)
  for (let at = 0; at < clear.data.length; at += 4) {
    clear.data[at + 3] = 255 - (clear.data[at] ?? 0)
    clear.data.fill(0, at, at + 3)
  }
  const [first, second] = [greyOf(draw('woven_rug', clear)), greyOf(draw('woven_rug', disc(120)))]
  assert.ok(correlation(first, second) > 0.98)
})
