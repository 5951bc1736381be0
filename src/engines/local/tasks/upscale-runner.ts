/** Enlarges and restores one picture. */
import type { Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import { cropBox, ratioOf, scaleBy, type Box, type Size } from '../../../imaging/geometry.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { assertOutputSize, upscaleSize } from '../models/output-size.ts'
import type { PixelOperation } from '../operation.ts'
import type { TaskRunner, UpscaleTask } from '../protocol.ts'
import { deblock } from '../restore/deblock.ts'
import { denoise } from '../restore/denoise.ts'
import { sharpen } from '../restore/sharpen.ts'
import { affordNetworks } from '../upscale/afford.ts'
import { defaultCreativity, growth } from '../upscale/plan.ts'
import { upscaleRaster } from '../upscale/upscale.ts'
import { addBars, cropRaster } from './canvas.ts'
import { readImage, writeImage } from './files.ts'
import { hasSameAspect } from './fit-to-size.ts'
import { createStages, type Stages } from './progress.ts'
import type { RunnerDeps } from './runners.ts'

type Work = {
  deps: RunnerDeps
  stages: Stages
  recipe: RecipeStep[]
  warnings: Warning[]
  steps: Geometry['steps'][number][]
}

/** Decode, deblock, denoise, crop, enlarge, sharpen, bars, encode; what has no effect leaves no trace in the recipe. */
export function createUpscaleRunner(deps: RunnerDeps): TaskRunner<UpscaleTask> {
  return async (task, context) => {
    const stages = createStages(context.onProgress)
    const work: Work = { deps, stages, recipe: [], warnings: [], steps: [] }
    const { raster: source, info } = await readImage(task, { maxPixels: deps.settings.maxPixels })
    const target = upscaleSize(task, source)
    assertOutputSize(target, deps.settings.maxOutputPixels)
    stages.step('decode', 0, 5)(1)
    const clean = restore(work, source, task)
    const placed = place(task, clean, target)
    const enlarged = await enlarge(work, cut(work, clean, placed.crop), { ...placed.inner, task })
    const sharp = run(work, enlarged, { operation: sharpen, amount: task.sharpen, from: 88, to: 93 })
    const finished = extend(work, sharp, { bars: placed.bars, target })
    stages.step('encode', 93, 96)(1)
    const choice = { scratchDirectory: context.scratchDirectory, index: 0, choice: task.output }
    const output = await writeImage(finished, { ...choice, sourceFormat: info.format })
    stages.step('encode', 96, 100)(1)
    const geometry = { source: sizeOf(source), output: sizeOf(finished), steps: work.steps }
    return { outputs: [output], warnings: work.warnings, recipe: work.recipe, geometry }
  }
}

/** `inner` is the size of the picture itself; `bars` says where it lies on the canvas, null without bars. */
type Placing = { crop: Box | null; inner: Size; bars: Box | null }

function place(task: UpscaleTask, source: Size, target: Size): Placing {
  if (hasSameAspect(source, target)) return { crop: null, inner: target, bars: null }
  if (task.fit === 'crop') return { crop: cropBox(source, ratioOf(target)), inner: target, bars: null }
  const inner = scaleBy(source, Math.min(target.width / source.width, target.height / source.height))
  const left = Math.floor((target.width - inner.width) / 2)
  const top = Math.floor((target.height - inner.height) / 2)
  return { crop: null, inner, bars: { left, top, ...inner } }
}

function restore(work: Work, source: Raster, task: UpscaleTask): Raster {
  const smooth = run(work, source, { operation: deblock, amount: task.deblock, from: 5, to: 7 })
  return run(work, smooth, { operation: denoise, amount: task.denoise, from: 7, to: 12 })
}

type Filter = { operation: PixelOperation; amount: number; from: number; to: number }

function run({ recipe, stages }: Work, raster: Raster, filter: Filter): Raster {
  const { operation, amount, from, to } = filter
  if (amount <= 0) return raster
  const onProgress = stages.step(operation.name, from, to)
  const result = operation.apply(raster, { amount }, { seed: 0, onProgress })
  recipe.push({ operation: operation.name, amount })
  return result
}

function cut(work: Work, raster: Raster, box: Box | null): Raster {
  if (box === null) return raster
  work.steps.push({ kind: 'crop', ...box })
  work.recipe.push({ operation: 'crop', ...box })
  return cropRaster(raster, box)
}

async function enlarge(
  work: Work,
  raster: Raster,
  { task, width, height }: Size & { task: UpscaleTask },
): Promise<Raster> {
  const target = { width, height }
  const wanted = task.creativity ?? defaultCreativity(raster, target)
  const { creativity, warnings } = affordNetworks(raster, wanted)
  const isResized = width !== raster.width || height !== raster.height
  if (isResized) work.steps.push({ kind: 'resize', ...target })
  if (creativity === null || (growth(raster, target) <= 1 && creativity === 0)) {
    if (isResized) work.recipe.push({ operation: 'resize', ...target })
    if (growth(raster, target) > 1) work.warnings.push(...warnings)
    return resizeRaster(raster, width, height)
  }
  work.warnings.push(...warnings)
  const { deps, stages } = work
  const report = stages.step('upscale', 12, 88)
  const upscaled = await upscaleRaster(
    { networks: deps.networks, onProgress: ({ percent }) => report(percent / 100) },
    { raster, target: enhancedSize(raster, target), creativity },
  )
  work.recipe.push(...upscaled.recipe)
  work.warnings.push(...upscaled.warnings)
  return reduce(work, upscaled.raster, target)
}

/** Without growth the networks still add detail when they work at twice the size and are reduced again. */
function enhancedSize(source: Size, target: Size): Size {
  return growth(source, target) > 1 ? target : scaleBy(target, 2)
}

function reduce(work: Work, raster: Raster, target: Size): Promise<Raster> {
  if (raster.width !== target.width || raster.height !== target.height)
    work.recipe.push({ operation: 'resize', ...target })
  return resizeRaster(raster, target.width, target.height)
}

function extend(work: Work, raster: Raster, { bars, target }: { bars: Box | null; target: Size }): Raster {
  if (bars === null) return raster
  const step = { ...target, left: bars.left, top: bars.top }
  work.steps.push({ kind: 'extend', ...step })
  work.recipe.push({ operation: 'letterbox', ...step })
  return addBars(raster, bars, target)
}

function sizeOf({ width, height }: Size): Size {
  return { width, height }
}
