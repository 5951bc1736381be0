import type { Engine } from '../../core/engine.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import type { UpstreamEngineOptions } from '../../net/upstream/engine-options.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import { readDashScopeAnswer, readDashScopeVerdict } from './answer.ts'
import type { DashScopeModel } from './models.ts'
import { DASHSCOPE_MODELS, dashScopeCapabilities } from './models.ts'
import { toDashScopeCall } from './request.ts'

/** The vendor says: up to 10 MB. */
const MAX_IMAGE_BYTES = 10_000_000

/**
 * Alibaba's DashScope: one call that answers with addresses, good for 24 hours. Cannot be resumed. Keys are per region;
 * those of Beijing need `AFTERIMAGE_DASHSCOPE_BASE_URL=https://dashscope.aliyuncs.com/api/v1`.
 */
export function createDashScopeEngine(options: UpstreamEngineOptions): Engine {
  return createSyncEngine<DashScopeModel>(
    {
      id: 'dashscope',
      queue: 'dashscope',
      vendor: 'DashScope',
      secretVariable: 'DASHSCOPE_API_KEY',
      origin: 'https://dashscope-intl.aliyuncs.com/api/v1',
      authorize: (secret) => ({ authorization: `Bearer ${secret}` }),
      models: DASHSCOPE_MODELS,
      capabilities: dashScopeCapabilities,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES },
      toCall: toDashScopeCall,
      read: ({ answer }) => readDashScopeAnswer(answer),
      readVerdict: readDashScopeVerdict,
      estimate: () => UNKNOWN_COST,
    },
    options,
  )
}
