import assert from 'node:assert/strict'
import { test } from 'node:test'
import { generateInput, inputImage } from '../../../../test/support/requests.ts'
import type { GenerateInput, InputImage } from '../../../core/job.ts'
import { planJob } from '../../../core/plan-job.ts'
import { draftCapabilities, localCapabilities } from '../engines.ts'
import { arrangeImages } from './arrange-images.ts'
import { assertOutputSize, cardSize, outputSize } from './output-size.ts'
import { toTask } from './to-task.ts'

/** Every field of Krea's image and enhance models, May and September lists together. */
const WIRE_FIELDS: Readonly<Record<string, string>> = {
  'bfl/flux-1-dev':
    'guidance_scale guidance_scale_flux height image_style_references image_url prompt seed steps strength style_images styles width',
  'google/nano-banana-pro': 'aspect_ratio height image_urls prompt resolution style_images width',
  'ideogram/ideogram-3': 'character_reference_images height prompt seed style_images width',
  'runway/gen-4-image': 'height prompt reference_images seed width',
  'openai/gpt-image': 'height image_urls prompt quality style_images styles width',
  'openai/gpt-image-2.5-flare': 'aspect_ratio background image_urls prompt quality resolution',
  'luma/uni-1': 'height mode output_format prompt style style_images web_search width',
  'z-image/z-image':
    'aspect_ratio denoising_strength image_url prompt resolution seed skip_prompt_expansion style_images styles',
  'krea/krea-2/large':
    'aspect_ratio complexity creativity image_style_references image_url intensity moodboards movement prompt resolution seed strength styles',
  'bfl/flux-1.1-pro-ultra': 'height prompt raw seed width',
  'qwen/2512': 'cfg_scale height negative_prompt num_inference_steps prompt seed skip_prompt_expansion width',
  'topaz/generative-enhance':
    'creativity crop_to_fill denoise detail face_enhancement face_enhancement_creativity face_enhancement_strength height image_scaling_factor image_url model output_format prompt seed sharpen subject_detection texture upscaling_activated width',
  'topaz/standard-enhance':
    'crop_to_fill denoise face_enhancement face_enhancement_creativity face_enhancement_strength fix_compression height image_scaling_factor image_url model output_format prompt seed sharpen strength subject_detection upscaling_activated width',
  'topaz/bloom-2-enhance':
    'autoprompt color_preservation creativity crop_to_fill face_preservation grain grain_density grain_model grain_size grain_strength height image_scaling_factor image_url model output_format prompt reference_uri seed upscaling_activated width',
  'topaz/wonder-35-enhance':
    'crop_to_fill enhancement_strength grain grain_density grain_model grain_size grain_strength height image_scaling_factor image_url output_format seed upscaling_activated width',
  'krea/enhance':
    'ai_strength clarity_strength image_scaling_factor image_url prompt rescale_color resemblance_strength seed sharpness',
  'krea/legacy-enhance':
    'ai_strength clarity_strength image_scaling_factor image_url prompt rescale_color resemblance_strength scene_image_url scene_prompt scene_strength scene_transfer switch_background upscaling_activated',
}

const photo = (more: Partial<InputImage> = {}): InputImage =>
  inputImage('image_url', { info: { ...inputImage('').info, width: 600, height: 400 }, ...more })

function upscaleTask(model: string, more: Partial<GenerateInput>) {
  const input = generateInput({ model, images: [photo()], ...more })
  const { task, warnings } = toTask({ input, files: ['/source'], isDraft: true, maxOutputPixels: 67e6 })
  assert.ok(task.kind === 'upscale')
  return { ...task.args, warnings }
}

test('the draft has an answer for every wire field of every model', () => {
  for (const [model, names] of Object.entries(WIRE_FIELDS)) {
    const capabilities = draftCapabilities(model)
    assert.ok(capabilities, model)
    for (const name of names.split(' '))
      assert.ok(Object.hasOwn(capabilities.fields, name), `${model}: ${name} has no treatment`)
  }
})

test('what is unsupported says why, in the sentence that plan-job writes', () => {
  const plan = planJob({
    model: {
      id: 'bfl/flux-1-dev',
      title: '',
      engines: ['afterimage/draft'],
      keyVariables: [],
      pictureField: null,
      price: () => ({ microUsd: null, basis: 'unknown', computeUnits: null }),
    },
    input: generateInput({ fields: { steps: 20, prompt: 'sepia' } }),
    offers: [
      {
        id: 'afterimage/draft',
        queue: 'local',
        isDraft: true,
        capabilities: draftCapabilities,
        estimate: () => ({ microUsd: 0, basis: 'local', computeUnits: 0 }),
      },
    ],
    isDraftEnabled: true,
    engine: null,
  })
  assert.deepEqual(
    plan.warnings.map(({ path, code }) => [path, code]),
    [['steps', 'unsupported_field']],
  )
  assert.match(plan.warnings[0]?.message ?? '', /does not sample/u)
})

test('each engine keeps to its own models', () => {
  assert.ok(localCapabilities('afterimage/edit'))
  assert.ok(localCapabilities('afterimage/upscale'))
  assert.equal(localCapabilities('google/nano-banana'), null)
  assert.equal(draftCapabilities('afterimage/edit'), null)
  assert.equal(draftCapabilities('../etc/passwd'), null)
  assert.ok(draftCapabilities('topaz/some-newer-enhance')?.operations.includes('enhance'))
})

