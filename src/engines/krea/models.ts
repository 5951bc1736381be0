/** What this engine has to know of a model: its wire. The catalogue's own entries fit; nothing is written twice. */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { Cost, GenerateInput, ImageRole, Operation, OutputFormat } from '../../core/job.ts'
import { OUTPUT_FORMATS } from '../../core/job.ts'

/** One field of a request, as far as it matters here. */
export type KreaField = {
  name: string
  kind: string
  required: boolean | 'strict'
  sameAs?: string
  /** Of images. */
  role?: ImageRole
  maxItems?: number
  /** Of choices. */
  values?: readonly string[]
  /** Of numbers; null is open. */
  min?: number | null
  max?: number | null
  default?: unknown
}

export type KreaModel = {
  id: string
  /** `/generate/image/google/nano-banana-pro` */
  path: string
  fields: readonly KreaField[]
  operations: { withImage: Operation; withoutImage: Operation | null }
  price: (input: GenerateInput) => Cost
}

const REASONS: Readonly<Record<string, string>> = {
  size: 'this model takes no pixels; use aspect_ratio and resolution',
  mask_url: 'the Krea API takes no mask',
  quality: 'Krea chooses the compression',
  output_format: 'Krea chooses the format',
  precise_edit: 'the image of the upstream is passed on as it is',
  count: 'Krea makes one image for each call',
}

/** Every field of the model, because it is the model's own wire; of our extensions only what that wire can say. */
export function kreaCapabilities({ fields, operations }: KreaModel): Capabilities {
  const has = (name: string): boolean => fields.some((field) => field.name === name)
  const unsupported = Object.keys(REASONS).map((name): [string, Support] => [name, 'unsupported'])
  const native = fields.map(({ name }): [string, Support] => [name, 'native'])
  const { withImage, withoutImage } = operations
  return {
    operations: withoutImage === null ? [withImage] : [withImage, withoutImage],
    maxImages: fields.reduce((sum, field) => sum + roomOf(field), 0),
    outputFormats: formatsOf(fields),
    fields: {
      ...Object.fromEntries([...unsupported, ...native]),
      ...(has('width') && has('height') ? { size: 'native' as const } : {}),
    },
    reasons: REASONS,
  }
}

/** How many images a field takes; 0 for those that hold none. */
export function roomOf({ role, kind, maxItems = 1 }: KreaField): number {
  if (role === undefined) return 0
  return kind === 'image' ? 1 : maxItems
}

/** What the wire calls a format; undefined where the model does not make it. */
export function nameOfFormat(field: KreaField | undefined, format: OutputFormat): string | undefined {
  return field?.values?.find((value) => value === format || (value === 'jpg' && format === 'jpeg'))
}

function formatsOf(fields: readonly KreaField[]): OutputFormat[] {
  const field = fields.find(({ name }) => name === 'output_format')
  return OUTPUT_FORMATS.filter((format) => nameOfFormat(field, format) !== undefined)
}
