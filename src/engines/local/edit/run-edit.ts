/** Runs an instruction on a picture: the grammar's steps one after the other, and nothing that was not asked for. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Geometry, RecipeStep, Warning } from '../../../core/job.ts'
import type { Raster } from '../../../imaging/raster.ts'
import { EFFECTS } from '../effects/index.ts'
import { parseInstruction, type PlannedStep } from '../grammar/parse-instruction.ts'
import type { PixelOperation } from '../operation.ts'
import { OPERATIONS } from '../operations/index.ts'
import { mixWithSource } from '../tasks/mask.ts'
import { transferColours } from './colour-transfer.ts'
import { reachedValues } from './asked-size.ts'
import { costOf } from './costs.ts'
import { geometryStepsOf, type GeometryStep } from './geometry-steps.ts'
import { warnings } from './warnings.ts'

export type EditRequest = {
  raster: Raster
  prompt: string | null
  /** Unsigned 32-bit. The same request with the same seed gives the same pixels on one machine type. */
  seed: number
  /** 0 to 1: how much of the edited picture shows; null or absent is all of it. Geometry is never halved. */
  strength?: number | null
  /** They lend their colours, mixed by strength (0 to 1, null is 1), in order, before the instruction runs. */
  styleImages?: readonly { raster: Raster; strength: number | null }[]
}

export type EditResult = {
  raster: Raster
  /** What ran, with every value. */
  recipe: RecipeStep[]
  warnings: Warning[]
  geometrySteps: Geometry['steps']
}

/** `current` is the result so far; `base` is what strength mixes it with, moved alike. */
type State = {
  current: Raster
  base: Raster
  recipe: RecipeStep[]
  warnings: Warning[]
  geometry: GeometryStep[]
}

/**
 * Never pretends: a clause that is not an operation comes back as a warning, and when nothing was understood
 * the picture is returned as it is.
 * @param onProgress 0 to 1 over the whole edit, never falling
 */
export async function runEdit(
  request: EditRequest,
  onProgress: (fraction: number) => void,
): Promise<EditResult> {
  const { steps, unresolved } = parseInstruction(request.prompt ?? '')
  const styles = request.styleImages ?? []
  const { raster } = request
  const state: State = { current: raster, base: raster, recipe: [], warnings: [], geometry: [] }
  state.warnings.push(...unresolved.map(warnings.notDone))
  if (steps.length === 0 && styles.length === 0) state.warnings.push(warnings.unchanged(request.prompt))
  const report = createReport(
    [...styles.map(() => 'style_colours'), ...steps.map(({ operation }) => operation)],
    onProgress,
  )
  for (const [index, style] of styles.entries()) {
    applyStyle(state, style, index)
    report(1)
    await nextTurn()
  }
  for (const step of steps) {
    applyStep(state, step, { request, onProgress: report })
    report(1)
    // Lets progress messages out and lets a watchdog's questions in.
    await nextTurn()
  }
  settle(state, request.strength ?? 1)
  if (isMixed(request) && steps.length + styles.length > 0)
    state.recipe.push({ operation: 'mix', strength: request.strength })
  return {
    raster: state.current,
    recipe: state.recipe,
    warnings: state.warnings,
    geometrySteps: state.geometry,
  }
}

/** `report(fraction)` speaks of the step that is running; 1 moves on to the next. */
function createReport(
  operations: readonly string[],
  onProgress: (fraction: number) => void,
): (fraction: number) => void {
  const costs = operations.map(costOf)
  const total = costs.reduce((sum, cost) => sum + cost, 0)
  let [index, done] = [0, 0]
  return (fraction) => {
    const cost = costs[index] ?? 0
    onProgress(Math.min(1, (done + cost * Math.min(1, Math.max(0, fraction))) / total))
    if (fraction < 1) return
    done += cost
    index += 1
  }
}

function applyStyle(state: State, style: { raster: Raster; strength: number | null }, index: number): void {
  const strength = style.strength ?? 1
  if (strength <= 0) {
    state.warnings.push(warnings.styleWithoutEffect(index))
    return
  }
  const share = Math.min(1, strength)
  state.current = transferColours(state.current, style.raster, share)
  state.recipe.push({ operation: 'style_colours', image: index, strength: share })
}

type Running = { request: EditRequest; onProgress: (fraction: number) => void }

function applyStep(state: State, step: PlannedStep, { request, onProgress }: Running): void {
  const operation = findOperation(step.operation)
  if (operation === undefined) {
    state.warnings.push(warnings.missing(step))
    return
  }
  const values = { ...operation.defaults, ...step.values }
  // The end of a step is reported once, by the caller.
  const context = {
    seed: request.seed,
    onProgress: (fraction: number) => onProgress(Math.min(0.99, fraction)),
  }
  const before = state.current
  const moved = MOVING.has(operation.name)
  if (moved) settle(state, request.strength ?? 1)
  const after = operation.apply(state.current, values, context)
  if (isSame(before, after)) {
    state.warnings.push(warnings.noEffect(step))
    return
  }
  const reached = reachedValues({ operation: operation.name, values, before, after })
  if (reached !== null) state.warnings.push(warnings.sizeLimited(step, after))
  state.recipe.push({ operation: operation.name, ...(reached ?? values) })
  state.geometry.push(...geometryStepsOf({ operation: operation.name, values, before: state.current, after }))
  state.current = after
  if (moved) state.base = after
}

/** Steps after which the source no longer lies under the picture. */
const MOVING: ReadonlySet<string> = new Set([
  'crop',
  'crop_to_aspect',
  'trim',
  'rotate',
  'straighten',
  'flip',
  'scale',
  'resize',
  'extend',
  'border',
  'instant_frame',
  'letterbox',
  'rounded_corners',
  'transparent_background',
  'background_colour',
  'product_stage',
  'room_stage',
])

/** Mixes what was done since the last movement, and takes the mixture as the new ground. */
function settle(state: State, strength: number): void {
  const isAligned = state.base.width === state.current.width && state.base.height === state.current.height
  if (strength < 1 && isAligned && state.base !== state.current)
    state.current = mixWithSource(state.base, state.current, Math.max(0, strength))
  state.base = state.current
}

function isMixed({ strength }: EditRequest): boolean {
  return strength !== null && strength !== undefined && strength < 1
}

function findOperation(name: string): PixelOperation | undefined {
  return (
    OPERATIONS.find((operation) => operation.name === name) ?? EFFECTS.find((effect) => effect.name === name)
  )
}

function isSame(before: Raster, after: Raster): boolean {
  if (before === after) return true
  return (
    before.width === after.width &&
    before.height === after.height &&
    Buffer.compare(before.data, after.data) === 0
  )
}
