import type { Field } from '../../catalogue/index.ts'
import type { CompatMode } from '../types.ts'

/** The field as a mode holds callers to it. */
export function inMode(field: Field, mode: CompatMode): Field {
  if (mode !== 'strict' || field.kind !== 'text' || field.strictMinLength === undefined) return field
  return { ...field, minLength: field.strictMinLength }
}
