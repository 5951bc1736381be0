/** Models that AUTOMATIC1111 and Forge can run, as data. Field names: their modules/api. */
import type { Capabilities } from '../../core/engine.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'
import type { Endpoint, EndpointModel, FieldRule } from '../endpoint.ts'
import { capabilitiesOf } from '../endpoint.ts'

export const A1111_LIMITS: SizeLimits = { step: 8, minSide: 64, maxSide: 2048 }
/** For results that follow the source: what the models were trained on. */
export const A1111_NATURAL: SizeLimits = { ...A1111_LIMITS, maxPixels: 1_048_576 }

const STEPS: FieldRule = { to: 'steps', min: 1, max: 150 }
const GUIDANCE: FieldRule = { to: 'cfg_scale', min: 1, max: 30 }

const COMMON: Omit<Endpoint, 'path' | 'images' | 'fields'> = {
  shape: { kind: 'pixels', limits: A1111_LIMITS, write: ({ width, height }) => ({ width, height }) },
  count: { to: 'batch_size', max: 4 },
  seed: { to: 'seed', max: 2 ** 32 - 1 },
  fixed: { send_images: true, save_images: false },
}

function diffusion(
  fields: Endpoint['fields'],
  strengthField: 'strength' | 'denoising_strength',
): EndpointModel {
  return {
    endpoints: [
      {
        ...COMMON,
        path: '/sdapi/v1/img2img',
        fields,
        images: [
          { field: 'init_images', isList: true, max: 1, roles: [['source']] },
          { field: 'mask', isList: false, max: 1, roles: [['mask']], isOptional: true },
        ],
        strength: { to: 'denoising_strength', min: 0, max: 1 },
      },
      { ...COMMON, path: '/sdapi/v1/txt2img', fields, images: [] },
    ],
    imageFields: ['image_url', 'mask_url'],
    operations: ['edit', 'generate'],
    strengthField,
  }
}

const ENHANCE: EndpointModel = {
  endpoints: [
    {
      path: '/sdapi/v1/extra-single-image',
      images: [{ field: 'image', isList: false, max: 1, roles: [['source']] }],
      shape: { kind: 'factor', field: 'upscaling_resize', max: 8 },
      fields: {},
    },
  ],
  imageFields: ['image_url'],
  operations: ['enhance'],
}

/** By the name in the caller's URL. */
export const A1111_MODELS: Readonly<Record<string, EndpointModel>> = {
  'bfl/flux-1-dev': diffusion(
    { steps: STEPS, guidance_scale_flux: GUIDANCE, guidance_scale: GUIDANCE },
    'strength',
  ),
  'z-image/z-image': diffusion({}, 'denoising_strength'),
  'topaz/standard-enhance': ENHANCE,
}

/** Whatever the server can load, under a name that the operator chose. */
export const A1111_LOADED: EndpointModel = diffusion(
  { negative_prompt: { to: 'negative_prompt' }, steps: STEPS, guidance_scale: GUIDANCE },
  'strength',
)

/** Whether a model wants the name of an upscaler; the others want that of a checkpoint. */
export function isUpscaler(model: EndpointModel): boolean {
  return model === ENHANCE
}

const SETTING = 'the upscaler of the server has no such setting'
const REASONS: Readonly<Record<string, string>> = {
  seed: 'an upscaler draws nothing at random',
  strength: SETTING,
  styles: 'trained styles exist only on Krea',
  style_images: 'this engine takes one picture only',
  image_style_references: 'this engine takes one picture only',
  mask_url: 'an upscaler works on the whole picture',
  quality: 'the server sends PNG, which is lossless',
  output_format: 'the server sends PNG',
  precise_edit: 'the image of the server is passed on as it is',
  previews:
    'the server tells of its whole work without names, so that a preview could be of the picture of somebody else',
  skip_prompt_expansion: 'prompts are never elaborated here',
  model: 'the operator chose the upscaler',
  sharpen: SETTING,
  denoise: SETTING,
  fix_compression: SETTING,
  crop_to_fill: SETTING,
  subject_detection: SETTING,
  face_enhancement: SETTING,
  face_enhancement_creativity: SETTING,
  face_enhancement_strength: SETTING,
}

/** An upscaler reads no prompt; the others all do. */
export function a1111Capabilities(model: EndpointModel): Capabilities {
  const capabilities = capabilitiesOf(model, REASONS)
  if (model !== ENHANCE) return capabilities
  return {
    ...capabilities,
    fields: { ...capabilities.fields, prompt: 'unsupported' },
    reasons: { ...REASONS, prompt: 'an upscaler reads no prompt' },
  }
}
