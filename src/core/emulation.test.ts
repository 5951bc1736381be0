import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { generateInput, inputImage } from '../../test/support/requests.ts'
import { emulatedReason, planEmulation } from './emulation.ts'
import type { GenerateInput, ImageInfo, RequestOptions, Warning } from './job.ts'

const info = (width: number, height: number): ImageInfo => ({
  format: 'png',
  width,
  height,
  orientation: 1,
  frames: 1,
  hasAlpha: false,
})
const source = inputImage('image_url', { info: info(640, 480) })
const mask = inputImage('afterimage.mask_url', { role: 'mask', info: info(640, 480) })
const NOTHING = { prompt: 'native' } as const

function planned(
  input: Partial<Omit<GenerateInput, 'options'>> & { options?: Partial<RequestOptions> },
  scene: {
    fields?: Readonly<Record<string, 'native' | 'unsupported'>>
    told?: Warning[]
    made?: ImageInfo
  } = {},
): ReturnType<typeof planEmulation> {
  const options = { ...generateInput().options, onUnsupported: 'emulate' as const, ...input.options }
  return planEmulation(generateInput({ images: [source], ...input, options }), {
    capabilities: { fields: scene.fields ?? NOTHING },
    told: scene.told ?? [],
    made: scene.made ?? info(1024, 768),
  })
}

void describe('what is left to do after an engine', () => {
  void test('nothing, where nobody asked for it or all is as asked', () => {
    assert.equal(planned({ width: 512, options: { onUnsupported: 'warn' } }), null)
    assert.equal(planned({}), null)
    assert.equal(planned({ width: 1024, height: 768, options: { outputFormat: 'png' } }), null)
    const fields = { aspect_ratio: 'native', resolution: 'native', mask_url: 'native' } as const
    assert.equal(planned({ aspectRatio: '16:9', resolution: '2K', images: [source, mask] }, { fields }), null)
  })

  void test('an exact size is reached also where the engine has sizes of its own', () => {
    const fields = { width: 'native', height: 'native', size: 'native' } as const
    const wide = planned({ width: 1600, height: 900 }, { fields })
    assert.deepEqual([wide?.size, wide?.paths], [{ width: 1600, height: 900 }, ['width', 'height']])
    assert.deepEqual(planned({ height: 384 }, { fields })?.size, { width: 512, height: 384 })
    const option = planned({ options: { size: { width: 99, height: 98 } } }, { fields })
    assert.deepEqual([option?.size, option?.paths], [{ width: 99, height: 98 }, ['afterimage.size']])
  })

  void test('a size that planning refused is not tried, and takes no format with it', () => {
    const options = { size: { width: 32_000, height: 32_000 }, outputFormat: 'avif' as const }
    assert.deepEqual(planned({ options })?.paths, ['afterimage.output_format'])
    const fields = { size: 'native' } as const
    const upscale = planned({ operation: 'upscale', options }, { fields })
    assert.deepEqual(upscale?.paths, ['afterimage.size', 'afterimage.output_format'])
  })

  void test('names are left to an engine that takes them, unless it took another', () => {
    const told = [{ code: 'adjusted_field', path: 'aspect_ratio', message: '' }]
    const fields = { aspect_ratio: 'native' } as const
    assert.deepEqual(planned({ aspectRatio: '9:21' }, { fields, told })?.paths, ['aspect_ratio'])
    assert.equal(planned({ aspectRatio: '9:21' }, { fields }), null)
    assert.deepEqual(planned({ aspectRatio: '1:1', resolution: '2K' })?.paths, ['aspect_ratio', 'resolution'])
    // Exact pixels say both.
    assert.equal(planned({ width: 640, height: 480, aspectRatio: '1:1' })?.aspectRatio, null)
  })

  void test('a mask is laid over the source, whose size the result then has', () => {
    const images = [source, mask]
    const merged = planned({ images })
    assert.deepEqual(merged?.merge, { source, mask })
    assert.deepEqual([merged.size, merged.paths], [null, ['afterimage.mask_url']])
    assert.deepEqual(planned({ images, width: 320, height: 240 })?.size, { width: 320, height: 240 })
    assert.equal(planned({ images: [mask] }), null)
    const fields = { mask_url: 'native' } as const
    assert.equal(planned({ images }, { fields }), null)
    const precise = planned({ images, options: { isPreciseEdit: true } }, { fields })
    assert.deepEqual(precise?.paths, ['afterimage.precise_edit'])
    assert.equal(planned({ options: { isPreciseEdit: true } }), null)
  })

  void test('a format is encoded anew; quality counts only where there is loss', () => {
    assert.deepEqual(planned({ options: { outputFormat: 'webp' } })?.paths, ['afterimage.output_format'])
    assert.equal(planned({ fields: { output_format: 'jpg' } })?.format, 'jpeg')
    const jpeg = { made: { ...info(64, 64), format: 'jpeg' as const } }
    assert.equal(planned({ options: { outputFormat: 'jpeg' } }, jpeg), null)
    const pressed = planned({ options: { outputFormat: 'jpeg', quality: 40 } }, jpeg)
    assert.deepEqual([pressed?.format, pressed?.quality], ['jpeg', 40])
    assert.equal(planned({ options: { quality: 40 } }), null)
  })

  void test('a name beside exact pixels is not promised', () => {
    const ratio = { field: 'aspect_ratio', path: 'aspect_ratio' }
    assert.match(String(emulatedReason(ratio, generateInput({ aspectRatio: '1:1' }))), /cropped/u)
    assert.equal(emulatedReason(ratio, generateInput({ aspectRatio: '1:1', width: 640 })), null)
    const size = { field: 'steps', path: 'steps' }
    assert.equal(emulatedReason(size, generateInput()), null)
  })
})
