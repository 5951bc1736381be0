/**
 * Endpoints of marketplaces as data. A marketplace serves the same model under its own field names, and often under
 * several addresses; a table says which wire field goes where, so that a new model needs no code.
 */
import type { Capabilities, Support } from '../core/engine.ts'
import type { ImageRole, Operation, OutputFormat } from '../core/job.ts'
import type { PreparedImage } from '../net/upstream/inputs.ts'
import type { ShapeRule } from './endpoint-shape.ts'

/** Where images go. Only the first group of roles that a request has is sent; the others are warned of. */
export type ImageSlot = {
  field: string
  isList: boolean
  max: number
  roles: readonly (readonly ImageRole[])[]
  /** The endpoint also works without. */
  isOptional?: true
  /** Field with the names of the images, where the prompt may speak of them. */
  tags?: string
}

/** A number or word that goes on under another name, kept within the endpoint's own limits. */
export type FieldRule = {
  to: string
  min?: number
  max?: number
  /** Other values are not sent. */
  values?: readonly string[]
  /** The upstream asks the opposite question. */
  isNegated?: true
}

export type Endpoint = {
  path: string
  /** A request goes to the first endpoint whose slots all find an image, optional ones aside. */
  images: readonly ImageSlot[]
  shape: ShapeRule
  /** By wire name. */
  fields: Readonly<Record<string, FieldRule>>
  strength?: FieldRule
  seed?: FieldRule
  count?: FieldRule
  /** Of the compression, 1 to 100. */
  quality?: FieldRule
  /** Name of the field, and what the upstream calls the formats that it makes. */
  formats?: { to: string; names: Readonly<Partial<Record<OutputFormat, string>>> }
  /** Sent with every request. */
  fixed?: Readonly<Record<string, unknown>>
}

export type EndpointModel = {
  endpoints: readonly Endpoint[]
  /** Wire fields that bring images. */
  imageFields: readonly string[]
  operations: readonly Operation[]
  /** The wire calls it so on this model. */
  strengthField?: 'strength' | 'denoising_strength'
}

const SHAPE_FIELDS = ['width', 'height', 'size', 'aspect_ratio', 'resolution'] as const
const FACTOR_FIELDS = ['width', 'height', 'size', 'upscaling_activated', 'image_scaling_factor'] as const

/** @throws TypeError for a table without an endpoint for this request, which its author has to mend */
export function chooseEndpoint({ endpoints }: EndpointModel, images: readonly PreparedImage[]): Endpoint {
  const found = endpoints.find(({ images: slots }) =>
    slots.every((slot) => slot.isOptional === true || fillSlot(slot, images).length > 0),
  )
  if (found === undefined) throw new TypeError('no endpoint of this model takes these images')
  return found
}

/** The images of a request that a slot takes, sources first as they came. */
export function fillSlot(
  { roles, max }: ImageSlot,
  images: readonly PreparedImage[],
): readonly PreparedImage[] {
  const groups = roles.map((group) => images.filter(({ input }) => group.includes(input.role)))
  return (groups.find((group) => group.length > 0) ?? []).slice(0, max)
}

/** The wire fields that an endpoint does something with. */
export function handledFields(endpoint: Endpoint, { strengthField = 'strength' }: EndpointModel): string[] {
  const { shape, fields, strength, seed, count, quality, formats } = endpoint
  const shapes = { source: [], factor: FACTOR_FIELDS, ratio: SHAPE_FIELDS, pixels: SHAPE_FIELDS }[shape.kind]
  return [
    'prompt',
    ...shapes,
    ...Object.keys(fields),
    ...(strength === undefined ? [] : [strengthField]),
    ...(seed === undefined ? [] : ['seed']),
    ...(count === undefined ? [] : ['count']),
    ...(quality === undefined ? [] : ['quality']),
    ...(formats === undefined ? [] : ['output_format']),
  ]
}

/**
 * What a model can do here: a field is native when one of its endpoints takes it; a request whose endpoint does not
 * gets a warning of its own.
 * @param reasons by field, for those that no endpoint takes
 */
export function capabilitiesOf(
  model: EndpointModel,
  reasons: Readonly<Record<string, string>>,
): Capabilities {
  const names = [
    ...model.imageFields,
    ...model.endpoints.flatMap((endpoint) => handledFields(endpoint, model)),
  ]
  const native = names.map((name): [string, Support] => [name, 'native'])
  const unsupported = Object.keys(reasons).map((name): [string, Support] => [name, 'unsupported'])
  const formats = model.endpoints.flatMap((endpoint) => Object.keys(endpoint.formats?.names ?? {}))
  const most = model.endpoints.map(({ images }) =>
    images.filter(isForPictures).reduce((sum, { max }) => sum + max, 0),
  )
  return {
    operations: model.operations,
    maxImages: Math.max(...most),
    outputFormats: [...new Set(formats)] as OutputFormat[],
    fields: Object.fromEntries([...unsupported, ...native]),
    reasons,
  }
}

/** A mask lies on a picture and is not counted as one. */
function isForPictures({ roles }: ImageSlot): boolean {
  return !roles.some((group) => group.includes('mask'))
}
