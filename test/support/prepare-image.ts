/** Inputs of engines without a pixel process: as stored, but for masks that an upstream wants in black and white. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { PrepareImage } from '../../src/net/upstream/inputs.ts'
import { prepareAsStored } from '../../src/net/upstream/inputs.ts'

/** Takes masks with transparency alone. */
export const prepareImage: PrepareImage = async (image, needs, context) => {
  if (needs.mask?.form !== 'black') return prepareAsStored(image, needs, context)
  const path = join(context.scratchDirectory, `black-${image.blobKey}`)
  const bytes = await toBlackMask(await readFile(await context.imagePath(image)))
  await writeFile(path, bytes)
  return { input: image, path, bytes: bytes.length, format: 'png' }
}

/** Black where the mask is transparent. */
export function toBlackMask(mask: Buffer): Promise<Buffer> {
  return sharp(mask).ensureAlpha().extractChannel('alpha').png().toBuffer()
}
