/** Which engines may take over from one that surely was not paid. Pure. */
import { isAfterimageError } from './errors.ts'
import type { GenerateInput, Job, Plan, Warning } from './job.ts'
import { moveLimitWarnings } from './money.ts'
import type { Catalogue, EngineOffer } from './ports.ts'
import type { PlanRequest } from './plan-job.ts'
import { planJob, servingEngines } from './plan-job.ts'

export type FallbackRequest = Omit<PlanRequest, 'engine'> & {
  /** The engines that had their turn. */
  tried: ReadonlySet<string>
  /** What is said already about the fields of the request. */
  warnings: readonly Warning[]
}

/**
 * Plans in the model's order. None of them drops a field that the first engine honoured, and a draft is never among
 * them: it would be another picture than the one that was asked for.
 */
export function planFallbacks({ tried, warnings, ...request }: FallbackRequest): Plan[] {
  const dropped = droppedPaths(warnings)
  return servingEngines(request)
    .filter((engine) => !tried.has(engine))
    .flatMap((engine) => tryPlan({ ...request, engine }) ?? [])
    .filter((plan) => droppedPaths(plan.warnings).isSubsetOf(dropped))
}

export type PlanFallbacks = (job: Job, why: string) => Plan[]

/** For a job that runs: `why` its engine did not, goes into the warnings, in place of those about that engine's fields. */
export function createPlanFallbacks(deps: {
  catalogue: Catalogue
  offers: readonly EngineOffer[]
}): PlanFallbacks {
  return (job, why) => {
    const model = deps.catalogue.find(job.model)
    if (model === null || job.fallback === null) return []
    const tried = new Set([job.engine, ...job.attempts.map(({ engine }) => engine)])
    const { input, warnings } = job
    const plans = planFallbacks({ ...deps, model, input, isDraftEnabled: false, tried, warnings })
    return plans.map((plan) => ({ ...plan, warnings: handOver(job, { why, plan }) }))
  }
}

function handOver({ engine, warnings }: Job, { why, plan }: { why: string; plan: Plan }): Warning[] {
  const message = `${engine} did not make the picture, so the job went to ${plan.engine}: ${why}`
  return [
    ...moveLimitWarnings(warnings, plan).filter(({ code }) => !OF_FIELDS.has(code)),
    ...plan.warnings,
    { code: 'engine_fallback', path: 'engine', message },
  ]
}

/** What planning says about fields; it is said anew for each engine. */
const OF_FIELDS: ReadonlySet<string> = new Set(['unsupported_field', 'emulated_field'])

function droppedPaths(warnings: readonly Warning[]): Set<string> {
  return new Set(warnings.filter(({ code }) => code === 'unsupported_field').map(({ path }) => path))
}

/** Null for an engine that cannot do what is asked: too many images, or a field that must not be dropped. */
function tryPlan(request: PlanRequest & { input: GenerateInput }): Plan | null {
  try {
    return planJob(request)
  } catch (error) {
    if (isAfterimageError(error)) return null
    throw error
  }
}
