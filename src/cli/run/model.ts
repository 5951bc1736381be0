/** What the server says about a model: where to submit, which fields it takes, where the image goes. */
import { closeNames } from '../../core/close-names.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { Afterimage, ModelSchema } from '../../sdk/index.ts'
import { NotFoundError } from '../../sdk/index.ts'

type FieldSchema = {
  type?: string | readonly string[]
  anyOf?: readonly FieldSchema[]
  deprecated?: boolean
}
type Fields = Readonly<Record<string, FieldSchema>>

export type RunModel = {
  id: string
  /** Behind `/generate/`. */
  path: string
  /** Last part of the usual output name. */
  operation: string
  fields: Fields
  required: readonly string[]
  /** Takes the `afterimage {…}` object: size, format and quality of the result. */
  hasOptions: boolean
}

/** @throws AfterimageError `invalid_request` with the nearest names when the server has no such model */
export async function readModel(client: Afterimage, id: string): Promise<RunModel> {
  try {
    const schema = await client.models.getSchema(id)
    const category = schema.category ?? 'image'
    const { properties = {}, required = [] } = inputSchemaOf(schema)
    const hasOptions = 'afterimage' in properties || Array.isArray(schema['engines'])
    const operation = operationOf(schema['operations'], category)
    return { id, path: `${category}/${id}`, operation, fields: properties, required, hasOptions }
  } catch (error) {
    if (!(error instanceof NotFoundError) && !(error instanceof TypeError)) throw error
    throw await unknownModel(client, id)
  }
}

async function unknownModel(client: Afterimage, id: string): Promise<AfterimageError> {
  const names = (await client.models.list()).map((model) => model.id)
  const close = closeNames(id, names)
  const hint = close.length > 0 ? `did you mean ${close.join(' or ')}?` : `there are: ${names.join(', ')}`
  return new AfterimageError('invalid_request', `--model: there is no model "${id}"; ${hint}`)
}

/** What the model does first of all; its category where the server does not tell. */
function operationOf(operations: unknown, category: string): string {
  const [first] = Array.isArray(operations) ? (operations as unknown[]) : []
  if (typeof first === 'string' && /^\w+$/u.test(first)) return first.replaceAll('_', '-')
  return category === 'enhance' ? 'enhance' : 'edit'
}

function inputSchemaOf(answer: ModelSchema): { properties?: Fields; required?: readonly string[] } {
  const schema = answer['input_schema'] ?? answer['schema'] ?? answer['input']
  if (typeof schema === 'object' && schema !== null && 'properties' in schema)
    return schema as { properties: Fields; required?: readonly string[] }
  throw new AfterimageError('unavailable', 'The server does not tell the fields of this model.')
}

/** The types that a field allows besides null, its alternatives included. */
export function typesOf(field: FieldSchema | undefined): readonly string[] {
  if (field === undefined) return []
  const own = typeof field.type === 'string' ? [field.type] : (field.type ?? [])
  return [...own, ...(field.anyOf ?? []).flatMap(typesOf)].filter((type) => type !== 'null')
}

/** Older names are told by some servers beside the present one; new programs have no use for them. */
export function isPresent(field: FieldSchema | undefined): field is FieldSchema {
  return field !== undefined && field.deprecated !== true
}

const IMAGE_FIELDS: readonly (readonly [name: string, value: (url: string) => unknown])[] = [
  ['image_url', (url) => url],
  ['image_urls', (url) => [url]],
  ['reference_images', (url) => [{ url, tag: 'source' }]],
  ['style_images', (url) => [{ url, strength: 1 }]],
]

/**
 * The field that carries the source image, in the shape of this model.
 * @throws AfterimageError `invalid_request` when the model takes no image
 */
export function imageField({ id, fields }: RunModel, url: string): Readonly<Record<string, unknown>> {
  const found = IMAGE_FIELDS.find(([name]) => isPresent(fields[name]))
  if (found !== undefined) return { [found[0]]: found[1](url) }
  throw new AfterimageError(
    'invalid_request',
    `--model: ${id} takes no image; choose a model that edits images.`,
  )
}
