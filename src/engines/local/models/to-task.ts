/** From a parsed request to the task of a pixel process. */
import { AfterimageError, fieldError } from '../../../core/errors.ts'
import {
  OUTPUT_FORMATS,
  type GenerateInput,
  type InputImage,
  type OutputFormat,
  type Warning,
} from '../../../core/job.ts'
import type { OutputChoice, Task, UpscaleTask } from '../protocol.ts'
import { arrangeImages } from './arrange-images.ts'
import { findEnhancer, numberIn, type Enhancer } from './enhancers.ts'
import { assertOutputSize, cardSize, outputSize, upscaleSize } from './output-size.ts'

export type TaskRequest = {
  input: GenerateInput
  /** Local paths of `input.images`, in the same order. */
  files: readonly string[]
  isDraft: boolean
  maxOutputPixels: number
}

export type Planned = { task: Task; warnings: readonly Warning[] }

/**
 * Chooses the kind of task and refuses impossible sizes before any process is started.
 * @throws AfterimageError `engine_rejected` (too large, no picture where one is needed)
 */
export function toTask(request: TaskRequest): Planned {
  const enhancer = findEnhancer(request.input.model)
  return enhancer === null ? toGenerateTask(request) : toUpscaleTask(request, enhancer)
}

function toGenerateTask({ input, files, isDraft, maxOutputPixels }: TaskRequest): Planned {
  const { source } = arrangeImages(input.images)
  const image = source === null ? undefined : input.images[source]
  if (image === undefined && !isDraft) throw missingImage(input.model)
  const size = image === undefined ? cardSize(input) : outputSize(input, image.info)
  assertOutputSize(size, maxOutputPixels)
  const args = { input, files, isDraft, output: outputChoice(input) }
  return { task: { kind: image === undefined ? 'card' : 'edit', args }, warnings: [] }
}

function toUpscaleTask({ input, files, maxOutputPixels }: TaskRequest, enhancer: Enhancer): Planned {
  const index = arrangeImages(input.images).source
  const image = index === null ? undefined : input.images[index]
  const file = index === null ? undefined : files[index]
  if (image === undefined || file === undefined) throw missingImage(input.model)
  const { width, height } = input.options.size ?? input
  const task: UpscaleTask = {
    file,
    field: image.path,
    width,
    height,
    scale: askedScale(input) ?? enhancer.defaultScale,
    fit: fitOf(input),
    output: outputChoice(input),
    ...enhancer.restoration(input),
  }
  assertOutputSize(upscaleSize(task, image.info), maxOutputPixels)
  return { task: { kind: 'upscale', args: task }, warnings: explainScale(task, input, image) }
}

/** Krea's switch wins over its factor; both are about growth only where no size is given. */
function askedScale(input: GenerateInput): number | null {
  if (input.fields['upscaling_activated'] === false) return 1
  const scale = input.scale ?? numberIn(input, 'image_scaling_factor') ?? numberIn(input, 'scale')
  if (scale === null || scale > 0) return scale
  throw fieldError('engine_rejected', { path: 'scale', message: `found ${scale}, must be above 0` })
}

function fitOf({ fields }: GenerateInput): UpscaleTask['fit'] {
  if (fields['fit'] === 'letterbox' || fields['fit'] === 'crop') return fields['fit']
  return fields['crop_to_fill'] === true ? 'crop' : 'letterbox'
}

/** A factor beside a size that says something else is not dropped in silence. */
function explainScale(task: UpscaleTask, input: GenerateInput, image: InputImage): Warning[] {
  const asked = askedScale(input)
  if (asked === null || asked === 1 || (task.width === null && task.height === null)) return []
  const { width, height } = upscaleSize(task, image.info)
  if (width === Math.round(image.info.width * asked)) return []
  const path = input.fields['image_scaling_factor'] === undefined ? 'scale' : 'image_scaling_factor'
  const message = `\`${path}\` was not used: the size of ${width} x ${height} that was asked for decides.`
  return [{ code: 'field_overridden', path, message }]
}

/** `jpg` on some models; the option of our own object wins. */
/** `quality` is a number on our own models; elsewhere it is a word of the vendor's, which says nothing about files. */
function outputChoice(input: GenerateInput): OutputChoice {
  const { options, fields } = input
  return {
    format: options.outputFormat ?? toFormat(fields['output_format']),
    quality: options.quality ?? numberIn(input, 'quality'),
  }
}

function toFormat(value: unknown): OutputFormat | null {
  const name = value === 'jpg' ? 'jpeg' : value
  return OUTPUT_FORMATS.find((format) => format === name) ?? null
}

function missingImage(model: string): AfterimageError {
  return new AfterimageError('engine_rejected', `${model} needs an image to work on; send image_url.`)
}
