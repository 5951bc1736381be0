import type { ImageFormat, ImageInfo } from '../../core/job.ts'

/** A parsed header: sizes as stored in the file, before orientation is applied. */
export type StoredImage = {
  format: ImageFormat
  width: number
  height: number
  orientation: number
  frames: number
  hasAlpha: boolean
}

/** Orientations 5 to 8 swap width and height. */
export function toImageInfo(stored: StoredImage): ImageInfo {
  const isTurned = stored.orientation >= 5
  return {
    ...stored,
    width: isTurned ? stored.height : stored.width,
    height: isTurned ? stored.width : stored.height,
  }
}
