/** Models that stable-diffusion.cpp can run, as data. Field names: api.md of its server, revision 97d2990. */
import type { Capabilities } from '../../core/engine.ts'
import type { SizeLimits } from '../../net/upstream/fit-size.ts'
import type { Endpoint, EndpointModel, FieldRule } from '../endpoint.ts'
import { capabilitiesOf } from '../endpoint.ts'

/** The server's own limits, in steps of the grid of Flux and Z-Image; more than 4 MP fits few cards. */
export const SDCPP_LIMITS: SizeLimits = { step: 16, minSide: 64, maxSide: 4096, maxPixels: 4_194_304 }
/** For results that follow the source: what the models were trained on. */
export const SDCPP_NATURAL: SizeLimits = { ...SDCPP_LIMITS, maxPixels: 1_048_576 }

const STEPS: FieldRule = { to: 'sample_params.sample_steps', min: 1, max: 150 }
const GUIDANCE: FieldRule = { to: 'sample_params.guidance.distilled_guidance' }

/** Names with a dot lie inside objects. */
const COMMON: Omit<Endpoint, 'images' | 'fields'> = {
  path: '/sdcpp/v1/img_gen',
  shape: { kind: 'pixels', limits: SDCPP_LIMITS, write: ({ width, height }) => ({ width, height }) },
  count: { to: 'batch_count', max: 8 },
  seed: { to: 'seed', max: 2 ** 32 - 1 },
  formats: { to: 'output_format', names: { png: 'png', jpeg: 'jpeg', webp: 'webp' } },
}
const FLUX = { steps: STEPS, guidance_scale_flux: GUIDANCE, guidance_scale: GUIDANCE }

function img2img(
  fields: Endpoint['fields'],
  strengthField: 'strength' | 'denoising_strength',
): EndpointModel {
  return {
    endpoints: [
      {
        ...COMMON,
        fields,
        images: [
          { field: 'init_image', isList: false, max: 1, roles: [['source']] },
          { field: 'mask_image', isList: false, max: 1, roles: [['mask']], isOptional: true },
        ],
        strength: { to: 'strength', min: 0, max: 1 },
      },
      { ...COMMON, fields, images: [] },
    ],
    imageFields: ['image_url', 'mask_url'],
    operations: ['edit', 'generate'],
    strengthField,
  }
}

/** By the name in the caller's URL. A server has one of them loaded; the operator says which. */
export const SDCPP_MODELS: Readonly<Record<string, EndpointModel>> = {
  'bfl/flux-1-dev': img2img(FLUX, 'strength'),
  'z-image/z-image': img2img({}, 'denoising_strength'),
  'bfl/flux-1-kontext-dev': {
    endpoints: [
      {
        ...COMMON,
        fields: FLUX,
        images: [{ field: 'ref_images', isList: true, max: 4, roles: [['source', 'style']] }],
      },
    ],
    imageFields: ['image_url', 'style_images'],
    operations: ['edit'],
  },
}

/** Whatever the server has loaded, under a name that the operator chose. */
export const SDCPP_LOADED: EndpointModel = img2img(
  {
    negative_prompt: { to: 'negative_prompt' },
    steps: STEPS,
    guidance_scale: { to: 'sample_params.guidance.txt_cfg' },
  },
  'strength',
)

const REASONS: Readonly<Record<string, string>> = {
  strength: 'this model has no strength; say in the prompt how much shall change',
  styles: 'trained styles exist only on Krea',
  style_images: 'this model takes one picture only',
  image_style_references: 'this model takes one picture only',
  mask_url: 'this model edits the whole picture; say in the prompt which part shall change',
  quality: 'the server chooses the compression',
  precise_edit: 'the image of the server is passed on as it is',
  skip_prompt_expansion: 'prompts are never elaborated here',
}

export function sdcppCapabilities(model: EndpointModel): Capabilities {
  return capabilitiesOf(model, REASONS)
}
