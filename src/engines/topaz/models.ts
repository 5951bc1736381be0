/**
 * The models that Topaz Labs' image API serves, as data. Sources: developer.topazlabs.com (request parameters, status,
 * models), the vendor's partner nodes in ComfyUI. Defaults are those that Krea documents for a request without the field.
 */
import type { Capabilities, Support } from '../../core/engine.ts'

/** What is sent for a field of the same name; null sends it only when the caller gave it. */
export type Dials = Readonly<Record<string, string | number | boolean | null>>

export type TopazModel = {
  path: '/enhance/async' | '/enhance-gen/async'
  /** The vendor's names that the `model` field may choose from; the first is taken unasked. */
  names: readonly [string, ...string[]]
  dials: Dials
  /** Whether words guide it. */
  hasPrompt: boolean
  hasSeed: boolean
  hasGrain: boolean
  /** Whether `enhancement_strength` is one of three words. */
  hasStrengthWords?: boolean
}

const HALF = 0.5
/** The vendor would restore faces unasked. */
const SUBJECT_AND_FACES: Dials = {
  subject_detection: 'All',
  face_enhancement: false,
  face_enhancement_creativity: HALF,
  face_enhancement_strength: HALF,
}

/** By the name in the caller's URL. */
export const TOPAZ_MODELS: Readonly<Record<string, TopazModel>> = {
  'topaz/standard-enhance': {
    path: '/enhance/async',
    names: ['Standard V2', 'Low Resolution V2', 'CGI', 'High Fidelity V2', 'Text Refine'],
    dials: {
      ...SUBJECT_AND_FACES,
      crop_to_fill: false,
      sharpen: HALF,
      denoise: HALF,
      fix_compression: HALF,
      strength: HALF,
    },
    hasPrompt: false,
    hasSeed: false,
    hasGrain: false,
  },
  'topaz/generative-enhance': {
    path: '/enhance-gen/async',
    names: ['Redefine', 'Recovery', 'Recovery V2', 'Reimagine'],
    dials: {
      ...SUBJECT_AND_FACES,
      crop_to_fill: false,
      creativity: 3,
      texture: 3,
      sharpen: HALF,
      denoise: HALF,
      detail: HALF,
    },
    hasPrompt: true,
    hasSeed: true,
    hasGrain: false,
  },
  'topaz/bloom-enhance': {
    path: '/enhance-gen/async',
    names: ['Reimagine'],
    dials: { crop_to_fill: false, creativity: 3, face_preservation: false, color_preservation: false },
    hasPrompt: true,
    hasSeed: false,
    hasGrain: false,
  },
  'topaz/bloom-2-enhance': {
    path: '/enhance-gen/async',
    names: ['Bloom 2'],
    dials: { crop_to_fill: false, creativity: null, color_preservation: false, autoprompt: null },
    hasPrompt: true,
    hasSeed: true,
    hasGrain: true,
  },
  'topaz/wonder-35-enhance': {
    path: '/enhance-gen/async',
    names: ['Wonder 3.5'],
    dials: { crop_to_fill: false },
    hasPrompt: false,
    hasSeed: false,
    hasGrain: true,
    hasStrengthWords: true,
  },
}

export const GRAIN_DIALS = ['grain_model', 'grain_density', 'grain_size', 'grain_strength'] as const

const REASONS: Readonly<Record<string, string>> = {
  prompt: 'this model of Topaz reads no prompt',
  seed: 'this model of Topaz takes no seed',
  output_format: 'Topaz makes jpeg and png',
  quality: 'Topaz chooses the compression',
  face_preservation: 'Topaz documents it for the first Bloom only',
  reference_uri: "Topaz' API documents no reference picture",
  mask_url: 'Topaz treats the whole picture alike',
  precise_edit: 'Topaz treats the whole picture alike',
}

export function topazCapabilities(model: TopazModel): Capabilities {
  const when = (isThere: boolean): Support => (isThere ? 'native' : 'unsupported')
  const grain = when(model.hasGrain)
  return {
    operations: ['enhance', 'upscale'],
    // A reference picture or a mask may come along; it has no effect.
    maxImages: 2,
    outputFormats: ['jpeg', 'png'],
    fields: {
      ...Object.fromEntries(Object.keys(model.dials).map((dial) => [dial, 'native' as const])),
      ...Object.fromEntries(['grain', ...GRAIN_DIALS].map((dial) => [dial, grain])),
      image_url: 'native',
      model: 'native',
      width: 'native',
      height: 'native',
      size: 'native',
      scale: 'native',
      upscaling_activated: 'native',
      image_scaling_factor: 'native',
      output_format: 'native',
      prompt: when(model.hasPrompt),
      seed: when(model.hasSeed),
      enhancement_strength: when(model.hasStrengthWords === true),
    },
    reasons: REASONS,
  }
}
