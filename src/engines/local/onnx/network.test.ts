import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadWeights, WEIGHTS_DIRECTORY, type Layer, type Manifest } from './manifest.ts'
import { buildNetwork, dequantise } from './network.ts'
import { loadRuntime } from './runtime.ts'

/** Height, width and channels of a picture in floats, interleaved. */
type Planes = {
  height: number
  width: number
  channels: number
  at: (y: number, x: number, c: number) => number
}

function planes(size: readonly [number, number, number], at: Planes['at']): Planes {
  const [height, width, channels] = size
  const values = new Float32Array(height * width * channels)
  for (let index = 0; index < values.length; index += 1) {
    const c = index % channels
    const x = Math.floor(index / channels) % width
    values[index] = at(Math.floor(index / channels / width), x, c)
  }
  const isInside = (y: number, x: number) => y >= 0 && x >= 0 && y < height && x < width
  return {
    height,
    width,
    channels,
    at: (y, x, c) => (isInside(y, x) ? (values[(y * width + x) * channels + c] ?? 0) : 0),
  }
}

/** The layers computed the slow, obvious way, in TensorFlow's own layout. */
function evaluate(layers: readonly Layer[], input: Planes, shard: Uint8Array): Planes {
  const results: Planes[] = []
  const get = (index: number) => results[index] ?? input
  for (const layer of layers) results.push(layer.op === 'input' ? input : evaluateLayer(layer, get, shard))
  return results.at(-1) ?? input
}

function evaluateLayer(
  layer: Exclude<Layer, { op: 'input' }>,
  get: (index: number) => Planes,
  shard: Uint8Array,
): Planes {
  const first = get('inputs' in layer ? (layer.inputs[0] ?? 0) : layer.input)
  const { height, width, channels } = first
  switch (layer.op) {
    case 'relu':
      return planes([height, width, channels], (y, x, c) => Math.max(0, first.at(y, x, c)))
    case 'multiply':
      return planes([height, width, channels], (y, x, c) => layer.factor * first.at(y, x, c))
    case 'add':
      return planes([height, width, channels], (y, x, c) =>
        layer.inputs.reduce((sum, index) => sum + get(index).at(y, x, c), 0),
      )
    case 'concat': {
      const parts = layer.inputs.flatMap((index) =>
        Array.from({ length: get(index).channels }, (_, c) => ({ part: get(index), c })),
      )
      return planes([height, width, parts.length], (y, x, c) => parts[c]?.part.at(y, x, parts[c].c) ?? 0)
    }
    case 'nearest': {
      const f = layer.factor
      return planes([height * f, width * f, channels], (y, x, c) =>
        first.at(Math.floor(y / f), Math.floor(x / f), c),
      )
    }
    case 'pixel_shuffle': {
      const f = layer.factor
      const out = channels / (f * f)
      return planes([height * f, width * f, out], (y, x, c) =>
        first.at(Math.floor(y / f), Math.floor(x / f), ((y % f) * f + (x % f)) * out + c),
      )
    }
    case 'conv':
      break
  }
  const [kh, kw, cin, cout] = layer.shape
  const kernel = dequantise(shard, layer.kernel, kh * kw * cin * cout)
  const bias = dequantise(shard, layer.bias, cout)
  return planes([height, width, cout], (y, x, c) => {
    let sum = bias[c] ?? 0
    for (let ky = 0; ky < kh; ky += 1)
      for (let kx = 0; kx < kw; kx += 1)
        for (let i = 0; i < cin; i += 1)
          sum +=
            (kernel[((ky * kw + kx) * cin + i) * cout + c] ?? 0) *
            first.at(y + ky - (kh - 1) / 2, x + kx - (kw - 1) / 2, i)
    return sum
  })
}

