/** Inputs of engines without a pixel process: as stored, but for masks that an upstream wants in black and white. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import type { MaskForm, PrepareImage } from '../../src/net/upstream/inputs.ts'
import { prepareAsStored } from '../../src/net/upstream/inputs.ts'

/** Takes masks with transparency alone. */
export const prepareImage: PrepareImage = async (image, needs, context) => {
  const form = needs.mask?.form ?? 'transparent'
  if (form === 'transparent') return prepareAsStored(image, needs, context)
  const path = join(context.scratchDirectory, `${form}-${image.blobKey}`)
  const bytes = await redrawMask(await readFile(await context.imagePath(image)), form)
  await writeFile(path, bytes)
  const { width, height } = image.info
  return { input: image, path, bytes: bytes.length, format: 'png', size: { width, height } }
}

/** Of this colour where the mask is transparent. */
export async function redrawMask(mask: Buffer, form: Exclude<MaskForm, 'transparent'>): Promise<Buffer> {
  const alpha = sharp(mask).ensureAlpha().extractChannel('alpha')
  if (form !== 'white_transparent') return (form === 'black' ? alpha : alpha.negate()).png().toBuffer()
  const { data, info } = await alpha.raw().toBuffer({ resolveWithObject: true })
  const pixels = Buffer.concat(
    [...data].map((value) => Buffer.of(255 - value, 255 - value, 255 - value, value)),
  )
  return sharp(pixels, { raw: { width: info.width, height: info.height, channels: 4 } })
    .png()
    .toBuffer()
}
