/** Puts the addresses of uploaded images into the fields that they came in. */
import type { PreparedImage } from '../../net/upstream/inputs.ts'
import type { KreaField } from './models.ts'
import { roomOf } from './models.ts'

/** An image, and where it lies now. */
export type UploadedImage = { image: PreparedImage; url: string }

/** The image fields of a body. */
export function writeImages(
  fields: readonly KreaField[],
  uploads: readonly UploadedImage[],
): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  for (const field of fields.filter((candidate) => roomOf(candidate) > 0)) {
    const items = uploads.filter(({ image }) => fieldOf(fields, image) === field).slice(0, roomOf(field))
    const [first] = items
    if (first === undefined) continue
    body[field.name] =
      field.kind === 'image' ? first.url : items.map((item, index) => toItem(field, item, index))
  }
  return body
}

/** The field that the caller used; for a request written for another model, the one of the same meaning. */
function fieldOf(fields: readonly KreaField[], { input }: PreparedImage): KreaField | undefined {
  const holding = fields.filter((field) => roomOf(field) > 0)
  const [root] = input.path.split(/[[.]/u, 1)
  return (
    holding.find(({ name }) => name === root) ??
    (input.role === 'mask' ? undefined : (holding.find(({ role }) => role === input.role) ?? holding[0]))
  )
}

function toItem({ kind }: KreaField, { image, url }: UploadedImage, index: number): unknown {
  const { strength, tag } = image.input
  if (kind === 'weighted_images') return { url, strength: strength ?? 1 }
  return kind === 'tagged_images' ? { url, tag: tag ?? `image${index + 1}` } : url
}
