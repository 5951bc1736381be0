/** What makes images. Adapters translate; retries, downloads, journal and deadlines live in run-job. */
import type { Emulation } from './emulation.ts'
import type {
  Cost,
  GenerateInput,
  Geometry,
  InputImage,
  Operation,
  OutputFormat,
  Progress,
  RecipeStep,
  RunningStatus,
  Warning,
} from './job.ts'

/** Stands in for a model whose own engines cannot run here. What it makes is told from the model's own work everywhere. */
export const DRAFT_ENGINE = 'afterimage/draft'

/** How an engine treats one aspect of a request. */
export type Support = 'native' | 'emulated' | 'unsupported'

/** Machine-readable contract of one model on one engine. */
export type Capabilities = {
  operations: readonly Operation[]
  /** Input images in all; more are an error at submit. */
  maxImages: number
  outputFormats: readonly OutputFormat[]
  /**
   * Treatment of each wire field by name. A field that is not listed is unsupported: plan-job turns it
   * into a warning or an error, so nothing is dropped in silence.
   */
  fields: Readonly<Record<string, Support>>
  /** Ends the sentence "`styles` is not supported by …: "; by field name. */
  reasons?: Readonly<Record<string, string>>
}

/** Names an upstream job; stored in the row before the first poll. JSON values only. */
export type Handle = Readonly<Record<string, unknown>>

/** Bytes an engine made, before we check and store them. A `file` is moved or copied, then removed by us. */
export type EngineOutput = { kind: 'bytes'; bytes: Uint8Array } | { kind: 'file'; path: string }

export type EngineResult = {
  outputs: readonly EngineOutput[]
  warnings: readonly Warning[]
  recipe: readonly RecipeStep[] | null
  geometry: Geometry | null
  cost: Cost | null
}

export type EngineStatus =
  | {
      state: 'running'
      status: RunningStatus
      progress: Progress | null
      /** How long the upstream wants not to be asked, in milliseconds; the runner's own pause when absent. */
      pollAfterMs?: number
      /**
       * Resolves when the engine heard, by another way than this poll, that asking again is worth it at once; never
       * rejects, and need not resolve: then the pause is the usual one. Each poll brings a new one.
       */
      news?: Promise<void>
    }
  | ({ state: 'completed' } & EngineResult)

/** An unfinished picture. Its format is read from the bytes, whatever the upstream calls it. */
export type EnginePreview = { bytes: Uint8Array }

export type EngineRequest = { jobId: string; input: GenerateInput }

export type EngineContext = {
  /** Fires on cancel, lost lease, deadline and shutdown. */
  signal: AbortSignal
  onProgress: (status: RunningStatus, progress: Progress) => void
  /**
   * Takes a picture while the job runs; at any rate, of any size, never throws. Absent: nobody wants one, so none is
   * asked for where that costs anything. Engines that call it list `previews` among their fields.
   */
  onPreview?: (preview: EnginePreview) => void
  /** A local file with the stored bytes of an input; valid until the attempt ends. Never write to it. */
  imagePath: (image: InputImage) => Promise<string>
  /** An empty folder for this attempt; removed by us when it ends. */
  scratchDirectory: string
  /**
   * Writes into the journal that the one billable call is about to be made; for a repeatable engine it does nothing.
   * Awaited as the very last thing before that call: inputs are made and uploaded before, so that a crash or a cancel
   * during those is known to have cost nothing.
   * @throws AfterimageError `lease_expired`: the call must not be made; the reason of `signal` when that has fired
   */
  announceCall: () => Promise<void>
}

export type FinishRequest = {
  /** What the engine made. */
  file: string
  /** Number of the result, from 0. */
  index: number
  emulation: Emulation
}
export type FinishContext = Pick<EngineContext, 'signal' | 'scratchDirectory' | 'imagePath'>
export type FinishedPicture = {
  path: string
  size: { width: number; height: number }
  recipe: readonly RecipeStep[]
  steps: Geometry['steps']
  warnings: readonly Warning[]
}

export type Engine = {
  /** `afterimage/local`, `google/gemini` … shown in the job. */
  id: string
  kind: 'async' | 'sync'
  /** True: may be run again after a crash. False: an unanswered submit ends as `outcome_unknown`. */
  isRepeatable: boolean
  /** Slots are counted per queue. */
  queue: string
  /** Null when this engine cannot serve the model at all. */
  capabilities: (model: string) => Capabilities | null
  /** Where its calls go; absent for an engine that calls nobody. */
  origin?: string
  /** What the vendor calls the model that serves ours; null where the engine has no such name. */
  upstreamId?: (model: string) => string | null
  /**
   * Another value whenever the same request would be made by something else than before: another upstream model or
   * address, another workflow, another version of ours. Results are taken again only under the value that made them.
   */
  revision?: (model: string) => string | null | Promise<string | null>
  /**
   * Exactly one billable call, never retried inside. A sync engine answers `completed`. `upstreamId` is shown to people,
   * who may have to ask the upstream about it.
   * @throws AfterimageError `engine_*`, `input_unreadable`, `out_of_memory`, `cancelled`
   */
  submit: (
    request: EngineRequest,
    context: EngineContext,
  ) => Promise<{ handle: Handle | null; status: EngineStatus; upstreamId?: string }>
  poll?: (handle: Handle, context: EngineContext) => Promise<EngineStatus>
  cancel?: (handle: Handle, context: EngineContext) => Promise<'cancelled' | 'too_late'>
  /** Looks for a submit whose answer was lost; null when none is found. */
  recover?: (request: EngineRequest, context: EngineContext) => Promise<Handle | null>
  estimate?: (input: GenerateInput) => Cost
  /** What a run of this input is sure to warn about; `on_unsupported: error` refuses it before it is accepted. Pure and quick. */
  foresee?: (input: GenerateInput) => readonly Warning[]
  /** Another value once its key is another; never the key itself. Null while there is none. */
  credential?: () => string | null
  /**
   * A job is likely to come soon: whoever starts slowly may start now. Never waits, never fails.
   * @param scratchRoot folder of the scratch directories of the attempts to come
   */
  warmUp?: (scratchRoot: string) => void
  /**
   * Our own work on a picture that another engine made; only an engine that works on pixels here has it.
   * Writes into the scratch directory and answers the path.
   * @throws AfterimageError `input_unreadable`, `input_too_large`, `out_of_memory`, `cancelled`, `engine_crashed`
   */
  finish?: (request: FinishRequest, context: FinishContext) => Promise<FinishedPicture>
  /**
   * Writes a stored picture anew so that every browser shows it: whole, upright, sRGB, JPEG or WebP.
   * Answers the path, which lies in the scratch directory and ends with the format.
   * @throws AfterimageError `input_unreadable`, `out_of_memory`, `cancelled`, `engine_crashed`
   */
  preview?: (file: string, context: Pick<EngineContext, 'signal' | 'scratchDirectory'>) => Promise<string>
  close?: () => Promise<void>
}
