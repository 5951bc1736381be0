/** What one field of a request may hold. Data only: parsing, JSON Schema and forms are derived from it. */
import type { ImageRole } from '../core/job.ts'

export type FieldKind =
  /** `strictMinLength`: a longer minimum of Krea's document that only strict mode holds callers to. */
  | { kind: 'text'; minLength: number; maxLength: number; strictMinLength?: number; default?: string }
  /** `null` limits are open. */
  | { kind: 'number' | 'integer'; min: number | null; max: number | null; default?: number }
  | { kind: 'boolean'; default?: boolean }
  | { kind: 'enum'; values: readonly string[]; default?: string }
  /** One image: URL, data URI or base64. */
  | { kind: 'image'; role: ImageRole }
  | { kind: 'images'; role: ImageRole; minItems: number; maxItems: number }
  /** `{url, strength}`, strength −2 to 2. */
  | { kind: 'weighted_images'; role: ImageRole; minItems: number; maxItems: number }
  /** `{url, tag}`; the prompt speaks of `@tag`. */
  | { kind: 'tagged_images'; role: ImageRole; minItems: number; maxItems: number }
  /** Trained styles or mood boards: `{id, strength}`. */
  | { kind: 'styles' | 'moodboards'; maxItems: number; strength: readonly [min: number, max: number] }

export type Field = FieldKind & {
  /** As on the wire, snake case. */
  name: string
  title: string
  /** One sentence, own words. */
  description: string
  /**
   * `strict`: Krea's document requires it, but we can do without; required only in strict mode, because public
   * clients leave it out.
   */
  required: boolean | 'strict'
  /** Whether `null` counts as not given in every mode. */
  isNullable: boolean
  /** Another name of the field `sameAs`, under which its value is kept. Both are in the schema. */
  sameAs?: string
}

export type ImageField = Extract<Field, { kind: 'image' | 'images' | 'weighted_images' | 'tagged_images' }>

/** Whether the field holds one or several input images. */
export function isImageField(field: Field): field is ImageField {
  return 'role' in field
}
