/** Where a job goes when nothing can run its model: it is accepted, then failed with the way out. */
import type { Engine } from './engine.ts'
import { AfterimageError } from './errors.ts'
import type { Catalogue } from './ports.ts'

export const UNCONFIGURED_ENGINE = 'none'
/** A queue of its own, so that such jobs fail at once and do not wait behind pictures. */
export const UNCONFIGURED_QUEUE = 'none'

/** An engine that fails each job with `engine_not_configured` and names the variables that would help. */
export function createUnconfiguredEngine(catalogue: Catalogue): Engine {
  return {
    id: UNCONFIGURED_ENGINE,
    kind: 'sync',
    isRepeatable: true,
    queue: UNCONFIGURED_QUEUE,
    capabilities: () => null,
    submit: ({ input }) => Promise.reject(notConfigured(input.model, catalogue)),
  }
}

function notConfigured(model: string, catalogue: Catalogue): AfterimageError {
  const variables = catalogue.find(model)?.keyVariables ?? []
  const way = variables.length === 0 ? '' : `set ${variables.join(' or ')}, or `
  return new AfterimageError(
    'engine_not_configured',
    `No engine is configured for ${model}: ${way}set AFTERIMAGE_DRAFT=on to get a draft from the built-in engine.`,
  )
}
