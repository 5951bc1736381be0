/**
 * The models that Runway's API serves, as data. Sources: types of @runwayml/sdk 4.20.1, docs.dev.runwayml.com; the list
 * of sizes as in four public clients of 2026.
 */
import type { Capabilities } from '../../core/engine.ts'
import type { Size } from '../../imaging/geometry.ts'

export type RunwayModel = {
  upstream: string
  maxImages: number
  sizes: readonly Size[]
  /** Of one image whatever its size; null where the size decides. */
  credits: number | null
}

const SIZES: readonly (readonly [width: number, height: number])[] = [
  [1024, 1024],
  [1080, 1080],
  [1168, 880],
  [1360, 768],
  [1440, 1080],
  [1080, 1440],
  [1808, 768],
  [1920, 1080],
  [1080, 1920],
  [2112, 912],
  [1280, 720],
  [720, 1280],
  [720, 720],
  [960, 720],
  [720, 960],
  [1680, 720],
]

const ALL_SIZES: readonly Size[] = SIZES.map(([width, height]) => ({ width, height }))

/** By the name in the caller's URL. Turbo wants at least one reference, says the vendor. */
export const RUNWAY_MODELS: Readonly<Record<string, RunwayModel>> = {
  'runway/gen-4-image': { upstream: 'gen4_image', maxImages: 3, sizes: ALL_SIZES, credits: null },
  'runway/gen-4-image-turbo': { upstream: 'gen4_image_turbo', maxImages: 3, sizes: ALL_SIZES, credits: 2 },
}

const REASONS: Readonly<Record<string, string>> = {
  output_format: 'Runway chooses the format',
  quality: 'Runway chooses the compression',
  count: 'Runway makes one image for each call',
  strength: 'Runway composes from references and has no strength',
  mask_url: 'Runway takes no mask; say in the prompt which part shall change',
  precise_edit: 'the image of the upstream is passed on as it is',
}

export function runwayCapabilities({ upstream, maxImages }: RunwayModel): Capabilities {
  return {
    operations: upstream === 'gen4_image_turbo' ? ['edit'] : ['edit', 'generate'],
    maxImages,
    outputFormats: [],
    fields: {
      prompt: 'native',
      image_url: 'native',
      image_urls: 'native',
      reference_images: 'native',
      width: 'native',
      height: 'native',
      size: 'native',
      aspect_ratio: 'native',
      resolution: 'native',
      seed: 'native',
    },
    reasons: REASONS,
  }
}
