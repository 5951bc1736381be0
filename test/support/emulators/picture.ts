/** Real pictures for answers. */
import sharp from 'sharp'

type Size = { width: number; height: number }
export type PictureFormat = 'png' | 'jpeg' | 'webp'

/** A picture of one colour, opaque unless asked for otherwise. */
export function paint(
  { width, height }: Size,
  format: PictureFormat,
  { isTransparent = false }: { isTransparent?: boolean } = {},
): Promise<Buffer> {
  const create = isTransparent
    ? { width, height, channels: 4 as const, background: '#4a7c5980' }
    : { width, height, channels: 3 as const, background: '#4a7c59' }
  return sharp({ create }).toFormat(format).toBuffer()
}

export function paintPng(size: Size): Promise<Buffer> {
  return paint(size, 'png')
}
