/** Parts of the picture. */
import { cropBox, parseAspectRatio, ratioOf } from '../../../../imaging/geometry.ts'
import type { Raster } from '../../../../imaging/raster.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { cropRaster } from '../../tasks/canvas.ts'

/** A border line counts as plain while its colours differ less than this from the corner's, 0 to 255. */
const PLAIN = 14

export const crop = createEffect({
  name: 'crop',
  summary: 'Keeps a box, given as fractions of width and height.',
  defaults: { left: 0.1, top: 0.1, width: 0.8, height: 0.8 },
  alpha: 'own',
  draw: (picture, values) => {
    const left = Math.min(picture.width - 1, Math.round(values.left * picture.width))
    const top = Math.min(picture.height - 1, Math.round(values.top * picture.height))
    const width = Math.max(1, Math.min(picture.width - left, Math.round(values.width * picture.width)))
    const height = Math.max(1, Math.min(picture.height - top, Math.round(values.height * picture.height)))
    return cropRaster(picture, { left, top, width, height })
  },
})

export const cropToAspect = createEffect({
  name: 'crop_to_aspect',
  summary:
    'Cuts to an aspect such as 1:1 or 16:9; x and y say which part stays (0 left or top, 1 right or bottom).',
  defaults: { aspect: '1:1', x: 0.5, y: 0.5 },
  alpha: 'own',
  draw: (picture, { aspect, x, y }) =>
    cropRaster(picture, cropBox(picture, parseAspectRatio(aspect) ?? ratioOf(picture), { x, y })),
})

export const trim = createEffect({
  name: 'trim',
  summary: 'Cuts off plain margins of one colour.',
  defaults: {},
  alpha: 'own',
  draw: (picture) => {
    const isPlainRow = (y: number): boolean =>
      isPlain(picture, y * picture.width, { step: 1, count: picture.width })
    const isPlainColumn = (x: number): boolean =>
      isPlain(picture, x, { step: picture.width, count: picture.height })
    const top = countWhile(picture.height, isPlainRow)
    // A picture of one colour has no inside to keep.
    if (top === picture.height) return picture
    const bottom = countWhile(picture.height, (y) => isPlainRow(picture.height - 1 - y))
    const left = countWhile(picture.width, isPlainColumn)
    const right = countWhile(picture.width, (x) => isPlainColumn(picture.width - 1 - x))
    return cropRaster(picture, {
      left,
      top,
      width: picture.width - left - right,
      height: picture.height - top - bottom,
    })
  },
})

function countWhile(length: number, test: (index: number) => boolean): number {
  let count = 0
  while (count < length && test(count)) count += 1
  return count
}

/** Whether every pixel of a line looks like the top left corner of the picture. */
function isPlain({ data }: Raster, first: number, line: { step: number; count: number }): boolean {
  for (let index = 0; index < line.count; index += 1) {
    const at = (first + index * line.step) * 4
    for (let channel = 0; channel < 4; channel += 1)
      if (Math.abs((data[at + channel] ?? 0) - (data[channel] ?? 0)) > PLAIN) return false
  }
  return true
}
