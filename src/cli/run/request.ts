/** From flags to the JSON of a request, by the fields of the model. */
import { closeNames } from '../../core/close-names.ts'
import { AfterimageError } from '../../core/errors.ts'
import type { ImageInfo, OutputFormat } from '../../core/job.ts'
import type { RunModel } from './model.ts'
import { isPresent, typesOf } from './model.ts'

/** What was asked for on the command line; undefined where it was not. */
export type RequestFlags = {
  instruction: string | null
  scale?: number
  width?: number
  height?: number
  aspectRatio?: string
  seed?: number
  creativity?: number
  strength?: number
  /** Format of the result, also when only the name of the output tells it. */
  format: OutputFormat
  quality?: number
  /** `--set field=value`, in order. */
  set: readonly string[]
}

export type RequestFields = Readonly<Record<string, unknown>>

/**
 * The fields of the request without its image, checked against the model, so that a mistyped flag is told before
 * anything is uploaded. Values are the server's to judge.
 * @throws AfterimageError `invalid_request`
 */
export function buildRequest(model: RunModel, flags: RequestFlags): RequestFields {
  const request: Record<string, unknown> = {}
  const options: Record<string, unknown> = {}
  const { instruction, aspectRatio, seed, creativity, strength } = flags
  if (instruction !== null) request['prompt'] = instruction
  const plain = { aspect_ratio: aspectRatio, seed, creativity, strength }
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) request[name] = value
  addSize(model, flags, { request, options })
  addEncoding(model, flags, { request, options })
  for (const word of flags.set) addField(request, options, parseSetting(model, word))
  assertFields(model, request)
  return Object.keys(options).length > 0 ? { ...request, afterimage: options } : request
}

type Parts = { request: Record<string, unknown>; options: Record<string, unknown> }

/** Models without `scale` or exact sizes of their own get them as the size of the result. */
function addSize(model: RunModel, { scale, width, height }: RequestFlags, { request, options }: Parts): void {
  if (scale !== undefined && (width !== undefined || height !== undefined))
    throw usage('Give either --scale or --width and --height.')
  if (scale !== undefined) request['scale'] = scale
  const hasSize = 'width' in model.fields && 'height' in model.fields
  if (!hasSize && width !== undefined && height !== undefined && model.hasOptions)
    options['size'] = { width, height }
  else {
    if (width !== undefined) request['width'] = width
    if (height !== undefined) request['height'] = height
  }
}

function addEncoding(model: RunModel, { format, quality }: RequestFlags, { request, options }: Parts): void {
  if ('output_format' in model.fields) request['output_format'] = format
  else if (model.hasOptions) options['output_format'] = format
  if (quality === undefined) return
  // The `quality` of some models is a word (`high`) about drawing, not a number about encoding.
  const isNumber = typesOf(model.fields['quality']).some((type) => type === 'integer' || type === 'number')
  if (isNumber || !model.hasOptions) request['quality'] = quality
  else options['quality'] = quality
}

type Setting = { path: readonly string[]; value: unknown }

/** Text stays text where the field is text: `--set style=1980` is a style, not a number. */
function parseSetting({ fields }: RunModel, word: string): Setting {
  const at = word.indexOf('=')
  if (at < 1) throw usage(`--set ${word}: expected field=value, for example --set seed=7.`)
  const path = word.slice(0, at).split('.')
  const text = word.slice(at + 1)
  const types = path.length === 1 ? typesOf(fields[path[0] ?? '']) : []
  return { path, value: types.length === 1 && types[0] === 'string' ? text : parseValue(text) }
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function addField(
  request: Record<string, unknown>,
  options: Record<string, unknown>,
  setting: Setting,
): void {
  const [name = '', member, ...more] = setting.path
  if (member === undefined) request[name] = setting.value
  else if (name === 'afterimage' && more.length === 0) options[member] = setting.value
  else throw usage(`--set ${setting.path.join('.')}: give the whole value of "${name}" as JSON.`)
}

function assertFields({ id, fields, required }: RunModel, request: RequestFields): void {
  for (const name of Object.keys(request)) {
    // The size of a model without `scale` is reckoned from each input.
    if (name in fields || (name === 'scale' && canReckonScale(fields))) continue
    const names = Object.keys(fields).filter((known) => isPresent(fields[known]))
    const [close] = closeNames(name, names, 1)
    const hint = close === undefined ? `it has ${names.join(', ')}` : `did you mean "${close}"?`
    throw usage(`${id} has no field "${name}"; ${hint}.`)
  }
  if (required.includes('prompt') && typeof request['prompt'] !== 'string')
    throw usage(`${id} needs an instruction: put it last, in quotes, like "make it a pencil sketch".`)
}

function canReckonScale(fields: RunModel['fields']): boolean {
  return 'width' in fields && 'height' in fields
}

/** The request for one input: a scale that the model does not know becomes its width and height. */
export function fitRequest(model: RunModel, request: RequestFields, info: ImageInfo): RequestFields {
  const { scale, ...rest } = request
  if (typeof scale !== 'number' || 'scale' in model.fields) return request
  return { ...rest, width: Math.round(info.width * scale), height: Math.round(info.height * scale) }
}

function usage(message: string): AfterimageError {
  return new AfterimageError('invalid_request', message)
}
