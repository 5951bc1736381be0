/** How the built-in engine treats each wire field, kept as data so that no field can be forgotten in silence. */
import type { Capabilities, Support } from '../../../core/engine.ts'
import { OUTPUT_FORMATS, type Operation } from '../../../core/job.ts'

/** What happens to fields by wire name; a reason ends the sentence "`steps` has no effect on …: ". */
export type Treatments = {
  native: readonly string[]
  emulated?: Readonly<Record<string, string>>
  unsupported?: Readonly<Record<string, string>>
}

/** Capabilities as plan-job reads them. Later tables win over earlier ones. */
export function toCapabilities(
  operations: readonly Operation[],
  limits: { maxImages: number },
  tables: readonly Treatments[],
): Capabilities {
  const fields: Record<string, Support> = {}
  const reasons: Record<string, string> = {}
  const set = (name: string, support: Support, reason: string | null): void => {
    fields[name] = support
    if (reason === null) delete reasons[name]
    else reasons[name] = reason
  }
  for (const { native, emulated = {}, unsupported = {} } of tables) {
    for (const name of native) set(name, 'native', null)
    for (const [name, reason] of Object.entries(emulated)) set(name, 'emulated', reason)
    for (const [name, reason] of Object.entries(unsupported)) set(name, 'unsupported', reason)
  }
  return { operations, maxImages: limits.maxImages, outputFormats: OUTPUT_FORMATS, fields, reasons }
}

/** Members of the `afterimage` object that every model of this engine honours. */
export const OUTPUT_OPTIONS: Treatments = { native: ['output_format', 'quality', 'size', 'seed'] }

const NO_SAMPLING = 'the built-in engine computes the picture directly and does not sample it'
const NO_REWRITING = 'the built-in engine takes the prompt as it is'
const NO_LORA = 'the built-in engine has no network that a LoRA could change'
const NO_SCENES = 'the built-in engine does not invent content'
const NO_FACES = 'the built-in engine does not look for faces'
const NO_REGIONS = 'the built-in engine treats the whole picture alike'
const NO_GRAIN = 'the built-in engine adds no grain here; an edit with "film grain" does'

/** Fields of generative models that mean something only to a network that paints. */
export const GENERATIVE_FIELDS: Treatments = {
  native: [
    'prompt',
    'image_url',
    'image_urls',
    'style_images',
    'image_style_references',
    'width',
    'height',
    'aspect_ratio',
    'resolution',
    'strength',
    'denoising_strength',
    'style',
    'count',
    'mask_url',
    'precise_edit',
  ],
  emulated: {
    reference_images:
      'the first is edited as the source if there is no other, the rest only give their colours',
    character_reference_images:
      'the first is edited as the source if there is no other, the rest only give their colours',
  },
  unsupported: {
    steps: NO_SAMPLING,
    num_inference_steps: NO_SAMPLING,
    guidance_scale: NO_SAMPLING,
    guidance_scale_flux: NO_SAMPLING,
    cfg_scale: NO_SAMPLING,
    negative_prompt: NO_SCENES,
    raw: NO_SCENES,
    mode: NO_SCENES,
    creativity: NO_SCENES,
    intensity: NO_SCENES,
    complexity: NO_SCENES,
    movement: NO_SCENES,
    styles: NO_LORA,
    moodboards: 'moodboards live at Krea; send their pictures as style_images',
    web_search: 'the built-in engine never goes to the network',
    skip_prompt_expansion: NO_REWRITING,
    background: 'ask for it in the prompt ("remove the background")',
  },
}

/** Models whose own `quality` is a word; ours is a number. */
export const WORDED_QUALITY: Treatments = {
  native: [],
  emulated: { quality: 'a number from 1 to 100 sets the encoder; words like "high" change nothing' },
}

/** Fields of all enhance models: size and fit are real, the rest says why not. */
export const ENHANCE_FIELDS: Treatments = {
  native: ['image_url', 'width', 'height', 'image_scaling_factor', 'upscaling_activated', 'crop_to_fill'],
  unsupported: {
    prompt: 'the built-in upscaler does not read prompts',
    autoprompt: 'the built-in upscaler does not read prompts',
    model: 'this model has one way of working here',
    subject_detection: NO_REGIONS,
    face_enhancement: NO_FACES,
    face_enhancement_creativity: NO_FACES,
    face_enhancement_strength: NO_FACES,
    face_preservation: NO_FACES,
    grain: NO_GRAIN,
    grain_density: NO_GRAIN,
    grain_model: NO_GRAIN,
    grain_size: NO_GRAIN,
    grain_strength: NO_GRAIN,
    texture: 'creativity alone decides how much detail is invented',
    detail: 'creativity alone decides how much detail is invented',
    strength: 'it belongs to the vendor\'s "Text Refine" network',
    reference_uri: 'the built-in upscaler looks at the source only',
    clarity_strength: 'use sharpness',
    rescale_color: 'the colours of wide areas are always kept',
    scene_image_url: NO_SCENES,
    scene_prompt: NO_SCENES,
    scene_strength: NO_SCENES,
    scene_transfer: NO_SCENES,
    switch_background: NO_SCENES,
    mask_url: NO_REGIONS,
    precise_edit: NO_REGIONS,
  },
}
