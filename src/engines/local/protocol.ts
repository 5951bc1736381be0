/**
 * What the parent and a pixel process say to each other. Pictures travel as file paths, never as bytes:
 * a megabyte over IPC is serialised twice and blocks the server's loop.
 */
import type { ErrorCode } from '../../core/errors.ts'
import type { GenerateInput, Geometry, OutputFormat, Progress, RecipeStep, Warning } from '../../core/job.ts'
import type { MaskNeeds } from '../../net/upstream/inputs.ts'

/** Format and quality of a result; null leaves the choice to `chooseFormat`. */
export type OutputChoice = { format: OutputFormat | null; quality: number | null }

/** Enlarges one picture. */
export type UpscaleTask = {
  /** Path of the stored source image. */
  file: string
  /** Wire field of the source image, for messages (`image_url`). */
  field: string
  /** Exact size of the result; null on one side keeps the aspect, null on both uses `scale`. */
  width: number | null
  height: number | null
  /** Factor on both sides, above 0; ignored when a size is given. */
  scale: number
  /** 0 stays with the source, 1 invents detail; null takes what suits the growth. */
  creativity: number | null
  /** How a size of another aspect is reached. */
  fit: 'crop' | 'letterbox'
  /** 0 to 1 each; 0 does nothing. Applied before (denoise, deblock) and after (sharpen) the enlargement. */
  denoise: number
  deblock: number
  sharpen: number
  output: OutputChoice
}

/** A request that the instruction grammar serves: with pictures an edit, without one a card. */
export type GenerateTask = {
  input: GenerateInput
  /** Local files of `input.images`, in the same order. */
  files: readonly string[]
  /** True on a generative model without an engine: the result must say so. */
  isDraft: boolean
  output: OutputChoice
}

/** Makes an input fit for another engine: upright, sRGB, without metadata, in a format and size that it takes. */
export type PrepareTask = {
  file: string
  /** Wire field of the image, for messages. */
  field: string
  /** Name of the result without its ending; several inputs of one attempt share a folder. */
  name: string
  /** Formats that the other engine takes, best first. */
  formats: readonly OutputFormat[]
  maxBytes: number
  /** Redraws a mask; null for every other picture. */
  mask: MaskNeeds
}

/** Our own work on a picture that another engine made. */
export type FinishTask = {
  file: string
  /** Number of the result, from 0. */
  index: number
  /** What lies outside the mask comes from the source. */
  merge: { source: string; mask: string } | null
  size: { width: number; height: number } | null
  aspectRatio: string | null
  resolution: string | null
  output: OutputChoice
}

/** Each kind of task with its arguments. JSON values only. */
export type Tasks = {
  upscale: UpscaleTask
  edit: GenerateTask
  card: GenerateTask
  prepare: PrepareTask
  finish: FinishTask
}
export type TaskKind = keyof Tasks
export type Task = { [Kind in TaskKind]: { kind: Kind; args: Tasks[Kind] } }[TaskKind]

/** What a task gives back. The files lie in the scratch directory; the caller moves them. */
export type TaskResult = {
  outputs: readonly { path: string }[]
  warnings: readonly Warning[]
  recipe: readonly RecipeStep[]
  geometry: Geometry | null
}

/** What a task may use besides its arguments. Cancelling is the parent's kill, so there is no signal. */
export type TaskContext = {
  /** An empty folder for the results of this task. */
  scratchDirectory: string
  /** At most a few times a second; a tile or a step each. */
  onProgress: (progress: Progress) => void
}

export type TaskRunner<Args> = (args: Args, context: TaskContext) => Promise<TaskResult>
/** Every kind must have its runner, so that a new kind without one does not compile. */
export type TaskRunners = { [Kind in TaskKind]: TaskRunner<Tasks[Kind]> }

export type ParentMessage = { type: 'run'; task: Task; scratchDirectory: string }

export type ChildMessage =
  | { type: 'progress'; progress: Progress }
  | { type: 'completed'; result: TaskResult }
  | { type: 'failed'; error: TaskFailure }

/** An AfterimageError as data; `issues` keeps the field that was at fault. */
export type TaskFailure = {
  code: ErrorCode
  message: string
  issues: readonly { path: string; message: string; code: string }[]
}
