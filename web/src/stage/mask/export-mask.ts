/** The mask as a PNG for the server: white may change, black is kept, grey between where the edge is feathered. */
import type { Size } from '../view.ts'
import { blurAlpha } from './blur-alpha.ts'
import type { Stroke } from './strokes.ts'
import { drawStrokes } from './strokes.ts'

/** The server resizes a mask to the picture; a finer edge than this nobody paints by hand. */
const LONGEST_SIDE = 2048

/** @param feather width of the soft edge, in pixels of the picture */
export async function exportMask(strokes: readonly Stroke[], picture: Size, feather: number): Promise<Blob> {
  const canvas = maskCanvas(picture)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (context === null) throw new Error('this browser has no canvas')
  drawStrokes(context, strokes, picture)
  const image = context.getImageData(0, 0, canvas.width, canvas.height)
  const radius = Math.round((feather * canvas.width) / picture.width / 2)
  const alpha = blurAlpha(
    image.data.filter((_, at) => at % 4 === 3),
    { ...sizeOf(canvas), radius },
  )
  alpha.forEach((value, pixel) => image.data.set([value, value, value, 255], pixel * 4))
  context.putImageData(image, 0, 0)
  return toPng(canvas)
}

export function maskCanvas(picture: Size): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
  canvas.width = Math.max(1, Math.round(picture.width * scale))
  canvas.height = Math.max(1, Math.round(picture.height * scale))
  return canvas
}

function sizeOf({ width, height }: HTMLCanvasElement): Size {
  return { width, height }
}

function toPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('The mask could not be written.'))
      else resolve(blob)
    }, 'image/png')
  })
}
