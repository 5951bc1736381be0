/** Whether a model would run on this server now, on what, and if not, why and what to set. */
import type { Model } from '../catalogue/index.ts'
import { askedOperations } from '../catalogue/index.ts'
import type { EngineView } from '../core/engine-view.ts'
import type { EngineOffer } from '../core/ports.ts'
import { canServe, servedOperations } from '../core/served-operations.ts'
import { renderKeyFault } from '../wire/render-engine.ts'
import { findRetired } from '../core/retired-ids.ts'

type EngineReadiness = {
  id: string
  ready: boolean
  /** Why it would not run the model; null when it would. */
  reason: string | null
  /** The setting that makes it available; null where there is none to set. */
  variable: string | null
  /** What the vendor last said against its key; null while nothing is known. */
  fault: { at: string; message: string } | null
  /** Whether it hands over unfinished pictures while it works, where a request asks for them. */
  previews: boolean
  /** Whether it keeps to a mask; where it does not, one is a warning, or done by us on its result. */
  masks: boolean
  /** The vendor ends the model, or has ended it; null as far as nobody knows of an end. */
  retirement: { upstream_id: string; since: string; replacement: string } | null
}

export type Readiness = {
  /** What an engine of this server would do for the model; what the model can be asked for while there is none. */
  operations: readonly string[]
  /** The engine that would run the model now; null when a job would fail for want of one. */
  engine: string | null
  is_draft: boolean
  /** `ready` on an engine of its own, `draft` on the built-in engine in its place, `missing` on none. */
  readiness: 'ready' | 'draft' | 'missing'
  /** Whether the engine that would run it now shows previews. */
  previews: boolean
  /** Whether the engine that would run it now keeps to a mask. */
  masks: boolean
  /** Why no engine of its own would run it; null when one would. */
  reason: string | null
  engines: readonly EngineReadiness[]
  /** Variables of which one would make a real engine available; empty when one is. */
  set_to_enable: readonly string[]
}

export type ReadinessScene = {
  offers: readonly EngineOffer[]
  isDraftEnabled: boolean
  /** Whether a moderation sees results before their callers do: then nobody sees previews. */
  isModerated: boolean
  /** Every engine that this version knows, as it is now. */
  views: readonly EngineView[]
}

/**
 * Which engine would serve a model on this server. Looks at what is configured, not at one request: a request
 * may ask for something that only a later engine of the list can do.
 */
export function readinessOf(
  { offers, isDraftEnabled, isModerated, views }: ReadinessScene,
  model: Model,
): Readiness {
  const engines = model.engines.map((id) => ({ id, offer: usableOffer(offers, { id, model }) }))
  const real = engines.find(({ offer }) => offer?.isDraft === false)
  const draft = isDraftEnabled ? engines.find(({ offer }) => offer?.isDraft === true) : undefined
  const chosen = real ?? draft
  const told = engines.map(({ id, offer }): EngineReadiness => {
    const view = views.find((candidate) => candidate.id === id)
    const isUsable = offer !== undefined && (!offer.isDraft || id === chosen?.id)
    const more = {
      variable: view?.variable ?? null,
      fault: renderKeyFault(view?.fault ?? null),
      previews: isUsable && !isModerated && givesPreviews(offer, model.id),
      masks: isUsable && keepsToMasks(offer, model.id),
      retirement: retirementOf(offers, id, model.id),
    }
    return { id, ready: isUsable, reason: isUsable ? null : whyNot(view, offer), ...more }
  })
  const isDraft = chosen?.offer?.isDraft ?? false
  const now = told.find(({ id }) => id === chosen?.id)
  return {
    operations: servedOperations({ model, asked: askedOperations(model), offers, isDraftEnabled }),
    engine: chosen?.id ?? null,
    is_draft: isDraft,
    readiness: chosen === undefined ? 'missing' : isDraft ? 'draft' : 'ready',
    previews: now?.previews ?? false,
    masks: now?.masks ?? false,
    reason: real === undefined ? reasonOf(told, views) : null,
    engines: told,
    set_to_enable: real === undefined ? model.keyVariables : [],
  }
}

function givesPreviews({ capabilities }: EngineOffer, model: string): boolean {
  return capabilities(model)?.fields['previews'] === 'native'
}

function keepsToMasks({ capabilities }: EngineOffer, model: string): boolean {
  return (capabilities(model)?.fields['mask_url'] ?? 'unsupported') !== 'unsupported'
}

function whyNot(view: EngineView | undefined, offer: EngineOffer | undefined): string {
  if (offer?.isDraft === true && view?.isReady === true) return 'it stands in only where no other is ready'
  if (view === undefined || view.isReady) return 'it does not serve this model on this server'
  return view.reason ?? 'it is not ready'
}

/** Of the engine that is asked first: its key is the one to get. */
function reasonOf(engines: readonly EngineReadiness[], views: readonly EngineView[]): string {
  const first = engines.find(({ id }) => views.find((view) => view.id === id)?.kind !== 'built_in')
  if (first?.reason == null) return 'it has no engine of its own here'
  return `${views.find(({ id }) => id === first.id)?.title ?? first.id}: ${first.reason}`
}

function retirementOf(
  offers: readonly EngineOffer[],
  id: string,
  model: string,
): EngineReadiness['retirement'] {
  const upstream = offers.find((offer) => offer.id === id)?.upstreamId?.(model) ?? null
  const retired = upstream === null ? null : findRetired(upstream)
  if (retired?.engine !== id) return null
  return { upstream_id: retired.id, since: retired.since, replacement: retired.model }
}

function usableOffer(
  offers: readonly EngineOffer[],
  { id, model }: { id: string; model: Model },
): EngineOffer | undefined {
  const asked = askedOperations(model)
  return offers.find((offer) => offer.id === id && canServe(offer, { model, asked }))
}
