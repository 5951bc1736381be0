import type { Engine } from '../core/engine.ts'
import type { EngineOffer } from '../core/ports.ts'
import { DRAFT_ENGINE } from './engine-list.ts'

/** An engine as planning sees it. */
export function toOffer({ id, queue, capabilities, estimate }: Engine): EngineOffer {
  return { id, queue, isDraft: id === DRAFT_ENGINE, capabilities, estimate: estimate ?? null }
}
