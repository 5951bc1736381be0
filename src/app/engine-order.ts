import type { EngineOrder } from '../catalogue/index.ts'
import type { Config } from '../config.ts'
import { RESPONSES_ENGINE } from './engine-list.ts'

/** Whoever chose a model for the Responses API wants it to draw; routes are more exact, and have the last word. */
export function engineOrderOf(config: Pick<Config, 'routes' | 'openAiResponsesModel'>): EngineOrder {
  return {
    routes: config.routes,
    preferred: config.openAiResponsesModel === null ? [] : [RESPONSES_ENGINE],
  }
}
