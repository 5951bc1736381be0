import type { CatalogueModel, EngineOffer } from '../core/ports.ts'

export type Readiness = {
  /** The engine that would run the model now; null when a job would fail for want of one. */
  engine: string | null
  is_draft: boolean
  engines: { id: string; ready: boolean }[]
  /** Variables of which one would make a real engine available; empty when one is. */
  set_to_enable: readonly string[]
}

/**
 * Which engine would serve a model on this server. Looks at what is configured, not at one request: a request
 * may ask for something that only a later engine of the list can do.
 */
export function readinessOf(
  { offers, isDraftEnabled }: { offers: readonly EngineOffer[]; isDraftEnabled: boolean },
  model: Pick<CatalogueModel, 'id' | 'engines' | 'keyVariables'>,
): Readiness {
  const engines = model.engines.map((id) => ({ id, offer: usableOffer(offers, { id, model: model.id }) }))
  const real = engines.find(({ offer }) => offer?.isDraft === false)
  const draft = isDraftEnabled ? engines.find(({ offer }) => offer?.isDraft === true) : undefined
  const chosen = real ?? draft
  return {
    engine: chosen?.id ?? null,
    is_draft: chosen?.offer?.isDraft ?? false,
    engines: engines.map(({ id, offer }) => ({
      id,
      ready: offer !== undefined && (!offer.isDraft || id === chosen?.id),
    })),
    set_to_enable: real === undefined ? model.keyVariables : [],
  }
}

function usableOffer(
  offers: readonly EngineOffer[],
  { id, model }: { id: string; model: string },
): EngineOffer | undefined {
  return offers.find((offer) => offer.id === id && offer.capabilities(model) !== null)
}
