/** Wire fields and values for them, to find out what becomes of each. */
import type { GenerateInput } from '../../src/core/job.ts'
import { generateInput } from '../support/requests.ts'
import type { PictureName, SubmitOptions } from './upstream-bench.ts'

/** A value for each field that differs from the base request. */
const FIELDS = {
  prompt: { prompt: 'in the style of a linocut' },
  width: { width: 1536 },
  height: { height: 1536 },
  aspect_ratio: { aspectRatio: '16:9' },
  resolution: { resolution: '2K' },
  quality: { fields: { quality: 'low' } },
  background: { fields: { background: 'opaque' } },
  seed: { seed: 4711, isSeedGiven: true },
  strength: { strength: 0.3 },
  count: { count: 2 },
  styles: { fields: { styles: [{ id: 'x', strength: 1 }] } },
  negative_prompt: { fields: { negative_prompt: 'blurry' } },
  'afterimage.size': { options: { ...generateInput().options, size: { width: 1536, height: 864 } } },
  'afterimage.quality': { options: { ...generateInput().options, quality: 55 } },
  'afterimage.output_format': { options: { ...generateInput().options, outputFormat: 'webp' } },
  'afterimage.precise_edit': { options: { ...generateInput().options, isPreciseEdit: true } },
} as const satisfies Record<string, Partial<GenerateInput>>

/** Image fields: what the request has besides or instead of its one source. */
const IMAGE_FIELDS = {
  image_urls: ['cat.png', 'dog.jpeg'],
  style_images: ['cat.png', 'style.webp'],
  'afterimage.mask_url': ['cat.png', 'mask.png'],
} as const satisfies Record<string, readonly PictureName[]>

export type FieldName = keyof typeof FIELDS | keyof typeof IMAGE_FIELDS

/** The base request with this field set. */
export function changeFor(field: FieldName, base: Partial<GenerateInput>): SubmitOptions {
  if (field in IMAGE_FIELDS) return { input: base, images: IMAGE_FIELDS[field as keyof typeof IMAGE_FIELDS] }
  return { input: { ...base, ...FIELDS[field as keyof typeof FIELDS] }, images: ['cat.png'] }
}
