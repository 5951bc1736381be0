/**
 * Writes weights/ from the npm tarball: `npm pack @upscalerjs/esrgan-legacy@1.0.0`, then
 * `node scripts/derive-weights.ts upscalerjs-esrgan-legacy-1.0.0.tgz`.
 * The uint8 shards are kept byte for byte; the Keras description becomes our own compact manifest.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Layer, Manifest, Quantised } from '../src/engines/local/onnx/manifest.ts'

const PACKAGE = '@upscalerjs/esrgan-legacy'
const VERSION = '1.0.0'
const NETWORKS = [
  { id: 'psnr-small', title: 'Faithful x2 (RDN, PSNR-trained)', scale: 2 },
  { id: 'gans', title: 'Generative x4 (RRDN, adversarially trained)', scale: 4 },
] as const

type KerasLayer = {
  class_name: string
  name: string
  config: Readonly<Record<string, unknown>>
  inbound_nodes: readonly (readonly (readonly [string, ...unknown[]])[])[]
}
type KerasWeight = {
  name: string
  shape: readonly number[]
  quantization: { dtype: string; min: number; scale: number }
}
type KerasModel = {
  modelTopology: { model_config: { config: { layers: readonly KerasLayer[] } } }
  weightsManifest: readonly [{ paths: readonly [string]; weights: readonly KerasWeight[] }]
}
type Stored = Quantised & { shape: readonly number[] }

/** Where each weight lies in the shard: they follow each other in the order of the list. */
function placeWeights(weights: readonly KerasWeight[]): Map<string, Stored> {
  const placed = new Map<string, Stored>()
  let offset = 0
  for (const { name, shape, quantization } of weights) {
    if (quantization.dtype !== 'uint8')
      throw new Error(`${name}: expected uint8, found ${quantization.dtype}`)
    placed.set(name, { offset, min: quantization.min, scale: quantization.scale, shape })
    offset += shape.reduce((product, size) => product * size, 1)
  }
  return placed
}

function convLayer(layer: KerasLayer, input: number, weights: ReadonlyMap<string, Stored>): Layer {
  const kernel = weights.get(`${layer.name}/kernel`)
  const bias = weights.get(`${layer.name}/bias`)
  if (kernel === undefined || bias === undefined) throw new Error(`${layer.name}: weights are missing`)
  const [height, width, channelsIn, channelsOut] = kernel.shape
  if (height === undefined || width === undefined || channelsIn === undefined || channelsOut === undefined)
    throw new Error(`${layer.name}: expected four dimensions`)
  // "valid" equals "same" only for 1x1 kernels, and the manifest knows just the latter.
  const isSame = layer.config['padding'] === 'same' || (height === 1 && width === 1)
  if (!isSame || layer.config['activation'] !== 'linear') throw new Error(`${layer.name}: unexpected options`)
  return {
    op: 'conv',
    input,
    shape: [height, width, channelsIn, channelsOut],
    kernel: { offset: kernel.offset, min: kernel.min, scale: kernel.scale },
    bias: { offset: bias.offset, min: bias.min, scale: bias.scale },
  }
}

function convertLayer(
  layer: KerasLayer,
  inputs: readonly number[],
  weights: ReadonlyMap<string, Stored>,
): Layer {
  const input = inputs[0] ?? 0
  switch (layer.class_name) {
    case 'InputLayer':
      return { op: 'input' }
    case 'Conv2D':
      return convLayer(layer, input, weights)
    case 'Activation':
      if (layer.config['activation'] !== 'relu') throw new Error(`${layer.name}: expected relu`)
      return { op: 'relu', input }
    case 'MultiplyBeta':
      return { op: 'multiply', input, factor: Number(layer.config['beta']) }
    case 'Concatenate':
      return { op: 'concat', inputs }
    case 'Add':
      return { op: 'add', inputs }
    case 'PixelShuffle4x':
      return { op: 'pixel_shuffle', input, factor: 4 }
    case 'UpSampling2D':
      return { op: 'nearest', input, factor: 2 }
    default:
      throw new Error(`${layer.name}: no conversion for ${layer.class_name}`)
  }
}

function convertLayers(model: KerasModel): Layer[] {
  const weights = placeWeights(model.weightsManifest[0].weights)
  const indices = new Map<string, number>()
  return model.modelTopology.model_config.config.layers.map((layer, index) => {
    indices.set(layer.name, index)
    const inputs = (layer.inbound_nodes[0] ?? []).map(([name]) => {
      const found = indices.get(name)
      if (found === undefined || found >= index) throw new Error(`${layer.name}: input ${name} comes later`)
      return found
    })
    return convertLayer(layer, inputs, weights)
  })
}

/** One layer a line, so that a change of one layer is a change of one line. */
function renderManifest({ layers, ...head }: Manifest): string {
  const lines = layers.map((layer) => `    ${JSON.stringify(layer)}`)
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "layers": [\n${lines.join(',\n')}\n  ]\n}\n`
}

function deriveNetwork(directory: string, network: (typeof NETWORKS)[number], integrity: string): void {
  const path = `models/${network.id}/model.json`
  const model = JSON.parse(readFileSync(join(directory, 'package', path), 'utf8')) as KerasModel
  const shardPath = join(directory, 'package', 'models', network.id, model.weightsManifest[0].paths[0])
  const shard = readFileSync(shardPath)
  const file = `${network.id}.bin`
  const manifest: Manifest = {
    ...network,
    licence: 'Apache-2.0',
    source: { package: PACKAGE, version: VERSION, path, integrity },
    inputRange: 1,
    shard: { file, bytes: shard.length, sha256: createHash('sha256').update(shard).digest('hex') },
    layers: convertLayers(model),
  }
  writeFileSync(join('weights', file), shard)
  writeFileSync(join('weights', `${network.id}.json`), renderManifest(manifest))
  console.log(
    `${file}: ${shard.length} bytes, ${manifest.layers.length} layers, sha256 ${manifest.shard.sha256}`,
  )
}

const tarball = process.argv[2]
if (tarball === undefined) {
  console.error(`Usage: npm pack ${PACKAGE}@${VERSION}; node scripts/derive-weights.ts <the tarball>`)
  process.exitCode = 1
} else {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`
  const directory = mkdtempSync(join(tmpdir(), 'weights-'))
  execFileSync('tar', ['-xzf', tarball, '-C', directory])
  for (const network of NETWORKS) deriveNetwork(directory, network, integrity)
  rmSync(directory, { recursive: true })
}
