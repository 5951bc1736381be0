/** Parts of the picture. */
import { cropBox, parseAspectRatio, ratioOf, type Box, type Size } from '../../../../imaging/geometry.ts'
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
  draw: (picture, values) => cropRaster(picture, boxOfParts(picture, values)),
})

/** Whole pixels of a box given in fractions; never empty, never outside. */
export function boxOfParts(
  size: Size,
  parts: { left: number; top: number; width: number; height: number },
): Box {
  const left = Math.min(size.width - 1, Math.round(parts.left * size.width))
  const top = Math.min(size.height - 1, Math.round(parts.top * size.height))
  const width = Math.max(1, Math.min(size.width - left, Math.round(parts.width * size.width)))
  const height = Math.max(1, Math.min(size.height - top, Math.round(parts.height * size.height)))
  return { left, top, width, height }
}

export const cropToAspect = createEffect({
  name: 'crop_to_aspect',
  summary:
    'Cuts to an aspect such as 1:1 or 16:9; x and y say which part stays (0 left or top, 1 right or bottom).',
  defaults: { aspect: '1:1', x: 0.5, y: 0.5 },
  alpha: 'own',
  draw: (picture, values) => cropRaster(picture, boxOfAspect(picture, values)),
})

/** The box that `crop_to_aspect` keeps; all of the picture when the aspect cannot be read. */
export function boxOfAspect(size: Size, { aspect, x, y }: { aspect: string; x: number; y: number }): Box {
  return cropBox(size, parseAspectRatio(aspect) ?? ratioOf(size), { x, y })
}

export const trim = createEffect({
  name: 'trim',
  summary: 'Cuts off plain margins of one colour.',
  defaults: {},
  alpha: 'own',
  draw: (picture) => cropRaster(picture, boxInsideMargins(picture)),
})

/** What is left without plain margins; all of a picture of one colour, which has no inside to keep. */
export function boxInsideMargins(picture: Raster): Box {
  const { width, height } = picture
  const isPlainRow = (y: number): boolean => isPlain(picture, y * width, { step: 1, count: width })
  const isPlainColumn = (x: number): boolean => isPlain(picture, x, { step: width, count: height })
  const top = countWhile(height, isPlainRow)
  if (top === height) return { left: 0, top: 0, width, height }
  const bottom = countWhile(height, (y) => isPlainRow(height - 1 - y))
  const left = countWhile(width, isPlainColumn)
  const right = countWhile(width, (x) => isPlainColumn(width - 1 - x))
  return { left, top, width: width - left - right, height: height - top - bottom }
}

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
