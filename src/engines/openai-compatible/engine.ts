import type { Capabilities, Engine, Support } from '../../core/engine.ts'
import { UNKNOWN_COST } from '../../net/upstream/cost.ts'
import { createSyncEngine } from '../../net/upstream/sync-engine.ts'
import type { HomeEngineOptions } from '../home.ts'
import { bearer, HOME_COST, toHomeOptions } from '../home.ts'
import { readCompatibleAnswer, readCompatibleVerdict } from './answer.ts'
import type { CompatibleModel } from './request.ts'
import { toCompatibleCall } from './request.ts'

export type CompatibleEngineOptions = HomeEngineOptions & {
  /** Several servers need several names. */
  id?: string
  /** By the name in the caller's URL. */
  models: Readonly<Record<string, CompatibleModel>>
  /** True for the operator's own hardware: no price, and a job may be run again after a crash. */
  isHome?: boolean
}

const MAX_IMAGE_BYTES = 50_000_000 - 1
const MAX_IMAGES = 16

const NATIVE = [
  'prompt',
  'image_url',
  'image_urls',
  'style_images',
  'reference_images',
  'mask_url',
  'count',
  'width',
  'height',
  'size',
  'aspect_ratio',
  'resolution',
]
const REASONS: Readonly<Record<string, string>> = {
  seed: 'the images API takes no seed',
  strength: 'the images API has no strength; say in the prompt how much shall change',
  styles: 'trained styles exist only on Krea',
  quality: 'servers of this kind disagree about the words for it',
  output_format: 'servers of this kind send what they like',
  precise_edit: 'the image of the upstream is passed on as it is',
}
const CAPABILITIES: Capabilities = {
  operations: ['edit', 'generate'],
  maxImages: MAX_IMAGES,
  outputFormats: [],
  fields: Object.fromEntries([
    ...Object.keys(REASONS).map((name): [string, Support] => [name, 'unsupported']),
    ...NATIVE.map((name): [string, Support] => [name, 'native']),
  ]),
  reasons: REASONS,
}

/** Any server with `/images/edits` in the form of OpenAI's: LocalAI, sd-server, LiteLLM and others. */
export function createCompatibleEngine(options: CompatibleEngineOptions): Engine {
  const { id = 'openai-compatible', models, isHome = false } = options
  return createSyncEngine<CompatibleModel>(
    {
      id,
      queue: id,
      vendor: `The server of ${id}`,
      secretVariable: 'AFTERIMAGE_OPENAI_COMPATIBLE_KEY',
      origin: options.origin,
      isRepeatable: isHome,
      authorize: bearer,
      models,
      capabilities: () => CAPABILITIES,
      imageNeeds: { formats: ['png', 'jpeg', 'webp'], maxBytes: MAX_IMAGE_BYTES, mask: 'transparent' },
      toCall: toCompatibleCall,
      read: ({ answer }) => readCompatibleAnswer(answer, options.origin),
      readVerdict: readCompatibleVerdict,
      estimate: () => (isHome ? HOME_COST : UNKNOWN_COST),
    },
    toHomeOptions(options),
  )
}
