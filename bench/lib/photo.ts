/** A photograph of about 1.1 MB, enlarged from one of the repository's own. */
import sharp from 'sharp'

const SOURCE = new URL('../../test/support/photos/raccoon.jpg', import.meta.url).pathname

/** JPEG of 2048 x 1536 pixels with the noise of a camera, so that its size is that of a real file. */
export async function photoOfOneMegabyte(): Promise<Buffer> {
  const noise = {
    create: {
      width: 2048,
      height: 1536,
      channels: 3 as const,
      background: '#808080',
      noise: { type: 'gaussian' as const, mean: 128, sigma: 12 },
    },
  }
  const grain = await sharp(noise).png().toBuffer()
  return sharp(SOURCE)
    .resize(2048, 1536, { fit: 'fill' })
    .composite([{ input: grain, blend: 'soft-light' }])
    .jpeg({ quality: 94 })
    .toBuffer()
}
