/** Which request fields a workflow can honour, by the slots that it has. */
import type { Capabilities, Support } from '../../core/engine.ts'
import type { Slot, Workflow } from './workflow.ts'
import { roomForImages } from './workflow.ts'

/** Wire fields by the slots that they need. */
const FIELDS: Readonly<Record<string, readonly Slot[]>> = {
  prompt: ['prompt'],
  negative_prompt: ['negative_prompt'],
  image_url: ['image'],
  image_urls: ['image'],
  style_images: ['image'],
  reference_images: ['image'],
  mask_url: ['image', 'mask'],
  seed: ['seed'],
  steps: ['steps'],
  num_inference_steps: ['steps'],
  guidance_scale: ['guidance'],
  guidance_scale_flux: ['guidance'],
  cfg_scale: ['guidance'],
  strength: ['strength'],
  denoising_strength: ['strength'],
  width: ['width', 'height'],
  height: ['width', 'height'],
  size: ['width', 'height'],
  aspect_ratio: ['width', 'height'],
  resolution: ['width', 'height'],
  count: ['count'],
}
const REASONS: Readonly<Record<string, string>> = {
  styles: 'trained styles exist only on Krea; put a LoRA into the workflow',
  image_style_references: 'the workflow has no place for it',
  quality: 'ComfyUI saves PNG, which is lossless',
  output_format: 'ComfyUI saves PNG',
  precise_edit: 'the image of the workflow is passed on as it is',
}

export function workflowCapabilities(workflow: Workflow): Capabilities {
  const has = (slot: Slot): boolean => workflow.slots[slot] !== undefined
  const lacking = (slots: readonly Slot[]): Slot[] => slots.filter((slot) => !has(slot))
  const missing = Object.entries(FIELDS).filter(([, slots]) => !slots.every(has))
  const fields = Object.entries(FIELDS).map(([name, slots]): [string, Support] => [
    name,
    slots.every(has) ? 'native' : 'unsupported',
  ])
  return {
    operations: has('image') ? ['edit', 'enhance', 'stylize'] : ['generate'],
    maxImages: roomForImages(workflow),
    outputFormats: [],
    // Where ComfyUI was told to make some: --preview-method.
    fields: { ...Object.fromEntries(fields), previews: 'native' },
    reasons: {
      ...REASONS,
      ...Object.fromEntries(
        missing.map(([name, slots]) => [name, `the workflow has no slot ${lacking(slots).join(', ')}`]),
      ),
    },
  }
}
