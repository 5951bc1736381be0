/** The controls of a model, made from the schema of its input. */
import { typeOf } from '../server/models.ts'
import type { JsonSchema, ModelDetail } from '../server/models.ts'
import { IMAGE_FIELD_NAMES } from './image-fields.ts'

export type Field = {
  name: string
  label: string
  description: string
  isRequired: boolean
  schema: JsonSchema
  control: 'choice' | 'switch' | 'slider' | 'number' | 'text'
}

/** Set elsewhere on the page: in the dock, on the stage. */
const ELSEWHERE = new Set(['prompt', 'aspect_ratio', 'afterimage'])
/** What people look for in every model, and what stands there when a model has none. */
const EXPECTED: Readonly<Record<string, string>> = {
  aspect_ratio: 'Aspect ratio',
  strength: 'Strength',
  seed: 'Seed',
  creativity: 'Creativity',
  resolution: 'Resolution',
}

/** Required ones first, otherwise in the order of the schema. Older names and pictures are left out. */
export function fieldsOf(schema: JsonSchema): Field[] {
  const fields = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const control = controlOf(property)
    const isShown = !ELSEWHERE.has(name) && !IMAGE_FIELD_NAMES.has(name) && property.deprecated !== true
    return isShown && control !== null
      ? [toField(name, { ...schema, properties: { [name]: property } }, control)]
      : []
  })
  return [...fields.filter(({ isRequired }) => isRequired), ...fields.filter(({ isRequired }) => !isRequired)]
}

/** Set by what one does, never written: the mask on the stage, the parent by Remix and Use as input. */
const BY_DOING = new Set(['mask_url', 'parent_job_id'])

/** Fields of the `afterimage` object, which every model takes; previews only where there are some, and then they are on. */
export function extraFields({ input_schema: schema, previews }: ExtraScene): Field[] {
  const own = schema.properties?.['afterimage']
  if (own === undefined) return []
  return fieldsOf(own).flatMap((field) => {
    if (field.name === 'previews')
      return previews ? [{ ...field, schema: { ...field.schema, default: true } }] : []
    // A model with a field of that name has its control already.
    const isElsewhere = BY_DOING.has(field.name) || schema.properties?.[field.name] !== undefined
    return isElsewhere ? [] : [field]
  })
}

type ExtraScene = Pick<ModelDetail, 'input_schema' | 'previews'>

/** Controls that people look for and this model does not have. */
export function absentControls(schema: JsonSchema): string[] {
  const has = (name: string): boolean => schema.properties?.[name] !== undefined
  return Object.entries(EXPECTED).flatMap(([name, label]) => (has(name) ? [] : [label]))
}

/** Whether the model takes a mask: any that edits a picture, because this server merges the result back. */
export function takesMask(schema: JsonSchema): boolean {
  return schema.properties?.['afterimage']?.properties?.['mask_url'] !== undefined
}

function toField(name: string, schema: JsonSchema, control: Field['control']): Field {
  const property = schema.properties?.[name] ?? {}
  return {
    name,
    label: labelOf(name),
    description: property.description ?? '',
    isRequired: schema.required?.includes(name) ?? false,
    schema: property,
    control,
  }
}

/** `image_scaling_factor` becomes "Image scaling factor". */
function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A slider only where both ends are known and near; null for shapes that have no control (styles by id). */
function controlOf(schema: JsonSchema): Field['control'] | null {
  const { enum: choices, minimum, maximum } = schema
  if (choices !== undefined) return 'choice'
  const type = typeOf(schema)
  if (type === 'boolean') return 'switch'
  if (type === 'number' || type === 'integer')
    return minimum !== undefined && maximum !== undefined && maximum - minimum <= 100 ? 'slider' : 'number'
  return type === 'string' ? 'text' : null
}

/** A value of a field as the text of its control; nothing for what has no text. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}
