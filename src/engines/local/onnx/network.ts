/** Turns vendored weights into an ONNX file: uint8 pixels in, uint8 pixels out, everything else inside the graph. */
import { createGraph, type Graph } from './graph.ts'
import type { Layer, Quantised, Weights } from './manifest.ts'

type ConvLayer = Extract<Layer, { op: 'conv' }>

export const INPUT_NAME = 'pixels'
export const OUTPUT_NAME = 'enlarged'

/**
 * An ONNX model with input `pixels` and output `enlarged`, both uint8 `[1, height, width, 3]`.
 * Conversion of range and layout is part of the graph, because doing it in JavaScript costs more than a tile's
 * copy and would have to be repeated by every caller.
 */
export function buildNetwork({ manifest, shard }: Weights): Uint8Array {
  const graph = createGraph(manifest.id)
  const names: string[] = []
  for (const layer of manifest.layers) {
    names.push(
      layer.op === 'input' ? addInput(graph, manifest.inputRange) : addLayer(graph, layer, { names, shard }),
    )
  }
  addOutput(graph, names.at(-1) ?? INPUT_NAME, manifest.inputRange)
  return graph.encode(
    { name: INPUT_NAME, type: 'uint8', dimensions: [1, 'height', 'width', 3] },
    { name: OUTPUT_NAME, type: 'uint8', dimensions: [1, 'outputHeight', 'outputWidth', 3] },
  )
}

function addInput(graph: Graph, inputRange: number): string {
  const floats = graph.add({ operator: 'Cast', inputs: [INPUT_NAME], attributes: { to: 1 } })
  const planes = graph.add({ operator: 'Transpose', inputs: [floats], attributes: { perm: [0, 3, 1, 2] } })
  return graph.add({ operator: 'Mul', inputs: [planes, scalar(graph, inputRange / 255)] })
}

function addOutput(graph: Graph, last: string, inputRange: number): void {
  const scaled = graph.add({ operator: 'Mul', inputs: [last, scalar(graph, 255 / inputRange)] })
  const rounded = graph.add({ operator: 'Round', inputs: [scaled] })
  const clipped = graph.add({ operator: 'Clip', inputs: [rounded, scalar(graph, 0), scalar(graph, 255)] })
  const bytes = graph.add({ operator: 'Cast', inputs: [clipped], attributes: { to: 2 } })
  graph.add({
    operator: 'Transpose',
    inputs: [bytes],
    output: OUTPUT_NAME,
    attributes: { perm: [0, 2, 3, 1] },
  })
}

type Built = { names: readonly string[]; shard: Uint8Array }

function addLayer(graph: Graph, layer: Exclude<Layer, { op: 'input' }>, built: Built): string {
  const name = (index: number) => built.names[index] ?? ''
  switch (layer.op) {
    case 'conv':
      return addConv(graph, layer, { input: name(layer.input), shard: built.shard })
    case 'relu':
      return graph.add({ operator: 'Relu', inputs: [name(layer.input)] })
    case 'multiply':
      return graph.add({ operator: 'Mul', inputs: [name(layer.input), scalar(graph, layer.factor)] })
    case 'concat':
      return graph.add({ operator: 'Concat', inputs: layer.inputs.map(name), attributes: { axis: 1 } })
    case 'add':
      return addSum(graph, layer.inputs.map(name))
    case 'pixel_shuffle':
      return graph.add({
        operator: 'DepthToSpace',
        inputs: [name(layer.input)],
        attributes: { blocksize: layer.factor, mode: 'DCR' },
      })
    case 'nearest':
      break
  }
  return addNearest(graph, name(layer.input), layer.factor)
}

function addSum(graph: Graph, names: readonly string[]): string {
  return names.reduce((sum, name) => graph.add({ operator: 'Add', inputs: [sum, name] }))
}

/** Each pixel becomes a block, as Keras UpSampling2D does it. */
function addNearest(graph: Graph, input: string, factor: number): string {
  const scales = graph.constant(new Float32Array([1, 1, factor, factor]), [4])
  return graph.add({
    operator: 'Resize',
    inputs: [input, '', scales],
    attributes: { coordinate_transformation_mode: 'asymmetric', mode: 'nearest', nearest_mode: 'floor' },
  })
}

function addConv(graph: Graph, layer: ConvLayer, from: { input: string; shard: Uint8Array }): string {
  const [height, width, channelsIn, channelsOut] = layer.shape
  const kernel = toOihw(
    dequantise(from.shard, layer.kernel, height * width * channelsIn * channelsOut),
    layer,
  )
  const bias = dequantise(from.shard, layer.bias, channelsOut)
  return graph.add({
    operator: 'Conv',
    inputs: [
      from.input,
      graph.constant(kernel, [channelsOut, channelsIn, height, width]),
      graph.constant(bias, [channelsOut]),
    ],
    attributes: { auto_pad: 'SAME_UPPER', kernel_shape: [height, width] },
  })
}

function scalar(graph: Graph, value: number): string {
  return graph.constant(new Float32Array([value]), [])
}

/** Bytes to the numbers they stand for. */
export function dequantise(
  shard: Uint8Array,
  { offset, min, scale }: Quantised,
  count: number,
): Float32Array {
  const values = new Float32Array(count)
  for (let index = 0; index < count; index += 1) values[index] = (shard[offset + index] ?? 0) * scale + min
  return values
}

/** TensorFlow stores kernels height, width, in, out; ONNX wants out, in, height, width. */
function toOihw(values: Float32Array, layer: ConvLayer): Float32Array {
  const [height, width, channelsIn, channelsOut] = layer.shape
  const area = height * width
  const result = new Float32Array(values.length)
  let source = 0
  for (let place = 0; place < area; place += 1) {
    for (let input = 0; input < channelsIn; input += 1) {
      for (let output = 0; output < channelsOut; output += 1) {
        result[(output * channelsIn + input) * area + place] = values[source] ?? 0
        source += 1
      }
    }
  }
  return result
}
