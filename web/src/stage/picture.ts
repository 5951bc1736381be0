/**
 * A picture that can be drawn at any zoom in the time that the screen takes: halved again and again once, so that
 * drawing never touches more than four source pixels for one on the screen. 24 megapixels stay smooth without a GPU.
 */
import { previewAddress, shownAddress } from '../server/preview.ts'
import type { Size } from './view.ts'

export type Picture = Size & {
  /** The picture itself, then its halves, largest first. */
  levels: readonly (ImageBitmap | HTMLCanvasElement)[]
}

const SMALLEST_SIDE = 256

/**
 * The picture itself, or the server's preview of it where this browser does not read its format.
 * @throws Error when the bytes cannot be fetched or are no picture
 */
export async function loadPicture(url: string, signal: AbortSignal): Promise<Picture> {
  const bitmap = (await loadBitmap(shownAddress(url), signal)) ?? (await loadPreview(url, signal))
  signal.throwIfAborted()
  if (bitmap === null)
    throw new Error('This browser cannot show pictures of this format; the server can read it all the same.')
  return toPicture(bitmap)
}

function loadPreview(url: string, signal: AbortSignal): Promise<ImageBitmap | null> {
  const address = previewAddress(url)
  return address === null ? Promise.resolve(null) : loadBitmap(address, signal)
}

/** Null for bytes that this browser does not read. */
async function loadBitmap(url: string, signal: AbortSignal): Promise<ImageBitmap | null> {
  const answer = await fetch(url, { signal })
  if (!answer.ok)
    throw new Error(answer.status === 404 ? 'This picture was deleted.' : 'The picture cannot be loaded.')
  return createImageBitmap(await answer.blob()).catch(() => null)
}

function toPicture(bitmap: ImageBitmap): Picture {
  const levels: (ImageBitmap | HTMLCanvasElement)[] = [bitmap]
  let last: ImageBitmap | HTMLCanvasElement = bitmap
  while (Math.max(last.width, last.height) > 2 * SMALLEST_SIDE) {
    last = halve(last)
    levels.push(last)
  }
  return { width: bitmap.width, height: bitmap.height, levels }
}

function halve(source: ImageBitmap | HTMLCanvasElement): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, source.width >> 1)
  canvas.height = Math.max(1, source.height >> 1)
  const context = canvas.getContext('2d')
  if (context === null) return canvas
  context.imageSmoothingQuality = 'high'
  context.drawImage(source, 0, 0, canvas.width, canvas.height)
  return canvas
}

/** The smallest level that still has a pixel for each of the screen's. */
export function levelFor({ levels, width }: Picture, shownWidth: number): ImageBitmap | HTMLCanvasElement {
  const fitting = levels.filter((level) => level.width >= Math.min(shownWidth, width))
  const level = fitting.at(-1) ?? levels[0]
  if (level === undefined) throw new Error('a picture has at least one level')
  return level
}

export function closePicture({ levels }: Picture): void {
  for (const level of levels) {
    if (level instanceof ImageBitmap) level.close()
    else level.width = 0
  }
}
