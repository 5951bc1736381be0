/** Which picture is edited, which only lend their look, and which one is the mask. */
import type { ImageRole, InputImage, Warning } from '../../../core/job.ts'

/** Indices into `images`; `source` is null when there is nothing to edit. */
export type Arrangement = {
  source: number | null
  styles: readonly number[]
  mask: number | null
  warnings: readonly Warning[]
}

/** In this order a picture stands in as the source; some models (Seedream) know style images only. */
const SOURCE_ROLES: readonly ImageRole[] = ['source', 'style', 'reference', 'character', 'style_reference']

export function arrangeImages(images: readonly InputImage[]): Arrangement {
  const role = SOURCE_ROLES.find((wanted) => images.some((image) => image.role === wanted))
  const source = images.findIndex((image) => image.role === role)
  const mask = images.findIndex((image) => image.role === 'mask')
  const styles = images.flatMap((image, index) =>
    index === source || image.role === 'mask' || image.role === 'scene' ? [] : [index],
  )
  const chosen = images[source]
  const isStandIn = chosen !== undefined && chosen.role !== 'source'
  return {
    source: source === -1 ? null : source,
    styles,
    mask: mask === -1 ? null : mask,
    warnings: isStandIn ? [standIn(chosen.path)] : [],
  }
}

function standIn(path: string): Warning {
  return {
    code: 'emulated_field',
    path,
    message: `\`${path}\` was edited as the source, because the request has no other picture to edit.`,
  }
}
