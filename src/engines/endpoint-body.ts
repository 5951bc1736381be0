/** From a parsed request to the JSON of an endpoint, by its table. */
import type { Capabilities } from '../core/engine.ts'
import type { GenerateInput, Warning } from '../core/job.ts'
import type { PreparedImage } from '../net/upstream/inputs.ts'
import { adjusted, withoutEffect } from '../net/upstream/shape.ts'
import type { Endpoint, EndpointModel, FieldRule } from './endpoint.ts'
import { chooseEndpoint, fillSlot, handledFields } from './endpoint.ts'
import { usedShapeFields, writeShape } from './endpoint-shape.ts'

export type EndpointRequest = {
  model: EndpointModel
  capabilities: Capabilities
  input: GenerateInput
  images: readonly PreparedImage[]
  /** How the upstream is given an image: a data URI, or the address of an upload. */
  toText: (image: PreparedImage) => Promise<string>
}

export type WrittenBody = {
  endpoint: Endpoint
  body: Readonly<Record<string, unknown>>
  warnings: readonly Warning[]
}

type Written = { body: Readonly<Record<string, unknown>>; warnings: readonly Warning[] }

/** The only strength that an upstream without weights can express: an image counts, or it is not there. */
const PLAIN_STRENGTH = 1

/** Every field that the caller set is in the body, or in a warning here or in the plan. */
export async function writeEndpointBody(request: EndpointRequest): Promise<WrittenBody> {
  const { model, input } = request
  const endpoint = chooseEndpoint(model, request.images)
  const parts = [
    await writeImages(request, endpoint),
    writeShape(endpoint.shape, input),
    writeMembers(endpoint, { model, input }),
    ...Object.entries(endpoint.fields).map(([name, rule]) => writeField(rule, name, input.fields[name])),
  ]
  const body = Object.assign({}, ...parts.map((part) => part.body)) as Written['body']
  return {
    endpoint,
    body: { ...endpoint.fixed, ...(input.prompt === null ? {} : { prompt: input.prompt }), ...body },
    warnings: [...parts.flatMap(({ warnings }) => warnings), ...unheardOf(request, endpoint)],
  }
}

async function writeImages(
  { images, toText, capabilities }: EndpointRequest,
  endpoint: Endpoint,
): Promise<Written> {
  const body: Record<string, unknown> = {}
  const used: PreparedImage[] = []
  for (const slot of endpoint.images) {
    const taken = fillSlot(slot, images)
    if (taken.length === 0) continue
    const texts: string[] = []
    for (const image of taken) texts.push(await toText(image))
    body[slot.field] = slot.isList ? texts : texts[0]
    if (slot.tags !== undefined)
      body[slot.tags] = taken.map(({ input }, index) => input.tag ?? `image${index + 1}`)
    used.push(...taken)
  }
  const left = images.filter((image) => !used.includes(image) && isNative(capabilities, rootOf(image)))
  return { body, warnings: [...ignored(left), ...weights(used)] }
}

/** The mask of an engine without one was warned of when it was planned. */
function isNative(capabilities: Capabilities, field: string): boolean {
  return capabilities.fields[field] === 'native'
}

function rootOf({ input }: PreparedImage): string {
  return input.path.split(/[[.]/u, 1)[0] ?? input.path
}

function ignored(images: readonly PreparedImage[]): Warning[] {
  const roots = new Set(images.map(rootOf))
  return [...roots].map((root) =>
    withoutEffect(root, 'this endpoint has no place for it beside the other images'),
  )
}

function weights(images: readonly PreparedImage[]): Warning[] {
  return images
    .filter(({ input }) => input.strength !== null && input.strength !== PLAIN_STRENGTH)
    .map(({ input }) =>
      withoutEffect(
        input.path.replace(/\.url$/u, '.strength'),
        'this endpoint gives all images the same weight',
      ),
    )
}

function writeMembers(
  endpoint: Endpoint,
  { model, input }: { model: EndpointModel; input: GenerateInput },
): Written {
  const { strength, seed, count, quality, formats } = endpoint
  const format = input.options.outputFormat ?? toFormat(input.fields.output_format)
  const name = format === null ? undefined : formats?.names[format]
  const parts = [
    strength === undefined || input.strength === null
      ? null
      : writeField(strength, model.strengthField ?? 'strength', input.strength),
    // A seed that we drew ourselves is left out: it would promise a repeatability that nobody asked for.
    seed === undefined || !input.isSeedGiven ? null : writeSeed(seed, input.seed),
    count === undefined || input.count === 1 ? null : writeField(count, 'count', input.count),
    quality === undefined || input.options.quality === null
      ? null
      : writeField(quality, 'afterimage.quality', input.options.quality),
    formats === undefined || name === undefined ? null : { body: { [formats.to]: name }, warnings: [] },
  ].filter((part) => part !== null)
  return {
    body: Object.assign({}, ...parts.map(({ body }) => body)) as Written['body'],
    warnings: parts.flatMap(({ warnings }) => warnings),
  }
}

function toFormat(value: unknown): 'png' | 'jpeg' | 'webp' | 'avif' | null {
  if (value === 'jpg') return 'jpeg'
  return value === 'png' || value === 'jpeg' || value === 'webp' || value === 'avif' ? value : null
}

/** Another seed is as good as any; the remainder keeps different ones different. */
function writeSeed({ to, max = Number.MAX_SAFE_INTEGER }: FieldRule, seed: number): Written {
  const used = seed % (max + 1)
  return {
    body: { [to]: used },
    warnings: used === seed ? [] : [adjusted('seed', { asked: `${seed}`, used: `${used}` })],
  }
}

function writeField(rule: FieldRule, path: string, value: unknown): Written {
  if (value === undefined || value === null) return { body: {}, warnings: [] }
  if (rule.isNegated === true) return { body: { [rule.to]: value !== true }, warnings: [] }
  if (typeof value === 'number') return writeNumber(rule, path, value)
  if (typeof value === 'string' && rule.values !== undefined && !rule.values.includes(value)) {
    const reason = `the engine takes ${rule.values.join(', ')}`
    return { body: {}, warnings: [withoutEffect(path, reason)] }
  }
  return { body: { [rule.to]: value }, warnings: [] }
}

function writeNumber(
  { to, min = -Infinity, max = Infinity }: FieldRule,
  path: string,
  value: number,
): Written {
  const used = Math.min(Math.max(value, min), max)
  return {
    body: { [to]: used },
    warnings: used === value ? [] : [adjusted(path, { asked: `${value}`, used: `${used}` })],
  }
}

/** Fields that another endpoint of the model takes, so that the plan had nothing to say about them. */
function unheardOf({ model, capabilities, input }: EndpointRequest, endpoint: Endpoint): Warning[] {
  const handled = new Set(handledFields(endpoint, model))
  const used = [
    ...Object.keys(input.fields),
    ...usedShapeFields(input),
    ...(input.isSeedGiven ? ['seed'] : []),
    ...(input.strength === null ? [] : [model.strengthField ?? 'strength']),
  ]
  // One name, two meanings: the work that goes into the picture, and the compression of the file.
  const compression =
    input.options.quality !== null && endpoint.quality === undefined && isNative(capabilities, 'quality')
      ? [withoutEffect('afterimage.quality', 'this endpoint chooses the compression')]
      : []
  const idle = [...new Set(used)]
    .filter((path) => {
      const field = path.replace('afterimage.', '')
      return !handled.has(field) && isNative(capabilities, field) && !model.imageFields.includes(field)
    })
    .map((path) => withoutEffect(path, 'the endpoint for this kind of request has no such setting'))
  return [...idle, ...compression]
}
