/** Sizes, and canvases larger than the picture. */
import { extendBox, parseAspectRatio, scaleBy, type Size } from '../../../../imaging/geometry.ts'
import { createRaster, type Raster } from '../../../../imaging/raster.ts'
import { blur } from '../../effects/kit/blur.ts'
import { createEffect } from '../../effects/kit/effect.ts'
import { DEFAULT_MAX_OUTPUT_PIXELS } from '../../../../core/output-limits.ts'
import { assertOutputSize } from '../../models/output-size.ts'
import { cropBox, ratioOf } from '../../../../imaging/geometry.ts'
import { cropRaster } from '../../tasks/canvas.ts'
import { fromLight, mapLight, toLight } from '../kit/light-planes.ts'
import { pasteOnto, plainCanvas } from '../kit/paste.ts'
import { resampleRaster } from '../kit/reduce.ts'

/** Enlargements by words alone stop here; larger ones are the work of the upscaler. */
const MAX_PIXELS = 24_000_000

export const scale = createEffect({
  name: 'scale',
  summary: 'Both sides by the same per cent.',
  defaults: { percent: 50 },
  limits: { percent: [1, 800] },
  alpha: 'own',
  draw: (picture, { percent }) => {
    const { width, height } = bounded(scaleBy(picture, percent / 100))
    return resampleRaster(picture, width, height)
  },
})

export const resize = createEffect({
  name: 'resize',
  summary: 'An exact size in pixels, cut in the middle where the aspect differs; 0 keeps the aspect.',
  defaults: { widthPx: 512, heightPx: 0 },
  limits: { widthPx: [0, 8192], heightPx: [0, 8192] },
  alpha: 'own',
  draw: (picture, { widthPx, heightPx }) => {
    if (widthPx === 0 && heightPx === 0) return picture
    const ratio = ratioOf(picture)
    const size = bounded({
      width: Math.max(1, Math.round(widthPx > 0 ? widthPx : heightPx * ratio)),
      height: Math.max(1, Math.round(heightPx > 0 ? heightPx : widthPx / ratio)),
    })
    const cut = widthPx > 0 && heightPx > 0 ? cropRaster(picture, cropBox(picture, ratioOf(size))) : picture
    return resampleRaster(cut, size.width, size.height)
  },
})

function bounded(size: Size): Size {
  const pixels = size.width * size.height
  return pixels <= MAX_PIXELS ? size : scaleBy(size, Math.sqrt(MAX_PIXELS / pixels))
}

export const extend = createEffect({
  name: 'extend',
  summary:
    'A larger canvas, by an aspect or a margin, filled with the mirrored or blurred picture or a colour.',
  defaults: { aspect: '', margin: 0.15, fill: 'blur', colour: '#ffffff' },
  limits: { margin: [0, 2] },
  words: { fill: ['blur', 'mirror', 'colour'] },
  alpha: 'own',
  draw: (picture, values) => {
    const canvas = canvasFor(picture, values)
    // Before it is made: three pictures wide of a large one is gigabytes.
    assertOutputSize(canvas, DEFAULT_MAX_OUTPUT_PIXELS)
    if (canvas.width === picture.width && canvas.height === picture.height) return picture
    const result = createFill(picture, canvas, values)
    pasteOnto(result, picture, canvas)
    return result
  },
})

type Canvas = Size & { left: number; top: number }

function canvasFor(picture: Raster, { aspect, margin }: { aspect: string; margin: number }): Canvas {
  const ratio = parseAspectRatio(aspect)
  if (ratio !== null) return extendBox(picture, ratio)
  const side = Math.round(Math.min(picture.width, picture.height) * margin)
  return { left: side, top: side, width: picture.width + 2 * side, height: picture.height + 2 * side }
}

function createFill(
  picture: Raster,
  canvas: Canvas,
  { fill, colour }: { fill: string; colour: string },
): Raster {
  if (fill === 'colour') return plainCanvas(canvas, colour)
  if (fill === 'mirror') return mirrorAround(picture, canvas)
  const cover = cropRaster(picture, cropBox(picture, ratioOf(canvas)))
  // Blurred small and then enlarged: nobody can see the difference, and it takes a fraction of the time.
  const small = scaleBy(canvas, Math.min(1, 360 / Math.max(canvas.width, canvas.height)))
  const light = toLight(resampleRaster(cover, small.width, small.height))
  const soft = fromLight(mapLight(light, (plane) => blur(plane, Math.min(small.width, small.height) * 0.05)))
  return resampleRaster(soft, canvas.width, canvas.height)
}

function mirrorAround(picture: Raster, { left, top, width, height }: Canvas): Raster {
  const result = createRaster(width, height)
  const from = new Uint32Array(picture.data.buffer, picture.data.byteOffset, picture.width * picture.height)
  const to = new Uint32Array(result.data.buffer)
  const columns = Uint32Array.from({ length: width }, (_, x) => folded(x - left, picture.width))
  for (let y = 0, at = 0; y < height; y += 1) {
    const row = folded(y - top, picture.height) * picture.width
    for (let x = 0; x < width; x += 1, at += 1) to[at] = from[row + (columns[x] ?? 0)] ?? 0
  }
  return result
}

function folded(index: number, length: number): number {
  const place = ((index % (2 * length)) + 2 * length) % (2 * length)
  return place < length ? place : 2 * length - 1 - place
}