test('levels of creativity become shares of the generative network', () => {
  const creativity = (model: string, level?: number) =>
    upscaleTask(model, { fields: level === undefined ? {} : { creativity: level } }).creativity
  assert.deepEqual(
    [1, 6, undefined].map((level) => creativity('topaz/generative-enhance', level)),
    [0, 1, 0.4],
  )
  assert.deepEqual(
    [1, 9, undefined, 99].map((level) => creativity('topaz/bloom-enhance', level)),
    [0, 1, 0.25, 1],
  )
  const standard = (model: string) => upscaleTask('topaz/standard-enhance', { fields: { model } }).creativity
  assert.deepEqual(['High Fidelity V2', 'Low Resolution V2'].map(standard), [0, 1])
  assert.equal(upscaleTask('afterimage/upscale', {}).creativity, null)
})

test('sizes, factors and fit of an enhancement', () => {
  const exact = upscaleTask('topaz/standard-enhance', {
    width: 900,
    height: 900,
    fields: { image_scaling_factor: 4, crop_to_fill: true },
  })
  assert.deepEqual([exact.width, exact.height, exact.fit], [900, 900, 'crop'])
  assert.deepEqual(
    exact.warnings.map(({ code, path }) => [code, path]),
    [['field_overridden', 'image_scaling_factor']],
  )
  assert.equal(upscaleTask('topaz/standard-enhance', {}).fit, 'letterbox')
  assert.equal(upscaleTask('krea/enhance', {}).scale, 2)
  assert.equal(upscaleTask('krea/enhance', { fields: { image_scaling_factor: 4 } }).scale, 4)
  const off = { image_scaling_factor: 4, upscaling_activated: false }
  assert.equal(upscaleTask('krea/legacy-enhance', { fields: off }).scale, 1)
  assert.throws(() => upscaleTask('krea/enhance', { scale: 0 }), { code: 'engine_rejected' })
})

test('a result that is too large is refused with the largest that is possible', () => {
  assert.throws(() => upscaleTask('topaz/standard-enhance', { width: 32_000, height: 32_000 }), {
    code: 'engine_rejected',
    message: /32000 x 32000.*8185 x 8185/u,
  })
  assert.throws(() => assertOutputSize({ width: 20_000, height: 10 }, 67e6), /16383 x 8/u)
  assert.doesNotThrow(() => assertOutputSize({ width: 8192, height: 8192 }, 67_108_864))
})

test('the size of an edit: option, sides, aspect, resolution, scale, source, in this order', () => {
  const source = { width: 600, height: 400 }
  const size = (more: Partial<GenerateInput>) => outputSize(generateInput(more), source)
  const options = { ...generateInput().options, size: { width: 5, height: 6 } }
  assert.deepEqual(size({}), source)
  assert.deepEqual(size({ options, width: 9, height: 9 }), { width: 5, height: 6 })
  assert.deepEqual(size({ width: 300 }), { width: 300, height: 200 })
  assert.deepEqual(size({ height: 300, aspectRatio: '2:1' }), { width: 600, height: 300 })
  assert.deepEqual(size({ aspectRatio: '1:1' }), { width: 400, height: 400 })
  assert.deepEqual(size({ aspectRatio: 'auto' }), source)
  assert.deepEqual(size({ aspectRatio: '1:1', resolution: '2K' }), { width: 2048, height: 2048 })
  assert.deepEqual(size({ resolution: '640x480' }), { width: 640, height: 480 })
  assert.deepEqual(size({ scale: 1.5 }), { width: 900, height: 600 })
  assert.deepEqual(cardSize(generateInput()), { width: 1024, height: 1024 })
  assert.deepEqual(cardSize(generateInput({ aspectRatio: '16:9' })), { width: 1360, height: 768 })
})

test('the first picture is edited, the others lend their look, the mask stays a mask', () => {
  const images = [
    photo({ role: 'style', path: 'style_images[0].url' }),
    photo({ role: 'mask', path: 'afterimage.mask_url' }),
    photo({ path: 'image_urls[0]' }),
    photo({ path: 'image_urls[1]' }),
  ]
  assert.deepEqual(arrangeImages(images), { source: 2, styles: [0, 3], mask: 1, warnings: [] })
  assert.equal(arrangeImages([]).source, null)
})

test('where a model knows only style images, the first is edited and the job says so', () => {
  const images = [photo({ role: 'style', path: 'style_images[0].url' })]
  const { source, styles, warnings } = arrangeImages(images)
  assert.deepEqual([source, styles], [0, []])
  assert.deepEqual(
    warnings.map(({ path }) => path),
    ['style_images[0].url'],
  )
})

test('a prompt alone is a card in a draft, and refused by a model that edits', () => {
  const request = { files: [], maxOutputPixels: 67e6 }
  const draft = { ...request, input: generateInput({ model: 'google/imagen-4' }), isDraft: true }
  assert.equal(toTask(draft).task.kind, 'card')
  const own = { ...request, input: generateInput({ model: 'afterimage/edit' }), isDraft: false }
  assert.throws(() => toTask(own), { code: 'engine_rejected', message: /needs an image/u })
})

test('quality is a number of our own models or of the extension; a word of a vendor says nothing about files', () => {
  const asked = (more: Partial<GenerateInput>) => upscaleTask('afterimage/upscale', more).output.quality
  assert.equal(asked({ fields: { quality: 42 } }), 42)
  assert.equal(asked({ fields: { quality: 'high' } }), null)
  const options = { ...generateInput().options, quality: 7 }
  assert.equal(asked({ fields: { quality: 42 }, options }), 7)
})
