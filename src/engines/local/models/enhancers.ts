/** What each enhance model of other providers becomes here: sizes, two networks and three classical filters. */
import type { GenerateInput } from '../../../core/job.ts'
import type { UpscaleTask } from '../protocol.ts'
import { ENHANCE_FIELDS, type Treatments } from './treatments.ts'

type Restoration = Pick<UpscaleTask, 'creativity' | 'denoise' | 'deblock' | 'sharpen'>

export type Enhancer = {
  /** Factor when a request names neither size nor factor. */
  defaultScale: number
  treatments: readonly Treatments[]
  restoration: (input: GenerateInput) => Restoration
}

/**
 * Networks sharpen the squares of a JPEG as if they were detail. The filter finds them by itself and leaves
 * every other picture alone, so that it may always run before a generative network.
 */
const BEFORE_GENERATIVE = { denoise: 0, deblock: 0.5, sharpen: 0 }
/** The vendor's default is 0.5 for its own, softer networks; after ours it draws grain into calm areas. */
const UNASKED_SHARPEN = 0
const BLEND =
  'it sets the share of the generative network, between a faithful enlargement and one with invented detail'

/** Creativity 1 to `most` as 0 to 1; the documented default is 3. */
function levels(input: GenerateInput, most: number): number {
  return unit(((numberIn(input, 'creativity') ?? input.creativity ?? 3) - 1) / (most - 1))
}

const STANDARD: Enhancer = {
  defaultScale: 1,
  treatments: [
    ENHANCE_FIELDS,
    {
      native: ['sharpen', 'denoise', 'fix_compression'],
      emulated: {
        model: '"Low Resolution V2" takes the generative network, every other name the faithful one',
      },
    },
  ],
  restoration: (input) => ({
    creativity: input.fields['model'] === 'Low Resolution V2' ? 1 : 0,
    denoise: unitIn(input, 'denoise', 0.5),
    deblock: unitIn(input, 'fix_compression', 0.5),
    sharpen: unitIn(input, 'sharpen', UNASKED_SHARPEN),
  }),
}

const GENERATIVE: Enhancer = {
  defaultScale: 1,
  treatments: [ENHANCE_FIELDS, { native: ['sharpen', 'denoise'], emulated: { creativity: BLEND } }],
  restoration: (input) => ({
    creativity: levels(input, 6),
    denoise: unitIn(input, 'denoise', 0.5),
    deblock: BEFORE_GENERATIVE.deblock,
    sharpen: unitIn(input, 'sharpen', UNASKED_SHARPEN),
  }),
}

const BLOOM: Enhancer = {
  defaultScale: 1,
  treatments: [ENHANCE_FIELDS, { native: ['color_preservation'], emulated: { creativity: BLEND } }],
  restoration: (input) => ({ ...BEFORE_GENERATIVE, creativity: levels(input, 9) }),
}

const WONDER: Enhancer = {
  defaultScale: 1,
  treatments: [ENHANCE_FIELDS, { native: [], emulated: { enhancement_strength: BLEND } }],
  restoration: (input) => ({ ...BEFORE_GENERATIVE, creativity: unitIn(input, 'enhancement_strength', 0.5) }),
}

const KREA: Enhancer = {
  defaultScale: 2,
  treatments: [
    ENHANCE_FIELDS,
    {
      native: ['sharpness'],
      emulated: {
        ai_strength: BLEND,
        resemblance_strength: 'it lowers the share of the generative network',
      },
    },
  ],
  restoration: (input) => ({
    ...BEFORE_GENERATIVE,
    creativity: unitIn(input, 'ai_strength', 0.5) * (1 - unitIn(input, 'resemblance_strength', 0) / 2),
    sharpen: unitIn(input, 'sharpness', 0),
  }),
}

/** Our own model: everything by its own name, nothing done that was not asked for. */
const AFTERIMAGE: Enhancer = {
  defaultScale: 2,
  treatments: [
    {
      // `crop_to_fill` is Krea's name for what `fit` says.
      native: 'image_url width height scale creativity fit crop_to_fill denoise deblock sharpen'.split(' '),
      unsupported: {
        prompt: 'the upscaler does not read prompts; use afterimage/edit',
        strength: 'use creativity',
        style: 'use afterimage/edit',
        style_images: 'use afterimage/edit',
        mask_url: 'the upscaler treats the whole picture alike',
        precise_edit: 'the upscaler treats the whole picture alike',
        count: 'the result has no random part; all would be equal',
      },
    },
  ],
  restoration: (input) => ({
    creativity: input.creativity ?? numberIn(input, 'creativity'),
    denoise: unitIn(input, 'denoise', 0),
    deblock: unitIn(input, 'deblock', 0),
    sharpen: unitIn(input, 'sharpen', 0),
  }),
}

const ENHANCERS: Readonly<Record<string, Enhancer>> = {
  'afterimage/upscale': AFTERIMAGE,
  'topaz/standard-enhance': STANDARD,
  'topaz/generative-enhance': GENERATIVE,
  'topaz/bloom-enhance': BLOOM,
  'topaz/bloom-2-enhance': BLOOM,
  'topaz/wonder-35-enhance': WONDER,
  'krea/enhance': KREA,
  'krea/legacy-enhance': KREA,
}

/** Null for models that are not enhancers. A newer one of a known family is treated like its sisters. */
export function findEnhancer(model: string): Enhancer | null {
  const known = Object.hasOwn(ENHANCERS, model) ? ENHANCERS[model] : undefined
  if (known !== undefined) return known
  return /(?:^topaz\/|enhance|upscal)/u.test(model) ? WONDER : null
}

/** A number among the caller's own fields. */
export function numberIn({ fields }: GenerateInput, name: string): number | null {
  const value = fields[name]
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function unitIn(input: GenerateInput, name: string, fallback: number): number {
  return unit(numberIn(input, name) ?? fallback)
}

function unit(value: number): number {
  return Math.min(1, Math.max(0, value))
}
