/** What vendors that take a plain list of images make of roles and weights. */
import type { InputImage, Warning } from '../core/job.ts'
import { withoutEffect } from '../net/upstream/shape.ts'

type Placed = { input: InputImage }

/** What a list of images says by itself: each of them counts. */
const PLAIN_STRENGTH = 1

/** Sources before references and styles, because prompts speak of "image 1"; masks left out. */
export function sourcesFirst<Image extends Placed>(images: readonly Image[]): Image[] {
  const pictures = withoutMask(images)
  return [
    ...pictures.filter(({ input }) => input.role === 'source'),
    ...pictures.filter(({ input }) => input.role !== 'source'),
  ]
}

/** A mask that the vendor does not take was warned of when planned. */
export function withoutMask<Image extends Placed>(images: readonly Image[]): Image[] {
  return images.filter(({ input }) => input.role !== 'mask')
}

/** One for each image with a weight of its own. @param vendor begins the sentence "… gives all images the same weight" */
export function weightWarnings(images: readonly Placed[], vendor: string): Warning[] {
  return images
    .filter(({ input }) => input.strength !== null && input.strength !== PLAIN_STRENGTH)
    .map(({ input }) =>
      withoutEffect(
        input.path.replace(/\.url$/u, '.strength'),
        `${vendor} gives all images the same weight; say in the prompt what each is for`,
      ),
    )
}
