/** Rotation, mirroring, straightening. */
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { forEachGradient } from '../../effects/kit/flow.ts'
import { blur } from '../../effects/kit/blur.ts'
import { greyOf } from '../../effects/kit/plane.ts'
import { pasteOnto, plainCanvas } from '../kit/paste.ts'
import { innerSize, outerSize, turnQuarters, turnRaster } from '../kit/turn.ts'

const RADIANS = Math.PI / 180
/** A horizon more than this off is taken for intention. */
const MAX_TILT = 12
const BINS_PER_DEGREE = 8

export const rotate = createEffect({
  name: 'rotate',
  summary: 'Turns clockwise; corners are cropped, mirrored, left transparent or filled with a colour.',
  defaults: { degrees: 90, corners: 'crop', colour: '#ffffff' },
  limits: { degrees: [-360, 360] },
  words: { corners: ['crop', 'mirror', 'transparent', 'colour'] },
  alpha: 'own',
  draw: (picture, { degrees, corners, colour }) => {
    const quarters = degrees / 90
    if (Number.isInteger(quarters)) return turnQuarters(picture, quarters)
    const radians = degrees * RADIANS
    if (corners === 'crop')
      return turnRaster(picture, radians, { ...innerSize(picture, radians), beyond: 'transparent' })
    const size = outerSize(picture, radians)
    if (corners === 'mirror') return turnRaster(picture, radians, { ...size, beyond: 'mirror' })
    const turned = turnRaster(picture, radians, { ...size, beyond: 'transparent' })
    if (corners === 'transparent') return turned
    const canvas = plainCanvas(size, colour)
    pasteOnto(canvas, turned, { left: 0, top: 0 })
    return canvas
  },
})

export const straighten = createEffect({
  name: 'straighten',
  summary: 'Finds the tilt of the long straight lines, up to 12 degrees, and turns the picture level.',
  defaults: {},
  alpha: 'own',
  draw: (picture) => {
    const tilt = findTilt(picture)
    if (Math.abs(tilt) < 0.2) return picture
    const radians = -tilt * RADIANS
    return turnRaster(picture, radians, { ...innerSize(picture, radians), beyond: 'transparent' })
  },
})

/** Degrees clockwise by which lines near the horizontal and the vertical lean; 0 when none stands out. */
function findTilt(picture: Raster): number {
  const bins = new Float64Array(2 * MAX_TILT * BINS_PER_DEGREE + 1)
  forEachGradient(blur(greyOf(picture), 1.2), (_, gx, gy) => {
    const strength = gx * gx + gy * gy
    if (strength < 1e-4) return
    // The gradient stands across the line; a quarter turn more or less is the same grid.
    const angle = Math.atan2(gy, gx) / RADIANS
    const lean = angle - Math.round(angle / 90) * 90
    if (Math.abs(lean) > MAX_TILT) return
    const bin = Math.round((lean + MAX_TILT) * BINS_PER_DEGREE)
    bins[bin] = (bins[bin] ?? 0) + strength
  })
  const smoothed = smoothBins(bins)
  const best = smoothed.indexOf(Math.max(...smoothed))
  const mean = smoothed.reduce((sum, value) => sum + value, 0) / smoothed.length
  return (smoothed[best] ?? 0) < mean * 1.6 ? 0 : best / BINS_PER_DEGREE - MAX_TILT
}

function smoothBins(bins: Float64Array): Float64Array {
  const reach = 3
  return bins.map((_, index) => {
    let sum = 0
    for (let near = index - reach; near <= index + reach; near += 1) sum += bins[near] ?? 0
    return sum
  })
}

export const flip = createEffect({
  name: 'flip',
  summary: 'Mirrors left and right (horizontal) or top and bottom (vertical).',
  defaults: { axis: 'horizontal' },
  words: { axis: ['horizontal', 'vertical'] },
  alpha: 'own',
  draw: ({ width, height, data }, { axis }) => {
    const result = createRaster(width, height)
    const from = new Uint32Array(data.buffer, data.byteOffset, width * height)
    const to = new Uint32Array(result.data.buffer)
    for (let y = 0; y < height; y += 1) {
      const row = (axis === 'vertical' ? height - 1 - y : y) * width
      for (let x = 0; x < width; x += 1)
        to[y * width + x] = from[row + (axis === 'vertical' ? x : width - 1 - x)] ?? 0
    }
    return result
  },
})
