/** Lists what a request really asks for, so that nothing can be dropped in silence. */
import type { GenerateInput, RequestOptions } from './job.ts'

/** `field` is the name that capabilities list, `path` the one that the caller wrote. */
export type UsedField = {
  field: string
  path: string
  /** The output format that was asked for, where this field asks for one. */
  format: string | null
  /** Set to `false`: an engine that lacks the feature honours that by lacking it. */
  isOff: boolean
}

/** Each field that the caller set, once: plain fields, image fields, and members of the `afterimage` object. */
export function usedFields(input: GenerateInput): UsedField[] {
  const plain = Object.entries(input.fields).map(([field, value]) => ({
    field,
    path: field,
    format: field === 'output_format' && typeof value === 'string' ? toFormat(value) : null,
    isOff: value === false,
  }))
  const images = input.images.map(({ path }) => toImageField(path))
  const used = [...plain, ...images, ...usedOptions(input.options)]
  return used.filter(({ path }, index) => used.findIndex((other) => other.path === path) === index)
}

/** `image_urls[2]` and `style_images[0].url` belong to one field each; `afterimage.mask_url` is capability `mask_url`. */
export function toImageField(path: string): UsedField {
  const [root = path] = path.split('[', 1)
  const [head = root] = root.startsWith('afterimage.') ? [root] : root.split('.', 1)
  return { field: head.replace(/^afterimage\./u, ''), path: head, format: null, isOff: false }
}

/** What engines have to do with; how long things are kept is no matter of theirs. */
function usedOptions(options: RequestOptions): UsedField[] {
  const { outputFormat, quality, size, isPreciseEdit, arePreviewsWanted = false } = options
  const set: readonly (readonly [field: string, isSet: boolean])[] = [
    ['output_format', outputFormat !== null],
    ['quality', quality !== null],
    ['size', size !== null],
    ['precise_edit', isPreciseEdit],
    ['previews', arePreviewsWanted],
  ]
  return set
    .filter(([, isSet]) => isSet)
    .map(([field]) => ({
      field,
      path: `afterimage.${field}`,
      format: field === 'output_format' ? outputFormat : null,
      isOff: false,
    }))
}

/** Some models say `jpg` on the wire. */
function toFormat(value: string): string {
  return value === 'jpg' ? 'jpeg' : value
}
