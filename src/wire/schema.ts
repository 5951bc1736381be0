/** JSON Schema (2020-12, as in OpenAPI 3.1) of a model's input. */
import type { Field, Model } from '../catalogue/index.ts'
import { ON_UNSUPPORTED, OUTPUT_FORMATS } from '../core/job.ts'
import { inMode } from './parsing/in-mode.ts'
import { resolveName } from './parsing/names.ts'
import { EXTENSION, MAX_EDGE, RETENTION } from './parsing/options.ts'
import type { CompatMode } from './types.ts'

export type Schema = Record<string, unknown>

/**
 * Older names that are told for every model to which a rule leads them. Not `imageUrl`, unless the model takes a single
 * picture: where the official Python client sees that name, it sends one picture only.
 */
const COMMON_OLD_NAMES = ['imageUrls', 'image_urls', 'aspectRatio'] as const

/**
 * Schema of a request. Closed. Outside strict mode it also has the `afterimage` object and, marked as deprecated, the
 * older names: the official Python client looks here to decide what it sends.
 * @param extension schema of the `afterimage` object, where a reference to it is enough
 */
export function inputSchema(model: Model, mode: CompatMode, extension: Schema = EXTENSION_SCHEMA): Schema {
  const fields = model.fields.map((field) => [field.name, fieldSchema(inMode(field, mode))] as const)
  const extra = mode === 'strict' ? [] : [...aliasSchemas(model), [EXTENSION, extension] as const]
  return {
    type: 'object',
    properties: Object.fromEntries([...fields, ...extra]),
    required: requiredNames(model, mode),
    additionalProperties: false,
  }
}

function requiredNames({ fields }: Model, mode: CompatMode): string[] {
  const isRequired = ({ required }: Field): boolean =>
    required === true || (required === 'strict' && mode === 'strict')
  return fields.filter(isRequired).map(({ name }) => name)
}

function aliasSchemas(model: Model): (readonly [string, Schema])[] {
  const declared = new Set(model.fields.map(({ name }) => name))
  const names = new Set([...model.aliases.map(({ from }) => from), ...COMMON_OLD_NAMES])
  return [...names].flatMap((name) => {
    const target = declared.has(name) ? null : resolveName(model, name, 'aliases')
    const field = model.fields.find((candidate) => candidate.name === target?.name)
    if (field === undefined) return []
    return [
      [name, { ...aliasSchema(name, field), deprecated: true, description: `Older name of ${field.name}.` }],
    ]
  })
}

/** The shape in which clients send the name, which is not always that of the field. */
function aliasSchema(name: string, field: Field): Schema {
  const isList = name === 'imageUrls' || name === 'image_urls'
  if (isList && field.kind !== 'images')
    return { type: 'array', items: IMAGE, maxItems: 'maxItems' in field ? field.maxItems : 1 }
  const { default: _default, ...schema } = fieldSchema(field)
  return schema
}

const IMAGE: Schema = { type: 'string' }
const WEIGHT: Schema = { type: 'number', minimum: -2, maximum: 2 }

function fieldSchema(field: Field): Schema {
  const { title, description, isNullable } = field
  const schema = { title, ...kindSchema(field), description }
  return isNullable ? nullable(schema) : schema
}

function nullable(schema: Schema): Schema {
  const values = schema['enum']
  return {
    ...schema,
    type: [schema['type'], 'null'],
    ...(Array.isArray(values) ? { enum: [...(values as unknown[]), null] } : {}),
  }
}

function kindSchema(field: Field): Schema {
  const fallback = 'default' in field ? { default: field.default } : {}
  if (field.kind === 'text')
    return { type: 'string', ...limits('Length', field.minLength, field.maxLength), ...fallback }
  if (field.kind === 'number' || field.kind === 'integer')
    return { type: field.kind, ...range(field.min, field.max), ...fallback }
  if (field.kind === 'boolean') return { type: 'boolean', ...fallback }
  return field.kind === 'enum' ? { type: 'string', enum: field.values, ...fallback } : listSchema(field)
}

function listSchema(field: Field): Schema {
  if (field.kind === 'image' || !('maxItems' in field)) return IMAGE
  const minItems = 'minItems' in field ? field.minItems : 0
  return { type: 'array', items: itemSchema(field), ...limits('Items', minItems, field.maxItems) }
}

function itemSchema(field: Field): Schema {
  if (field.kind === 'images') return IMAGE
  if (field.kind === 'weighted_images')
    return { type: 'object', properties: { url: IMAGE, strength: WEIGHT }, required: ['url', 'strength'] }
  if (field.kind === 'tagged_images')
    return {
      type: 'object',
      properties: {
        url: IMAGE,
        tag: { type: 'string', pattern: '^[a-z][a-z0-9_]+$', minLength: 3, maxLength: 16 },
      },
      required: ['url', 'tag'],
    }
  const [minimum, maximum] = 'strength' in field ? field.strength : [-2, 2]
  return {
    type: 'object',
    properties: { id: { type: 'string' }, strength: { type: 'number', minimum, maximum } },
    required: field.kind === 'styles' ? ['id', 'strength'] : ['id'],
  }
}

function range(minimum: number | null, maximum: number | null): Schema {
  return { ...(minimum === null ? {} : { minimum }), ...(maximum === null ? {} : { maximum }) }
}

function limits(noun: 'Length' | 'Items', min: number, max: number): Schema {
  return { ...(min === 0 ? {} : { [`min${noun}`]: min }), [`max${noun}`]: max }
}

const EDGE: Schema = { type: 'integer', minimum: 1, maximum: MAX_EDGE }

/** Schema of the `afterimage` object. */
export const EXTENSION_SCHEMA: Schema = {
  type: 'object',
  title: 'Afterimage',
  description: 'What this server can do beyond the Krea API.',
  properties: {
    mask_url: {
      type: 'string',
      description: 'A picture of where to edit: transparent parts, or white ones without transparency.',
    },
    precise_edit: {
      type: 'boolean',
      default: false,
      description: 'Keep every pixel outside the mask, bit for bit.',
    },
    size: {
      description: 'Exact size of the result.',
      anyOf: [
        { type: 'string', pattern: '^\\d{1,5}\\s*[xX×]\\s*\\d{1,5}$' },
        { type: 'object', properties: { width: EDGE, height: EDGE }, required: ['width', 'height'] },
      ],
    },
    output_format: { type: 'string', enum: [...OUTPUT_FORMATS, 'jpg'], description: 'Format of the file.' },
    quality: { type: 'integer', minimum: 1, maximum: 100, description: 'Quality of jpeg, webp and avif.' },
    on_unsupported: {
      type: 'string',
      enum: ON_UNSUPPORTED,
      default: 'warn',
      description:
        'What becomes of a field that the engine cannot honour: a warning; done by this server where it can (mask, ' +
        'size, aspect, format); or an error.',
    },
    retention: {
      type: 'integer',
      minimum: RETENTION.min,
      maximum: RETENTION.max,
      description: 'Seconds after its end when the job and its files are removed.',
    },
    no_store: {
      type: 'boolean',
      default: false,
      description: 'Keep nothing longer than it takes to deliver it.',
    },
    previews: {
      type: 'boolean',
      default: false,
      description:
        'Show unfinished pictures while the job runs, as `preview` of the job, where the engine gives some. Some ' +
        'vendors charge for them.',
    },
    parent_job_id: {
      type: 'string',
      format: 'uuid',
      description: 'The job whose result this one goes on from; shown in the job as `parent_job_id`.',
    },
  },
  additionalProperties: false,
}
