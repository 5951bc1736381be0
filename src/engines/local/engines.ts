/** The built-in engine as two engines: `afterimage/local` under its own name, `afterimage/draft` as a stand-in. */
import { availableParallelism } from 'node:os'
import { DRAFT_ENGINE } from '../../core/engine.ts'
import type { Capabilities, Engine, EngineContext, EngineRequest, EngineResult } from '../../core/engine.ts'
import type { Cost, GenerateInput } from '../../core/job.ts'
import { DEFAULT_MAX_PIXELS } from '../../imaging/probe.ts'
import { findEnhancer } from './models/enhancers.ts'
import { foreseeEdit } from './models/instruction.ts'
import { DEFAULT_MAX_OUTPUT_PIXELS } from '../../core/output-limits.ts'
import { toTask } from './models/to-task.ts'
import { GENERATIVE_FIELDS, OUTPUT_OPTIONS, toCapabilities, WORDED_QUALITY } from './models/treatments.ts'
import { WEIGHTS_DIRECTORY } from './onnx/manifest.ts'
import { defaultMaxRssBytes } from './pool/memory.ts'
import type { PrepareImage } from '../../net/upstream/inputs.ts'
import { createLocalRevision } from './revision.ts'
import { createFinishPicture } from './finish-picture.ts'
import { createProcessPool, type ProcessPool } from './pool/process-pool.ts'
import { createPrepareImage, createPreview } from './prepare-image.ts'

export type LocalEnginesOptions = {
  /** Folder with the networks' weights; default: the package's own. */
  weightsDirectory?: string
  /** Pixel processes at most; default: half the cores, at least 1. Each uses all cores while a network runs. */
  processes?: number
  /** Most pixels of an input; default 50 MP. */
  maxPixels?: number
  /** Most pixels of a result; default 67 MP. More is refused before work begins. */
  maxOutputPixels?: number
  /** Resident memory at which a pixel process is killed; default: half of what there is, 1 to 3 GB. */
  maxRssBytes?: number
  /** Longest time of one task; default 10 minutes. */
  deadlineMs?: number
  /** How long a process without work is kept; default 60 s. */
  idleMs?: number
  /** Told what pixel processes write to stderr, for the operator's log. */
  onDiagnostic?: (text: string) => void
}

export type LocalEngines = {
  local: Engine
  draft: Engine
  /** Makes inputs fit for engines elsewhere, in the same pixel processes. */
  prepareImage: PrepareImage
  /** Ends every pixel process; running jobs end with `unavailable`. */
  close: () => Promise<void>
}

export const LOCAL_ENGINE_ID = 'afterimage/local'

/** Pictures of one request; more gain nothing here and cost memory. */
const MAX_IMAGES = 16
const FREE: Cost = { microUsd: 0, basis: 'local', computeUnits: 0 }
/** `provider/model`, as the catalogue writes it. */
const MODEL_ID = /^[a-z0-9][a-z0-9.-]*(?:\/[a-z0-9][a-z0-9.-]*)+$/u
const WORDED_QUALITY_MODELS = /^(?:openai|xai)\//u

/** Both engines share one pool and one queue, because they share the same cores. Nothing is forked until a job comes or is expected. */
export function createLocalEngines(options: LocalEnginesOptions = {}): LocalEngines {
  const { idleMs, deadlineMs, onDiagnostic } = options
  const maxOutputPixels = options.maxOutputPixels ?? DEFAULT_MAX_OUTPUT_PIXELS
  const weightsDirectory = options.weightsDirectory ?? WEIGHTS_DIRECTORY
  const revision = createLocalRevision(weightsDirectory)
  const pool = createProcessPool({
    size: options.processes ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    settings: {
      weightsDirectory,
      maxPixels: options.maxPixels ?? DEFAULT_MAX_PIXELS,
      maxOutputPixels,
      maxRssBytes: options.maxRssBytes ?? defaultMaxRssBytes(),
    },
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    ...(onDiagnostic === undefined ? {} : { onDiagnostic }),
  })
  const create = (engine: Pick<Engine, 'id' | 'capabilities'> & { isDraft: boolean }): Engine => ({
    id: engine.id,
    kind: 'sync',
    isRepeatable: true,
    queue: 'local',
    capabilities: engine.capabilities,
    estimate: () => FREE,
    revision,
    foresee: foreseeEdit,
    submit: async (request, context) => {
      const planned = { isDraft: engine.isDraft, maxOutputPixels }
      const result = await runTask(pool, { request, context, ...planned })
      return { handle: null, status: { state: 'completed', ...result } }
    },
    warmUp: (scratchRoot) => pool.warmUp(scratchRoot),
    preview: createPreview(pool),
    finish: createFinishPicture(pool),
    close: () => pool.close(),
  })
  return {
    local: create({ id: LOCAL_ENGINE_ID, capabilities: localCapabilities, isDraft: false }),
    draft: create({ id: DRAFT_ENGINE, capabilities: draftCapabilities, isDraft: true }),
    prepareImage: createPrepareImage(pool),
    close: () => pool.close(),
  }
}

type Run = {
  request: EngineRequest
  context: EngineContext
  isDraft: boolean
  maxOutputPixels: number
}

async function runTask(pool: ProcessPool, run: Run): Promise<EngineResult> {
  const { request, context, isDraft, maxOutputPixels } = run
  const { input } = request
  const files = await Promise.all(input.images.map((image) => context.imagePath(image)))
  const { task, warnings } = toTask({ input, files, isDraft, maxOutputPixels })
  const result = await pool.run(task, {
    signal: context.signal,
    scratchDirectory: context.scratchDirectory,
    onProgress: (progress) => context.onProgress('processing', progress),
  })
  return {
    outputs: result.outputs.map(({ path }) => ({ kind: 'file', path })),
    warnings: [...warnings, ...result.warnings],
    recipe: result.recipe,
    geometry: result.geometry,
    cost: FREE,
  }
}

/** The engine's own models; null for all others. */
export function localCapabilities(model: string): Capabilities | null {
  if (model === 'afterimage/upscale') return enhanceCapabilities(model)
  if (model !== 'afterimage/edit') return null
  return toCapabilities(EDIT_OPERATIONS, { maxImages: MAX_IMAGES }, [
    GENERATIVE_FIELDS,
    { native: ['scale'] },
    OUTPUT_OPTIONS,
  ])
}

/** Every model of another provider, generative or not. */
export function draftCapabilities(model: string): Capabilities | null {
  if (!MODEL_ID.test(model) || model.startsWith('afterimage/')) return null
  const enhance = enhanceCapabilities(model)
  if (enhance !== null) return enhance
  const quality = WORDED_QUALITY_MODELS.test(model) ? [WORDED_QUALITY] : []
  return toCapabilities([...EDIT_OPERATIONS, 'generate'], { maxImages: MAX_IMAGES }, [
    GENERATIVE_FIELDS,
    OUTPUT_OPTIONS,
    ...quality,
  ])
}

const EDIT_OPERATIONS = ['edit', 'stylize', 'style_transfer', 'vary'] as const

function enhanceCapabilities(model: GenerateInput['model']): Capabilities | null {
  const enhancer = findEnhancer(model)
  if (enhancer === null) return null
  // A scene image is admitted, so that its field ends as a warning and not as a refusal.
  return toCapabilities(['upscale', 'enhance'], { maxImages: 2 }, [...enhancer.treatments, OUTPUT_OPTIONS])
}
