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

/** The way out, with the names to set. */
export function explain(model: ModelCard): string {
  const names = model.set_to_enable.join(' or ')
  if (readinessOf(model) === 'ready') return `Runs on ${model.engine ?? ''}.`
  if (readinessOf(model) === 'draft')
    return `The built-in engine stands in for ${model.name}. Set ${names} on the server for the model itself.`
  return `${model.name} cannot run here yet: set ${names} on the server and start it again.`
}
