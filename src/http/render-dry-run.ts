import type { DryRun } from '../core/submit-job.ts'
import { renderCost } from '../wire/render.ts'

/** What a submit would do: where it would run and who might take over, what each costs, what would not be honoured. */
export function renderDryRun(
  model: { id: string },
  { plan, input, fallbacks }: Awaited<ReturnType<DryRun>>,
): Readonly<Record<string, unknown>> {
  return {
    dry_run: true,
    model: model.id,
    engine: plan.engine,
    cost: renderCost(plan.estimate),
    warnings: plan.warnings,
    routes: [plan, ...fallbacks].map(({ engine, estimate }) => ({ engine, cost: renderCost(estimate) })),
    sources: input.images.map(({ path, bytes, info }) => ({
      path,
      bytes,
      format: info.format,
      width: info.width,
      height: info.height,
    })),
  }
}
