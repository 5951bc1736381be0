import type { Operation } from '../core/job.ts'
import { isImageField } from './field.ts'
import type { Model } from './model.ts'

/** What requests of a model can ask for, whoever runs it: nothing with a picture where no field takes one. */
export function askedOperations({ operations, fields }: Pick<Model, 'operations' | 'fields'>): Operation[] {
  const { withImage, withoutImage } = operations
  return [...(fields.some(isImageField) ? [withImage] : []), ...(withoutImage === null ? [] : [withoutImage])]
}