/** A little network with every kind of layer, and weights that make its values spread over 0..1. */
function smallNetwork(): { manifest: Manifest; shard: Uint8Array } {
  const shard = Uint8Array.from({ length: 4000 }, (_, index) => (index * 97 + (index >> 3) * 31) % 256)
  const conv = (input: number, shape: Extract<Layer, { op: 'conv' }>['shape'], offset: number): Layer => {
    const reach = 4 / Math.sqrt(shape[0] * shape[1] * shape[2])
    return {
      op: 'conv',
      input,
      shape,
      kernel: { offset, min: -reach / 2, scale: reach / 255 },
      bias: { offset: offset + 1500, min: 0, scale: 0.4 / 255 },
    }
  }
  const layers: Layer[] = [
    { op: 'input' },
    conv(0, [3, 3, 3, 12], 0),
    { op: 'relu', input: 1 },
    { op: 'concat', inputs: [2, 0] },
    conv(3, [1, 1, 15, 12], 400),
    { op: 'multiply', input: 4, factor: 0.5 },
    { op: 'add', inputs: [5, 1] },
    { op: 'pixel_shuffle', input: 6, factor: 2 },
    { op: 'nearest', input: 7, factor: 2 },
    conv(8, [5, 5, 3, 3], 700),
  ]
  const source = { package: 'none', version: '0', path: '', integrity: '' }
  return {
    shard,
    manifest: {
      id: 'small',
      title: '',
      licence: '',
      source,
      scale: 4,
      inputRange: 1,
      shard: { file: '', bytes: shard.length, sha256: '' },
      layers,
    },
  }
}

test('the ONNX graph computes what the layers mean, padding and pixel order included', async () => {
  const runtime = await loadRuntime()
  assert.ok(runtime, 'onnxruntime-node must be installed for this test')
  const weights = smallNetwork()
  const [width, height] = [7, 5]
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 53) % 256)
  const session = await runtime.open(buildNetwork(weights))
  const result = await session.run({ width, height, data })
  assert.deepEqual([result.width, result.height], [28, 20])

  const input = planes([height, width, 3], (y, x, c) => (data[(y * width + x) * 3 + c] ?? 0) / 255)
  const expected = evaluate(weights.manifest.layers, input, weights.shard)
  const distinct = new Set(result.data)
  assert.ok(distinct.size > 40, `the test network must not saturate, found ${distinct.size} values`)
  for (let index = 0; index < result.data.length; index += 1) {
    const value = expected.at(Math.floor(index / 84), Math.floor(index / 3) % 28, index % 3)
    const wanted = Math.min(255, Math.max(0, value * 255))
    assert.ok(Math.abs((result.data[index] ?? 0) - wanted) <= 0.51, `byte ${index}`)
  }
})

test('the vendored weights are intact and every layer lies within its shard', async () => {
  for (const id of ['psnr-small', 'gans']) {
    const { manifest, shard } = await loadWeights(WEIGHTS_DIRECTORY, id)
    assert.equal(manifest.licence, 'Apache-2.0')
    const ends = manifest.layers.flatMap((layer) =>
      layer.op === 'conv'
        ? [layer.kernel.offset + layer.shape.reduce((a, b) => a * b, 1), layer.bias.offset + layer.shape[3]]
        : [],
    )
    assert.equal(Math.max(...ends), shard.length, `${id}: every byte of the shard belongs to a layer`)
  }
})

test('a changed or missing weights file is refused by name', async (context) => {
  const directory = await mkdtemp(join(tmpdir(), 'afterimage-weights-'))
  context.after(() => rm(directory, { recursive: true }))
  await cp(WEIGHTS_DIRECTORY, directory, { recursive: true })
  const path = join(directory, 'psnr-small.bin')
  const bytes = await readFile(path)
  bytes[1000] = ((bytes[1000] ?? 0) + 1) % 256
  await writeFile(path, bytes)
  await assert.rejects(loadWeights(directory, 'psnr-small'), {
    code: 'engine_failed',
    message: /psnr-small\.bin: found 2619635 bytes with sha256/u,
  })
  await rm(path)
  await assert.rejects(loadWeights(directory, 'psnr-small'), { code: 'engine_failed', message: /missing/u })
})
