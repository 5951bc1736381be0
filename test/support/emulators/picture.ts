/** Real pictures for answers. */
import sharp from 'sharp'

type Size = { width: number; height: number }
export type PictureFormat = 'png' | 'jpeg' | 'webp'

/** The same few pictures are asked for thousands of times; a large one takes half a second. */
const painted = new Map<string, Promise<Buffer>>()

/** A picture of one colour, opaque unless asked for otherwise. Never write to it. */
export function paint(
  size: Size,
  format: PictureFormat,
  { isTransparent = false }: { isTransparent?: boolean } = {},
): Promise<Buffer> {
  const key = [size.width, size.height, format, isTransparent].join(' ')
  const known = painted.get(key) ?? encode(size, format, isTransparent)
  painted.set(key, known)
  return known
}

function encode({ width, height }: Size, format: PictureFormat, isTransparent: boolean): Promise<Buffer> {
  const create = isTransparent
    ? { width, height, channels: 4 as const, background: '#4a7c5980' }
    : { width, height, channels: 3 as const, background: '#4a7c59' }
  return sharp({ create }).toFormat(format).toBuffer()
}

export function paintPng(size: Size): Promise<Buffer> {
  return paint(size, 'png')
}
