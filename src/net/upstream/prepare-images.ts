/** The inputs of one request, made fit for an upstream. */
import type { EngineContext } from '../../core/engine.ts'
import type { InputImage } from '../../core/job.ts'
import { mapLimited } from '../../core/map-limited.ts'
import type { ImageNeeds, MaskNeeds, PreparedImage, PrepareImage } from './inputs.ts'
import { firstPicture } from './shape.ts'

/** Inputs that are prepared at once; each may need a pixel process. */
const PREPARE_LIMIT = 2

export type PrepareImagesDeps = {
  prepareImage: PrepareImage
  needs: ImageNeeds
  context: Pick<EngineContext, 'imagePath' | 'scratchDirectory' | 'signal'>
}

/**
 * All images, in their order. A mask comes after the pictures, for it must be as large as the one that it lies on, which
 * may have had to shrink. @throws AfterimageError for one that cannot be sent
 */
export async function prepareImages(
  images: readonly InputImage[],
  { prepareImage, needs: { mask: form, ...needs }, context }: PrepareImagesDeps,
): Promise<PreparedImage[]> {
  const prepared = new Map<InputImage, PreparedImage>()
  const prepareAll = async (some: readonly InputImage[], mask: MaskNeeds): Promise<void> => {
    const outcomes = await mapLimited(some, PREPARE_LIMIT, async (image) => {
      prepared.set(image, await prepareImage(image, { ...needs, mask }, context))
    })
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
  }
  const isMask = ({ role }: InputImage): boolean => role === 'mask'
  await prepareAll(
    images.filter((image) => !isMask(image)),
    null,
  )
  const first = firstPicture(images)
  const under = first === undefined ? undefined : prepared.get(first)
  // Of an upstream without masks it was warned when planned, and it is not sent.
  const mask = form === undefined || under === undefined ? null : { form, size: under.size }
  await prepareAll(images.filter(isMask), mask)
  return images.flatMap((image) => prepared.get(image) ?? [])
}
