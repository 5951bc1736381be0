import type { Field, Model } from '../../src/catalogue/index.ts'
import { renderPrice } from '../../src/wire/render-model.ts'
import { code, codes, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `Every model that this version knows. \`GET /models\` tells the same with the engines that are ready on your server; \`GET /models/{provider}/{model}\` answers the JSON Schema of the input.

Engines are listed in order of preference; the first that is configured runs. \`afterimage/draft\` stands in when none is. Prices are published list prices for one result, not a bill: the models of the built-in engine cost nothing, and neither does a draft.

Models under \`comfyui/\` are there when ComfyUI is configured: the three here, and your own workflows. Those under \`local/\` are named by your settings: see [Engines at home](../guides/engines-at-home.md).

Beside its own fields every model takes \`afterimage\` (options of this server) in the modes \`aliases\` and \`lenient\`.`

/** docs/reference/models.md */
export function modelsPage(models: readonly Model[]): string {
  const overview = models.map((model) => [
    `[${model.id}](#${anchor(model.id)})`,
    model.category,
    priceText(model),
    model.operations.withoutImage === null ? 'needs an image' : 'image is optional',
  ])
  return page(
    '# Models',
    GENERATED,
    INTRODUCTION,
    table(['model', 'category', 'list price', 'input'], overview),
    ...models.map(section),
  )
}

/** As GitHub makes it from a heading. */
function anchor(heading: string): string {
  return heading.toLowerCase().replaceAll(/[^a-z0-9 _-]/gu, '')
}

function section(model: Model): string {
  const facts = [
    `- Path: ${code(`POST ${model.path}`)}`,
    `- Engines: ${codes(model.engines)}`,
    ...(model.keyVariables.length === 0 ? [] : [`- Settings of these engines: ${codes(model.keyVariables)}`]),
    `- List price: ${priceText(model)}`,
    ...(model.aliases.length === 0 ? [] : [`- Older field names: ${aliasText(model)}`]),
  ]
  const rows = model.fields.map((field) => [
    code(field.name),
    kindText(field),
    requiredText(field),
    field.description,
  ])
  return page(
    `## ${model.id}`,
    model.summary,
    facts.join('\n'),
    table(['field', 'holds', 'required', 'meaning'], rows),
  ).trimEnd()
}

function aliasText({ aliases }: Model): string {
  return aliases.map(({ from, to }) => `${code(from)} for ${code(to)}`).join(', ')
}

function requiredText({ required }: Field): string {
  if (required === 'strict') return 'in strict mode'
  return required ? 'yes' : ''
}

function priceText(model: Model): string {
  if (model.isOwn) return 'free'
  const amounts = renderPrice(model)?.price_points.map(({ amount }) => amount) ?? []
  if (amounts.length === 0) return 'not published'
  const [least, most] = [Math.min(...amounts), Math.max(...amounts)]
  return least === most ? `$${least}` : `$${least} to $${most}`
}

function kindText(field: Field): string {
  const text = rangeText(field)
  const fallback = 'default' in field && field.default !== undefined ? field.default : null
  return fallback === null || fallback === '' ? text : `${text}; default ${code(fallback)}`
}

function rangeText(field: Field): string {
  switch (field.kind) {
    case 'text':
      return `text, ${field.minLength} to ${field.maxLength} characters`
    case 'number':
    case 'integer':
      return limitsText(field.kind === 'integer' ? 'whole number' : 'number', field)
    case 'boolean':
      return '`true` or `false`'
    case 'enum':
      return codes(field.values)
    case 'image':
      return `image (${field.role})`
    case 'images':
    case 'weighted_images':
    case 'tagged_images':
      return `${field.minItems} to ${field.maxItems} ${imagesText(field.kind)} (${field.role})`
    case 'styles':
    case 'moodboards':
      return `up to ${field.maxItems} of \`{id, strength}\`, strength ${field.strength.join(' to ')}`
    default:
      return field satisfies never
  }
}

function imagesText(kind: 'images' | 'weighted_images' | 'tagged_images'): string {
  if (kind === 'images') return 'images'
  return kind === 'tagged_images' ? 'of `{url, tag}`' : 'of `{url, strength}`'
}

function limitsText(noun: string, { min, max }: { min: number | null; max: number | null }): string {
  if (min !== null && max !== null) return `${noun}, ${min} to ${max}`
  if (min !== null) return `${noun}, at least ${min}`
  return max === null ? noun : `${noun}, at most ${max}`
}
