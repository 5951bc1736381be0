/** The wire fields of a model, from the catalogue, and values for them, to find out what becomes of each. */
import assert from 'node:assert/strict'
import type { Field, Model } from '../../src/catalogue/index.ts'
import { createCatalogue, isImageField } from '../../src/catalogue/index.ts'
import type { Capabilities } from '../../src/core/engine.ts'
import type { GenerateInput } from '../../src/core/job.ts'
import { readCommon } from '../../src/wire/parsing/common.ts'
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
  'afterimage.precise_edit': { options: { ...generateInput().options, isPreciseEdit: true } },
}

/** Image fields: what the request has besides or instead of its one source. */
const IMAGE_FIELDS: Readonly<Record<string, readonly PictureName[]>> = {
  image_url: ['dog.jpeg'],
  image_urls: ['cat.png', 'dog.jpeg'],
  style_images: ['cat.png', 'style.webp'],
  image_style_references: ['cat.png', 'style-reference.webp'],
  reference_images: ['cat.png', 'tagged.png'],
  character_reference_images: ['cat.png', 'character.png'],
  reference_uri: ['cat.png', 'reference.png'],
  scene_image_url: ['cat.png', 'scene.png'],
  'afterimage.mask_url': ['cat.png', 'mask.png'],
}

/** Accepted on every model, whatever its own fields are. */
const OPTIONS = [
  'afterimage.size',
  'afterimage.quality',
  'afterimage.output_format',
  'afterimage.precise_edit',
]
/** Where a mask has a picture to lie on. */
const MASK = 'afterimage.mask_url'

/** Every field that a request for this model may have. */
export function fieldsOf(model: string): readonly string[] {
  // A choice of one changes nothing.
  const fields = findModel(model).fields.filter((field) => field.kind !== 'enum' || field.values.length > 1)
  const names = fields.map(({ name }) => name)
  return [...names, ...OPTIONS, ...(sourcesOf(model).length === 0 ? [] : [MASK])]
}

/** The pictures of a plain request: none for models that paint from words alone. */
export function sourcesOf(model: string): readonly PictureName[] {
  return findModel(model).fields.some(isImageField) ? ['cat.png'] : []
}

/** The base request with this field set, to a value that the engine can do where it is a format. */
export function changeFor(
  name: string,
  base: Partial<GenerateInput>,
  { outputFormats }: Pick<Capabilities, 'outputFormats'>,
): SubmitOptions {
  const pictures = IMAGE_FIELDS[name]
  if (pictures !== undefined) return { input: base, images: pictures }
  return {
    input: { ...base, ...changedField(name, base, outputFormats) },
    images: sourcesOf(base.model ?? ''),
  }
}

function changedField(
  name: string,
  base: Partial<GenerateInput>,
  formats: Capabilities['outputFormats'],
): Partial<GenerateInput> {
  // Engines list what they make unasked first.
  const outputFormat = formats.at(-1) ?? 'webp'
  if (name === 'output_format') return { fields: { output_format: outputFormat } }
  if (name === 'afterimage.output_format') return { options: { ...generateInput().options, outputFormat } }
  const change = FIELDS[name]
  if (change !== undefined) return change
  const model = findModel(base.model ?? '')
  const field = model.fields.find((candidate) => candidate.name === name)
  assert.ok(field !== undefined && !isImageField(field), `no value to try for the field ${name}`)
  return plainChange(model, field)
}

function findModel(id: string): Model {
  const model = createCatalogue().findModel(id)
  assert.ok(model !== null, `${id} is not in the catalogue`)
  return model
}

/** As the parser hands it over: under its wire name, and under the member of that meaning. */
function plainChange(model: Model, field: Field): Partial<GenerateInput> {
  const fields = { [field.sameAs ?? field.name]: otherThanDefault(field) }
  const common = Object.entries(readCommon(model, fields)).filter(([, value]) => value !== null)
  return { ...Object.fromEntries(common.filter(([member]) => member !== 'count')), fields }
}

function otherThanDefault(field: Field): unknown {
  if (field.kind === 'boolean') return field.default !== true
  if (field.kind === 'enum') return field.values.findLast((value) => value !== field.default)
  if (field.kind === 'number' || field.kind === 'integer')
    return [field.min, field.max, 1, 2].find((value) => value !== null && value !== field.default)
  return field.kind === 'text' ? 'another text' : [{ id: 'x', strength: 1 }]
}
