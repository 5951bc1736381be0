/** Edits a picture as the instruction asks, and brings it to the size and format that were asked for. */
import type { GenerateInput, Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import type { Size } from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { runEdit } from '../edit/run-edit.ts'
import { arrangeImages } from '../models/arrange-images.ts'
import { numberIn } from '../models/enhancers.ts'
import { assertOutputSize, hasAskedSize, outputSize } from '../models/output-size.ts'
import { instructionOf } from '../models/instruction.ts'
import type { GenerateTask, TaskResult, TaskRunner } from '../protocol.ts'
import { readMaterials, type Materials } from './edit-materials.ts'
import { writeImage } from './files.ts'
import { fitToSize } from './fit-to-size.ts'
import { explainInexact, mergeMasked } from './mask.ts'
import { createStages, type Stages } from './progress.ts'
import type { RunnerDeps } from './runners.ts'
import { seedsOf } from './seeds.ts'

type Work = { deps: RunnerDeps; task: GenerateTask; materials: Materials; stages: Stages }
type Span = { from: number; to: number }

/** What one seed gave; the steps lead from the stored source to the result. */
type Made = {
  raster: Raster
  recipe: RecipeStep[]
  warnings: Warning[]
  steps: Geometry['steps'][number][]
}

/**
 * Several results have seeds one after the other. Without an asked size the instruction decides it (a crop, a turn).
 * A request with a mask changes nothing outside it.
 */
export function createEditRunner(deps: RunnerDeps): TaskRunner<GenerateTask> {
  return async (task, { scratchDirectory, onProgress }) => {
    const stages = createStages(onProgress)
    const arrangement = arrangeImages(task.input.images)
    const materials = await readMaterials(deps, task, arrangement)
    stages.step('decode', 0, 8)(1)
    const work = { deps, task, materials, stages }
    const seeds = seedsOf(task.input.seed, task.input.count)
    const share = 92 / seeds.length
    const made: Made[] = []
    const outputs: { path: string }[] = []
    for (const [index, seed] of seeds.entries()) {
      const span = { from: 8 + share * index, to: 8 + share * (index + 0.9) }
      const result = await makeOne(work, seed, span)
      outputs.push(await write(work, result, { scratchDirectory, index }))
      stages.step('encode', span.to, 8 + share * (index + 1))(1)
      made.push(result)
    }
    return summarise(work, { outputs, made, seeds, warnings: arrangement.warnings })
  }
}

async function makeOne(work: Work, seed: number, span: Span): Promise<Made> {
  const { materials, stages, task } = work
  const edited = await edit(
    work,
    seed,
    stages.step('edit', span.from, span.from + (span.to - span.from) * 0.8),
  )
  const kept = keepSource(work, edited)
  const target = targetSize(task.input, kept.raster)
  assertOutputSize(target, work.deps.settings.maxOutputPixels)
  const fitted = await fitToSize(kept.raster, target, {
    // A draft is a quick look; the engine's own model takes the time that a good enlargement needs.
    networks: task.isDraft ? null : work.deps.networks,
    onProgress: stages.step('upscale', span.from + (span.to - span.from) * 0.8, span.to),
  })
  const { source, stored } = materials
  const isReduced = source.width !== stored.width
  return {
    raster: fitted.raster,
    recipe: [...kept.recipe, ...fitted.recipe],
    warnings: [...kept.warnings, ...fitted.warnings],
    steps: [
      ...(isReduced ? [{ kind: 'resize', width: source.width, height: source.height }] : []),
      ...kept.steps,
      ...fitted.steps,
    ],
  }
}

async function edit(
  { materials, task }: Work,
  seed: number,
  onProgress: (fraction: number) => void,
): Promise<Made> {
  const { input } = task
  const result = await runEdit(
    {
      raster: materials.source,
      prompt: instructionOf(input),
      seed,
      strength: input.strength ?? numberIn(input, 'denoising_strength'),
      styleImages: materials.styles,
    },
    onProgress,
  )
  const { raster, recipe, warnings, geometrySteps } = result
  return { raster, recipe, warnings, steps: [...geometrySteps] }
}

/** Keeps what lies outside the mask, which needs the picture to be where it was. */
function keepSource({ materials: { source, mask } }: Work, edited: Made): Made {
  if (mask === null) return edited
  if (source.width !== edited.raster.width || source.height !== edited.raster.height)
    return { ...edited, warnings: [...edited.warnings, MASK_MOVED] }
  return {
    ...edited,
    raster: mergeMasked(source, edited.raster, mask),
    recipe: [...edited.recipe, { operation: 'keep_outside_mask' }],
  }
}

const MASK_MOVED: Warning = {
  code: 'unsupported_field',
  path: 'mask_url',
  message: '`mask_url` was not applied, because the instruction changes the size of the picture.',
}

function targetSize(input: GenerateInput, edited: Size): Size {
  return hasAskedSize(input) ? outputSize(input, edited) : edited
}

/** Under a mask the default is a format that keeps every bit. */
function write(
  { task, materials }: Work,
  { raster }: Made,
  to: { scratchDirectory: string; index: number },
): Promise<{ path: string }> {
  const sourceFormat = materials.mask === null ? materials.format : 'png'
  return writeImage(raster, { ...to, choice: task.output, sourceFormat })
}

type Results = {
  outputs: readonly { path: string }[]
  made: readonly Made[]
  seeds: readonly number[]
  warnings: readonly Warning[]
}

function summarise({ materials, task }: Work, { outputs, made, seeds, warnings }: Results): TaskResult {
  const [first] = made
  if (first === undefined) return { outputs, warnings, recipe: [], geometry: null }
  const recipe =
    made.length === 1
      ? first.recipe
      : made.flatMap((one, index) => [{ operation: 'result', index, seed: seeds[index] }, ...one.recipe])
  const { width, height } = first.raster
  return {
    outputs,
    recipe,
    warnings: [...warnings, ...first.warnings, ...explainMask(materials, first, task), ...explainSeeds(made)],
    geometry: { source: materials.stored, output: { width, height }, steps: first.steps },
  }
}

function explainMask({ mask, source }: Materials, { raster }: Made, { output }: GenerateTask): Warning[] {
  return mask === null ? [] : explainInexact({ source, result: raster, format: output.format }, 'mask_url')
}

/** Asked for variety and gave none: better said than left to be found out. */
function explainSeeds([first, ...others]: readonly Made[]): Warning[] {
  if (first === undefined || others.length === 0) return []
  const areEqual = others.every(({ raster }) => Buffer.compare(raster.data, first.raster.data) === 0)
  if (!areEqual) return []
  const message = 'The instruction has no random part, so that all results are equal.'
  return [{ code: 'identical_results', path: 'count', message }]
}
