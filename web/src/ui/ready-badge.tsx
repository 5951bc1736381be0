import type { ModelCard } from '../server/models.ts'
import { readinessOf } from '../server/models.ts'

const TEXTS = { ready: 'ready', draft: 'draft: no key', missing: 'needs a key' }

/** Whether the model itself would run, the built-in engine in its place, or nothing. */
export function ReadyBadge({ model }: { model: ModelCard }) {
  const readiness = readinessOf(model)
  return (
    <span className={`badge ${readiness}`} title={explain(model)}>
      {TEXTS[readiness]}
    </span>
  )
}

/** The way out, in the server's own words. */
export function explain(model: ModelCard): string {
  if (readinessOf(model) === 'ready') {
    const fault = model.engines.find(({ id }) => id === model.engine)?.fault ?? null
    return `Runs on ${model.engine ?? ''}.${fault === null ? '' : ` Last time, ${fault.message}.`}`
  }
  const why = model.reason === null ? '' : ` ${model.reason}.`
  if (readinessOf(model) === 'draft') return `The built-in engine stands in for ${model.name}.${why}`
  return `${model.name} cannot run here yet.${why}`
}
