/** Enlarges a raster to an exact size. */
import type { Progress, RecipeStep, Warning } from '../../../core/job.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { resizeRaster } from '../../../imaging/resize.ts'
import { keepLowFrequencies, mixRasters } from './colour.ts'
import { enlargeWithNetwork } from './enlarge.ts'
import type { Network, Networks } from './networks.ts'
import { costOf, planUpscale, type Size, type UpscalePlan } from './plan.ts'
import { copyAlpha, fillHiddenColour, isOpaque, withoutAlpha } from './transparency.ts'

export type UpscaleRequest = {
  raster: Raster
  target: Size
  /** 0 stays with the source, 1 invents detail; between them the two results are mixed. */
  creativity: number
}

export type Upscaled = { raster: Raster; recipe: readonly RecipeStep[]; warnings: readonly Warning[] }

export type UpscaleDeps = { networks: Networks; onProgress: (progress: Progress) => void }

type OpenPass = { network: Network; share: number }
type Run = { recipe: RecipeStep[]; onCost: (cost: number) => void }

/**
 * A raster of exactly `target` size. Without onnxruntime-node a centred Lanczos kernel does it, with a warning.
 * Alpha is resized apart from the colours, so that an edge stays where it was.
 */
export async function upscaleRaster(deps: UpscaleDeps, request: UpscaleRequest): Promise<Upscaled> {
  const { raster, target } = request
  const plan = planUpscale(raster, target, request.creativity)
  const passes = await openPasses(deps.networks, plan)
  if (passes === null || passes.length === 0) return resizeOnly(raster, target, passes === null)
  const run: Run = { recipe: [], onCost: createCounter(raster, passes, deps.onProgress) }
  const hasAlpha = !isOpaque(raster)
  const colours = hasAlpha ? withoutAlpha(fillHiddenColour(raster)) : raster
  const mixed = await runPasses(colours, { passes, mixAt: plan.mixAt }, run)
  const enlarged = await resizeStep(mixed, target, run.recipe)
  if (hasAlpha) copyAlpha(await resizeRaster(raster, target.width, target.height), enlarged)
  return { raster: enlarged, recipe: run.recipe, warnings: [] }
}

async function openPasses(networks: Networks, plan: UpscalePlan): Promise<OpenPass[] | null> {
  const passes: OpenPass[] = []
  for (const { network, share } of plan.passes) {
    const opened = await networks.open(network)
    if (opened === null) return null
    passes.push({ network: opened, share })
  }
  return passes
}

async function runPasses(
  source: Raster,
  plan: { passes: readonly OpenPass[]; mixAt: Size },
  run: Run,
): Promise<Raster> {
  let mixed: Raster | null = null
  for (const { network, share } of plan.passes) {
    const enlarged = await resizeStep(await runNetwork(source, network, run), plan.mixAt, run.recipe)
    if (mixed !== null) run.recipe.push({ operation: 'mix', share })
    mixed = mixed === null ? enlarged : mixRasters(mixed, enlarged, share)
  }
  return mixed ?? source
}

async function runNetwork(source: Raster, network: Network, run: Run): Promise<Raster> {
  const cost = costOf(network.id, source)
  const enlarged = await enlargeWithNetwork(source, network, {
    onTile: (_done, total) => run.onCost(cost / total),
  })
  run.recipe.push({ operation: 'enlarge', network: network.id, scale: network.scale })
  if (network.id === 'gans') {
    keepLowFrequencies(enlarged, source, network.scale)
    run.recipe.push({ operation: 'keep_low_frequencies' })
  }
  return enlarged
}

async function resizeStep(raster: Raster, to: Size, recipe: RecipeStep[]): Promise<Raster> {
  if (raster.width === to.width && raster.height === to.height) return raster
  recipe.push({ operation: 'resize', width: to.width, height: to.height })
  return resizeRaster(raster, to.width, to.height)
}

function createCounter(
  source: Size,
  passes: readonly OpenPass[],
  onProgress: UpscaleDeps['onProgress'],
): Run['onCost'] {
  const total = passes.reduce((sum, pass) => sum + costOf(pass.network.id, source), 0)
  const startedAt = performance.now()
  let done = 0
  return (cost) => {
    done += cost
    const share = Math.min(1, done / total)
    const etaMs = Math.round(((performance.now() - startedAt) * (1 - share)) / share)
    onProgress({ stage: 'upscale', percent: Math.round(1000 * share) / 10, etaMs })
  }
}

async function resizeOnly(raster: Raster, target: Size, isDegraded: boolean): Promise<Upscaled> {
  const recipe: RecipeStep[] = []
  const resized = await resizeStep(raster, target, recipe)
  return { raster: resized, recipe, warnings: isDegraded ? [NO_NETWORKS] : [] }
}

const NO_NETWORKS: Warning = {
  code: 'engine_degraded',
  path: 'model',
  message:
    'The neural networks did not run, because onnxruntime-node is not installed here; the picture was enlarged ' +
    'with a Lanczos kernel. Install the package with its optional dependencies to get more detail.',
}
