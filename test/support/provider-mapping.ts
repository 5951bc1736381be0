/**
 * How each model travels to its vendors, as of November 2026: the upstream's own id, and the name under which each wire
 * field goes on. From the vendors' documents; kept apart from the adapters, so that the two can be compared.
 */

export type Mapping = {
  model: string
  engine: string
  /** In the path or the body of the call. */
  upstream: string
  /** Wire field to the name in the call. */
  fields: Readonly<Record<string, string>>
}

const KONTEXT = { image_url: 'image_url', seed: 'seed' }
const NANO = { image_urls: 'inlineData', aspect_ratio: 'aspectRatio' }
const FAL_EDIT = { image_urls: 'image_urls' }
const SEEDREAM = { style_images: 'image', width: 'size' }
const GPT = { image_urls: 'image', style_images: 'image[]', width: 'size', quality: 'quality' }

export const PROVIDER_MAPPING: readonly Mapping[] = [
  {
    model: 'bfl/flux-1-dev',
    engine: 'sdcpp',
    upstream: 'img_gen',
    fields: {
      image_url: 'init_image',
      strength: 'strength',
      seed: 'seed',
      steps: 'sample_steps',
      guidance_scale_flux: 'distilled_guidance',
      width: 'width',
    },
  },
  {
    model: 'bfl/flux-1-dev',
    engine: 'fal',
    upstream: 'fal-ai/flux/dev/image-to-image',
    fields: {
      image_url: 'image_url',
      strength: 'strength',
      seed: 'seed',
      steps: 'num_inference_steps',
      guidance_scale_flux: 'guidance_scale',
    },
  },
  {
    model: 'bfl/flux-1-dev',
    engine: 'replicate',
    upstream: 'black-forest-labs/flux-dev',
    fields: {
      image_url: 'image',
      strength: 'prompt_strength',
      seed: 'seed',
      steps: 'num_inference_steps',
      guidance_scale_flux: 'guidance',
    },
  },
  {
    model: 'bfl/flux-1-kontext-dev',
    engine: 'bfl',
    upstream: 'flux-kontext-pro',
    fields: { image_url: 'input_image', style_images: 'input_image_2', width: 'aspect_ratio', seed: 'seed' },
  },
  {
    model: 'bfl/flux-1-kontext-dev',
    engine: 'fal',
    upstream: 'fal-ai/flux-kontext/dev',
    fields: { ...KONTEXT, steps: 'num_inference_steps', guidance_scale_flux: 'guidance_scale' },
  },
  {
    model: 'bfl/flux-1-kontext-dev',
    engine: 'replicate',
    upstream: 'black-forest-labs/flux-kontext-pro',
    fields: { image_url: 'input_image', seed: 'seed' },
  },
  {
    model: 'bfl/flux-1-kontext-dev',
    engine: 'sdcpp',
    upstream: 'img_gen',
    fields: { image_url: 'ref_images', seed: 'seed' },
  },
  {
    model: 'google/nano-banana-pro',
    engine: 'google',
    upstream: 'gemini-3-pro-image',
    fields: { ...NANO, resolution: 'imageSize', width: 'aspectRatio' },
  },
  {
    model: 'google/nano-banana-pro',
    engine: 'fal',
    upstream: 'fal-ai/nano-banana-pro/edit',
    fields: { ...FAL_EDIT, aspect_ratio: 'aspect_ratio', resolution: 'resolution' },
  },
  { model: 'google/nano-banana-pro', engine: 'replicate', upstream: 'google/nano-banana-pro', fields: {} },
  {
    model: 'google/nano-banana-2',
    engine: 'google',
    upstream: 'gemini-nano-banana-2.1',
    fields: { ...NANO, resolution: 'imageSize' },
  },
  { model: 'google/nano-banana-2', engine: 'fal', upstream: 'fal-ai/nano-banana-2/edit', fields: FAL_EDIT },
  { model: 'google/nano-banana', engine: 'google', upstream: 'gemini-3.1-flash-lite-image', fields: NANO },
  { model: 'google/nano-banana', engine: 'fal', upstream: 'fal-ai/nano-banana/edit', fields: FAL_EDIT },
  {
    model: 'bytedance/seedream-4',
    engine: 'byteplus',
    upstream: 'seedream-4-0-250828',
    fields: SEEDREAM,
  },
  {
    model: 'bytedance/seedream-4',
    engine: 'fal',
    upstream: 'fal-ai/bytedance/seedream/v4/edit',
    fields: { style_images: 'image_urls', width: 'image_size', seed: 'seed' },
  },
  { model: 'bytedance/seedream-4', engine: 'replicate', upstream: 'bytedance/seedream-4', fields: {} },
  {
    model: 'bytedance/seedream-5-lite',
    engine: 'byteplus',
    upstream: 'seedream-5-0-260128',
    fields: SEEDREAM,
  },
  {
    model: 'bytedance/seedream-5-lite',
    engine: 'fal',
    upstream: 'fal-ai/bytedance/seedream/v5/lite/edit',
    fields: { style_images: 'image_urls' },
  },
  {
    model: 'bytedance/seededit',
    engine: 'byteplus',
    upstream: 'seededit-3-0-i2i-250628',
    fields: { image_url: 'image', seed: 'seed' },
  },
  { model: 'openai/gpt-image', engine: 'openai', upstream: 'gpt-image-2.5-flare', fields: GPT },
  { model: 'openai/gpt-image-2', engine: 'openai', upstream: 'gpt-image-2', fields: GPT },
  {
    model: 'ideogram/ideogram-3',
    engine: 'ideogram',
    upstream: 'ideogram-v3',
    fields: {
      seed: 'seed',
      character_reference_images: 'character_reference_images',
      style_images: 'style_reference_images',
      width: 'resolution',
    },
  },
  {
    model: 'runway/gen-4-image',
    engine: 'runway',
    upstream: 'gen4_image',
    fields: { reference_images: 'referenceImages', width: 'ratio', seed: 'seed', prompt: 'promptText' },
  },
  { model: 'runway/gen-4-image', engine: 'replicate', upstream: 'runwayml/gen4-image', fields: {} },
  {
    model: 'luma/uni-1',
    engine: 'luma',
    upstream: 'uni-1',
    fields: {
      width: 'aspect_ratio',
      style: 'style',
      output_format: 'output_format',
      web_search: 'web_search',
      style_images: 'image_ref',
    },
  },
  {
    model: 'qwen/2512',
    engine: 'fal',
    upstream: 'fal-ai/qwen-image-2512',
    fields: {
      negative_prompt: 'negative_prompt',
      width: 'image_size',
      num_inference_steps: 'num_inference_steps',
      cfg_scale: 'guidance_scale',
      seed: 'seed',
    },
  },
  {
    model: 'qwen/2512',
    engine: 'dashscope',
    upstream: 'qwen-image',
    fields: { negative_prompt: 'negative_prompt', seed: 'seed', skip_prompt_expansion: 'prompt_extend' },
  },
  {
    model: 'z-image/z-image',
    engine: 'sdcpp',
    upstream: 'img_gen',
    fields: { image_url: 'init_image', denoising_strength: 'strength', seed: 'seed' },
  },
  {
    model: 'topaz/standard-enhance',
    engine: 'topaz',
    upstream: '/enhance/async',
    fields: { width: 'output_width', height: 'output_height', output_format: 'output_format' },
  },
]

/** The engine that is taken first where every key is set, by model. */
export const DEFAULT_ENGINES: Readonly<Record<string, string>> = {
  'bfl/flux-1-dev': 'comfyui',
  'bfl/flux-1-kontext-dev': 'bfl',
  'google/nano-banana-pro': 'google',
  'google/nano-banana-2': 'google',
  'google/nano-banana': 'google',
  'bytedance/seedream-4': 'byteplus',
  'bytedance/seedream-5-lite': 'byteplus',
  'bytedance/seededit': 'byteplus',
  'openai/gpt-image': 'openai',
  'openai/gpt-image-2': 'openai',
  'ideogram/ideogram-3': 'ideogram',
  'runway/gen-4-image': 'runway',
  'luma/uni-1': 'luma',
  'qwen/2512': 'fal',
  'topaz/standard-enhance': 'topaz',
}
