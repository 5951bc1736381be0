/**
 * Builds an ONNX model in memory. Field numbers are those of onnx.proto (IR version 9), operator meanings
 * those of opset 17; both are what onnxruntime 1.30 was checked with.
 */
import {
  bytesField,
  floatField,
  integerField,
  joinChunks,
  messageField,
  stringField,
  type Chunks,
} from './protobuf.ts'

const IR_VERSION = 9
const OPSET = 17
/** TensorProto.DataType */
export const ELEMENT_TYPES = { float32: 1, uint8: 2 } as const
export type ElementType = keyof typeof ELEMENT_TYPES
/** AttributeProto.AttributeType */
const ATTRIBUTE = { float: 1, integer: 2, text: 3, integers: 7 } as const

/** Integers are written as INT and INTS, `{ float }` as FLOAT, text as STRING. */
export type AttributeValue = number | string | readonly number[] | { float: number }
/** A dimension: a fixed size or the name of a free one. */
export type Dimension = number | string
export type TensorShape = { name: string; type: ElementType; dimensions: readonly Dimension[] }

export type NodeOptions = {
  operator: string
  inputs: readonly string[]
  /** Names the result; drawn from a counter when absent. */
  output?: string
  attributes?: Readonly<Record<string, AttributeValue>>
}

export type Graph = {
  /** Adds an operator with one output and answers the output's name. */
  add: (node: NodeOptions) => string
  /** Adds a float constant and answers its name. `dimensions` empty means a scalar. */
  constant: (values: Float32Array, dimensions: readonly number[]) => string
  /** The ONNX file. */
  encode: (input: TensorShape, output: TensorShape) => Uint8Array
}

export function createGraph(name: string): Graph {
  const nodes: Chunks[] = []
  const initializers: Chunks[] = []
  let counter = 0
  const nextName = (prefix: string) => `${prefix}${(counter += 1)}`

  return {
    add: (node) => {
      const output = node.output ?? nextName('t')
      nodes.push(encodeNode(node, output))
      return output
    },
    constant: (values, dimensions) => {
      const constantName = nextName('c')
      initializers.push(encodeTensor(constantName, values, dimensions))
      return constantName
    },
    encode: (input, output) =>
      joinChunks([
        integerField(1, IR_VERSION),
        stringField(2, 'afterimage'),
        messageField(7, [
          ...nodes,
          stringField(2, name),
          ...initializers,
          encodeShape(11, input),
          encodeShape(12, output),
        ]),
        messageField(8, [stringField(1, ''), integerField(2, OPSET)]),
      ]),
  }
}

function encodeNode(node: NodeOptions, output: string): Chunks {
  return messageField(1, [
    ...node.inputs.map((input) => stringField(1, input)),
    stringField(2, output),
    stringField(3, output),
    stringField(4, node.operator),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) => encodeAttribute(name, value)),
  ])
}

function encodeAttribute(name: string, value: AttributeValue): Chunks {
  const label = stringField(1, name)
  if (typeof value === 'number')
    return messageField(5, [label, integerField(3, value), integerField(20, ATTRIBUTE.integer)])
  if (typeof value === 'string')
    return messageField(5, [label, stringField(4, value), integerField(20, ATTRIBUTE.text)])
  if ('float' in value)
    return messageField(5, [label, floatField(2, value.float), integerField(20, ATTRIBUTE.float)])
  const integers = value.map((item) => integerField(8, item))
  return messageField(5, [label, ...integers, integerField(20, ATTRIBUTE.integers)])
}

function encodeTensor(name: string, values: Float32Array, dimensions: readonly number[]): Chunks {
  return messageField(5, [
    ...dimensions.map((size) => integerField(1, size)),
    integerField(2, ELEMENT_TYPES.float32),
    stringField(8, name),
    // raw_data is little-endian by definition; every platform of onnxruntime-node is too.
    bytesField(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ])
}

function encodeShape(field: number, shape: TensorShape): Chunks {
  const dimensions = shape.dimensions.map((size) =>
    messageField(1, [typeof size === 'number' ? integerField(1, size) : stringField(2, size)]),
  )
  const tensor = messageField(1, [integerField(1, ELEMENT_TYPES[shape.type]), messageField(2, dimensions)])
  return messageField(field, [stringField(1, shape.name), messageField(2, [tensor])])
}
