import sharp from 'sharp'
import type { Raster } from './raster.ts'

/** TIFF 6.0 tags of an uncompressed RGBA strip with a profile, in ascending order as the format demands. */
function tagsOf(
  raster: Raster,
  profile: { offset: number; bytes: number },
  offsets: Offsets,
): readonly Tag[] {
  const [SHORT, LONG, UNDEFINED] = [3, 4, 7]
  return [
    [256, LONG, 1, raster.width],
    [257, LONG, 1, raster.height],
    [258, SHORT, 4, offsets.bitsPerSample],
    [259, SHORT, 1, 1], // no compression
    [262, SHORT, 1, 2], // RGB
    [273, LONG, 1, offsets.pixels],
    [277, SHORT, 1, 4], // samples per pixel
    [278, LONG, 1, raster.height], // one strip
    [279, LONG, 1, raster.data.length],
    [338, SHORT, 1, 2], // the fourth sample is straight alpha
    [34675, UNDEFINED, profile.bytes, profile.offset],
  ]
}

type Tag = readonly [tag: number, type: number, count: number, value: number]
type Offsets = { bitsPerSample: number; pixels: number }

/**
 * Converts pixels that belong to an ICC profile to sRGB, with the colour engine that decodes all other files.
 * sharp takes no profile for raw pixels, so they are wrapped as an uncompressed TIFF in memory.
 */
export async function convertToSrgb(raster: Raster, profile: Uint8Array): Promise<Raster> {
  const data = await sharp(wrapAsTiff(raster, profile), { limitInputPixels: false })
    .pipelineColourspace('srgb')
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer()
  return { width: raster.width, height: raster.height, data }
}

function wrapAsTiff(raster: Raster, profile: Uint8Array): Buffer {
  const tagCount = 11
  const directoryBytes = 2 + tagCount * 12 + 4
  const bitsPerSample = 8 + directoryBytes
  const profileAt = bitsPerSample + 8
  const pixels = profileAt + profile.length + (profile.length & 1)
  const head = Buffer.alloc(pixels)
  head.write('II*\0', 0, 'latin1')
  head.writeUInt32LE(8, 4)
  head.writeUInt16LE(tagCount, 8)
  const tags = tagsOf(raster, { offset: profileAt, bytes: profile.length }, { bitsPerSample, pixels })
  for (const [index, [tag, type, count, value]] of tags.entries()) {
    const at = 10 + index * 12
    head.writeUInt16LE(tag, at)
    head.writeUInt16LE(type, at + 2)
    head.writeUInt32LE(count, at + 4)
    head.writeUInt32LE(value, at + 8)
  }
  for (let sample = 0; sample < 4; sample += 1) head.writeUInt16LE(8, bitsPerSample + sample * 2)
  head.set(profile, profileAt)
  return Buffer.concat([head, raster.data])
}
