/** Small good images of every accepted kind, made from a photograph. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Sharp } from 'sharp'
import sharp from 'sharp'

const photo = fileURLToPath(new URL('photos/cat.jpg', import.meta.url))

/** By name (`jpeg-progressive`); 16 files of 1 to 20 KB. */
export async function createSeedImages(): Promise<ReadonlyMap<string, Buffer>> {
  const small = (): Sharp => sharp(photo).resize(64, 48, { fit: 'fill' })
  const clear = (): Sharp => small().ensureAlpha(0.5)
  const frames = await Promise.all(
    [0, 90, 180].map((angle) => small().resize(48, 48).rotate(angle).png().toBuffer()),
  )
  const animation = (): Sharp => sharp(frames, { join: { animated: true } })
  const made: Readonly<Record<string, Sharp>> = {
    jpeg: small().withMetadata({ orientation: 6 }).withIccProfile('p3').jpeg(),
    'jpeg-progressive': small().jpeg({ progressive: true }),
    'jpeg-cmyk': small().toColourspace('cmyk').jpeg(),
    png: clear().withMetadata({ orientation: 3 }).png(),
    'png-16': small().toColourspace('rgb16').png(),
    'png-palette': small().png({ palette: true, colours: 16 }),
    webp: clear().withMetadata({ orientation: 8 }).webp(),
    'webp-lossless': small().webp({ lossless: true }),
    'webp-animated': animation().webp(),
    gif: clear().gif(),
    'gif-animated': animation().gif(),
    avif: small().withMetadata({ orientation: 5 }).avif({ effort: 0 }),
    'avif-alpha': clear().avif({ effort: 0 }),
    tiff: small().withMetadata({ orientation: 7 }).tiff({ compression: 'lzw' }),
    'tiff-tiled': clear().tiff({ compression: 'deflate', tile: true, tileWidth: 16, tileHeight: 16 }),
  }
  const entries = Object.entries(made).map(async ([name, image]): Promise<[string, Buffer]> => [
    name,
    await image.toBuffer(),
  ])
  const heic = readFileSync(new URL('images/cat-alpha.heic', import.meta.url))
  return new Map<string, Buffer>([...(await Promise.all(entries)), ['heic', heic]])
}
