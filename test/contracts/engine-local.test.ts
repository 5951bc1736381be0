import { createLocalEngines } from '../../src/engines/local/engines.ts'
import { engineContract } from './engine.ts'
import { engineInput, fileOf, photo } from './engine-support.ts'

engineContract('afterimage/local, upscale', () => {
  const { local, close } = createLocalEngines({ processes: 1 })
  const input = engineInput('afterimage/upscale', {
    operation: 'upscale',
    prompt: null,
    images: [photo('cat')],
    width: 301,
    height: 200,
    creativity: 0,
    options: { outputFormat: 'webp' },
  })
  return Promise.resolve({
    engine: local,
    typical: { input, expected: { count: 1, width: 301, height: 200, format: 'webp' as const } },
    slow: { ...input, width: 1804, height: 1200 },
    unknownModel: 'google/nano-banana',
    fileOf,
    dispose: close,
  })
})

engineContract('afterimage/local, edit', () => {
  const { local, close } = createLocalEngines({ processes: 1 })
  const input = engineInput('afterimage/edit', {
    prompt: 'warmer, more contrast',
    images: [photo('cat')],
    count: 2,
    width: 320,
    height: 180,
  })
  return Promise.resolve({
    engine: local,
    typical: { input, expected: { count: 2, width: 320, height: 180, format: 'jpeg' as const } },
    slow: { ...input, images: [photo('cat')], prompt: 'oil painting', width: 1353, height: 900 },
    unknownModel: 'afterimage/no-such-model',
    fileOf,
    dispose: close,
  })
})

engineContract('afterimage/draft, generative model', () => {
  const { draft, close } = createLocalEngines({ processes: 1 })
  const input = engineInput('google/nano-banana-pro', {
    prompt: 'sepia',
    images: [photo('cat', { path: 'image_urls[0]' })],
    aspectRatio: '1:1',
    resolution: '512',
    options: { outputFormat: 'png' },
  })
  return Promise.resolve({
    engine: draft,
    typical: { input, expected: { count: 1, width: 512, height: 512, format: 'png' as const } },
    slow: { ...input, images: [photo('raccoon')], prompt: 'oil painting', resolution: '4K' },
    unknownModel: 'no provider',
    fileOf,
    dispose: close,
  })
})

engineContract('afterimage/draft, enhance model', () => {
  const { draft, close } = createLocalEngines({ processes: 1 })
  const input = engineInput('topaz/standard-enhance', {
    operation: 'enhance',
    prompt: null,
    images: [photo('cat')],
    width: 400,
    height: 400,
    fields: { model: 'High Fidelity V2', output_format: 'jpg', width: 400, height: 400 },
  })
  return Promise.resolve({
    engine: draft,
    typical: { input, expected: { count: 1, width: 400, height: 400, format: 'jpeg' as const } },
    slow: { ...input, width: 1804, height: 1200 },
    unknownModel: 'afterimage/upscale',
    fileOf,
    dispose: close,
  })
})
