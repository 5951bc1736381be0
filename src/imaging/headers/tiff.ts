import {
  plausibleOrientation,
  readDirectory,
  readTiffHeader,
  TAG_DNG_VERSION,
  TAG_EXTRA_SAMPLES,
  TAG_HEIGHT,
  TAG_ORIENTATION,
  TAG_WIDTH,
} from './directory.ts'
import { text } from './bytes.ts'
import type { HeaderParser } from './reader.ts'
import { take, unreadable } from './reader.ts'
import type { StoredImage } from './stored-image.ts'

/** Pages are counted up to here; only the first is used. */
const MAX_PAGES = 64

/** First page of a TIFF or BigTIFF. Camera raw files share the structure and are refused by their marks. */
export function* parseTiff(bytes: number): HeaderParser<StoredImage> {
  if (bytes >= 10 && text(yield* take(8, 2), 0, 2) === 'CR')
    throw unreadable('this is a camera raw file (CR2); develop it to JPEG or TIFF first')
  const layout = yield* readTiffHeader(0, bytes)
  const first = layout === null ? null : yield* readDirectory(layout, layout.first)
  if (layout === null || first === null)
    throw unreadable('this TIFF is damaged or truncated: its directory lies outside the file')
  if (first.values.has(TAG_DNG_VERSION))
    throw unreadable('this is a camera raw file (DNG); develop it to JPEG or TIFF first')
  const width = first.values.get(TAG_WIDTH)
  const height = first.values.get(TAG_HEIGHT)
  if (width === undefined || height === undefined)
    throw unreadable('this TIFF is damaged: it does not tell its size')
  const extra = first.values.get(TAG_EXTRA_SAMPLES)
  let pages = 1
  for (let next = first.next; next !== 0 && pages < MAX_PAGES; pages += 1) {
    const page = yield* readDirectory(layout, next)
    if (page === null) break
    next = page.next
  }
  return {
    format: 'tiff',
    width,
    height,
    orientation: plausibleOrientation(first.values.get(TAG_ORIENTATION)),
    frames: pages,
    // 1 and 2 are alpha with and without premultiplication; 0 is an unspecified extra channel.
    hasAlpha: extra === 1 || extra === 2,
  }
}
