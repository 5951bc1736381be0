/** A workflow as somebody exports it from ComfyUI: two pictures, a guidance node in between, a preview. */
export const EXPORTED_WORKFLOW = {
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 1,
      steps: 20,
      cfg: 1,
      sampler_name: 'euler',
      scheduler: 'simple',
      denoise: 1,
      positive: ['35', 0],
      negative: ['33', 0],
      model: ['4', 0],
      latent_image: ['27', 0],
    },
    _meta: { title: 'KSampler' },
  },
  '4': { class_type: 'UNETLoader', inputs: { unet_name: 'flux.safetensors', weight_dtype: 'default' } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a cat', clip: ['38', 0] } },
  '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['5', 0] } },
  '5': { class_type: 'VAELoader', inputs: { vae_name: 'ae.safetensors' } },
  '33': { class_type: 'CLIPTextEncode', inputs: { text: 'ugly', clip: ['38', 0] } },
  '35': { class_type: 'FluxGuidance', inputs: { guidance: 3.5, conditioning: ['36', 0] } },
  '36': { class_type: 'ReferenceLatent', inputs: { conditioning: ['6', 0], latent: ['12', 0] } },
  '10': { class_type: 'LoadImage', inputs: { image: 'first.png' } },
  '11': { class_type: 'LoadImage', inputs: { image: 'second.png' } },
  '12': { class_type: 'VAEEncode', inputs: { pixels: ['10', 0], vae: ['5', 0] } },
  '27': { class_type: 'EmptySD3LatentImage', inputs: { width: 1024, height: 1024, batch_size: 1 } },
  '38': {
    class_type: 'CLIPLoader',
    inputs: { clip_name: 'qwen.safetensors', type: 'flux2', device: 'default' },
  },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] } },
  '40': { class_type: 'PreviewImage', inputs: { images: ['8', 0] } },
}

/** An export after the mask editor was used: the second output of the picture's loader is the mask. */
export const INPAINT_WORKFLOW = {
  '3': {
    class_type: 'KSampler',
    inputs: {
      seed: 1,
      steps: 20,
      cfg: 6,
      sampler_name: 'euler',
      scheduler: 'normal',
      denoise: 1,
      positive: ['6', 0],
      negative: ['7', 0],
      model: ['4', 0],
      latent_image: ['12', 0],
    },
  },
  '4': { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: 'inpaint.safetensors' } },
  '6': { class_type: 'CLIPTextEncode', inputs: { text: 'a cat', clip: ['4', 1] } },
  '7': { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] } },
  '8': { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
  '10': { class_type: 'LoadImage', inputs: { image: 'clipspace/clipspace-mask-1.png [input]' } },
  '12': {
    class_type: 'VAEEncodeForInpaint',
    inputs: { pixels: ['10', 0], vae: ['4', 2], mask: ['10', 1], grow_mask_by: 6 },
  },
  '9': { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyUI', images: ['8', 0] } },
}
