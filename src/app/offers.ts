import type { Engine } from '../core/engine.ts'
import type { EngineOffer } from '../core/ports.ts'
import { DRAFT_ENGINE } from '../core/engine.ts'

/** An engine as planning sees it. */
export function toOffer({
  id,
  queue,
  capabilities,
  estimate,
  foresee,
  upstreamId,
  revision,
}: Engine): EngineOffer {
  const isDraft = id === DRAFT_ENGINE
  return {
    id,
    queue,
    isDraft,
    capabilities,
    estimate: estimate ?? null,
    foresee,
    revision,
    upstreamId: upstreamId ?? (() => null),
  }
}
