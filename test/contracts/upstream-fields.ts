/** The wire fields of a model, from the catalogue, and values for them, to find out what becomes of each. */
import assert from 'node:assert/strict'
import { createCatalogue } from '../../src/catalogue/index.ts'
import type { GenerateInput } from '../../src/core/job.ts'
import { generateInput } from '../support/requests.ts'
import type { PictureName, SubmitOptions } from './upstream-bench.ts'

/** A value for each field that differs from the base request. */
const FIELDS: Readonly<Record<string, Partial<GenerateInput>>> = {
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
}

/** Image fields: what the request has besides or instead of its one source. */
const IMAGE_FIELDS: Readonly<Record<string, readonly PictureName[]>> = {
  image_urls: ['cat.png', 'dog.jpeg'],
  style_images: ['cat.png', 'style.webp'],
  'afterimage.mask_url': ['cat.png', 'mask.png'],
}

/** Accepted on every model, whatever its own fields are. */
const OPTIONS = [
  'afterimage.size',
  'afterimage.quality',
  'afterimage.output_format',
  'afterimage.precise_edit',
  'afterimage.mask_url',
]

/** Every field that a request for this model may have. */
export function fieldsOf(model: string): readonly string[] {
  const found = createCatalogue().findModel(model)
  assert.ok(found !== null, `${model} is not in the catalogue`)
  return [...found.fields.map(({ name }) => name), ...OPTIONS]
}

/** The base request with this field set. A field without a value here must get one. */
export function changeFor(field: string, base: Partial<GenerateInput>): SubmitOptions {
  const pictures = IMAGE_FIELDS[field]
  if (pictures !== undefined) return { input: base, images: pictures }
  const change = FIELDS[field]
  assert.ok(change !== undefined, `no value to try for the field ${field}`)
  return { input: { ...base, ...change }, images: ['cat.png'] }
}
