/** The bytes of input images in a form that an upstream takes. */
import type { EngineContext } from '../../core/engine.ts'
import type { ImageFormat, InputImage } from '../../core/job.ts'
import type { AfterimageError } from '../../core/errors.ts'
import { unanswered, upstreamError } from '../../core/upstream-fault.ts'

/**
 * How an upstream wants the parts of a mask to look that may change; what stays is opaque, black or white.
 * `white_transparent` is both at once, and opaque black elsewhere, for one that reads either.
 */
export type MaskForm = 'transparent' | 'black' | 'white' | 'white_transparent'

/** What the upstream takes. */
export type ImageNeeds = {
  formats: readonly ImageFormat[]
  maxBytes: number
  /** Left out where it takes no mask. */
  mask?: MaskForm
}

/** A mask in the upstream's form, as large as the picture that it lies on; null for every other image. */
export type MaskNeeds = { form: MaskForm; size: { width: number; height: number } } | null

/** An image file ready to be sent; it may be the stored one, so never write to it. */
export type PreparedImage = {
  input: InputImage
  path: string
  bytes: number
  format: ImageFormat
  /** Of this file, upright; smaller than the stored one where that had too many bytes. */
  size: { width: number; height: number }
}

/**
 * Makes an input fit: upright, without private metadata, in an accepted format and size. Pixels are decoded only in
 * pixel processes, so this comes from outside; writes only into the scratch folder.
 */
export type PrepareImage = (
  image: InputImage,
  needs: Omit<ImageNeeds, 'mask'> & { mask: MaskNeeds },
  context: Pick<EngineContext, 'imagePath' | 'scratchDirectory' | 'signal'>,
) => Promise<PreparedImage>

/** Takes stored images as they are, and refuses what does not fit. */
export const prepareAsStored: PrepareImage = async (image, needs, context) => {
  const { format, width, height } = image.info
  if (!needs.formats.includes(format))
    throw unfit(image, `found ${format}; this engine takes ${needs.formats.join(', ')}`)
  if (image.bytes > needs.maxBytes)
    throw unfit(image, `found ${image.bytes} bytes; this engine takes at most ${needs.maxBytes}`)
  if (needs.mask !== null) assertMask(image, needs.mask)
  return {
    input: image,
    path: await context.imagePath(image),
    bytes: image.bytes,
    format,
    size: { width, height },
  }
}

/** Ours are transparent, or white on black, where the picture may change. */
function assertMask(image: InputImage, { form, size }: NonNullable<MaskNeeds>): void {
  const { hasAlpha, width, height } = image.info
  if (form !== (hasAlpha ? 'transparent' : 'white'))
    throw unfit(image, `this engine takes a mask that is ${form} where the picture may change`)
  if (width !== size.width || height !== size.height)
    throw unfit(
      image,
      `the mask is ${width}x${height}; it must be as large as the image, ${size.width}x${size.height}`,
    )
}

/** An input that the upstream would refuse: said before anything is sent, so nothing is paid. */
export function unfit({ path }: InputImage, reason: string): AfterimageError {
  return upstreamError(unanswered('invalid_input', { call: 'submit', charged: 'no' }), `${path}: ${reason}.`)
}

export function mediaTypeOf(format: ImageFormat): string {
  return `image/${format}`
}
