/**
 * Writes the protobuf wire format, only what an ONNX file needs. A message is a list of encoded fields;
 * chunks are joined once at the end, because weights run to megabytes and nesting would copy them each time.
 * https://protobuf.dev/programming-guides/encoding/
 */
const VARINT = 0
const LENGTH_DELIMITED = 2
const FIXED_32 = 5

/** Encoded bytes in order, not yet joined. */
export type Chunks = readonly Uint8Array[]

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  // Division instead of shifts: JavaScript shifts are 32-bit and offsets may be larger.
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  bytes.push(rest)
  return bytes
}

function tag(field: number, wireType: number): number[] {
  return varint(field * 8 + wireType)
}

/** A non-negative safe integer. */
export function integerField(field: number, value: number): Chunks {
  return [Uint8Array.from([...tag(field, VARINT), ...varint(value)])]
}

/** A 32-bit float. */
export function floatField(field: number, value: number): Chunks {
  const bytes = new Uint8Array(new Float32Array([value]).buffer)
  return [Uint8Array.from([...tag(field, FIXED_32), ...bytes])]
}

/** Raw bytes; not copied until `joinChunks`. */
export function bytesField(field: number, value: Uint8Array): Chunks {
  return [Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(value.length)]), value]
}

/** UTF-8 text. */
export function stringField(field: number, value: string): Chunks {
  return bytesField(field, new TextEncoder().encode(value))
}

/** A nested message made of already encoded fields. */
export function messageField(field: number, fields: readonly Chunks[]): Chunks {
  const body = fields.flat()
  const header = Uint8Array.from([...tag(field, LENGTH_DELIMITED), ...varint(byteLength(body))])
  return [header, ...body]
}

/** The finished file. */
export function joinChunks(fields: readonly Chunks[]): Uint8Array {
  const chunks = fields.flat()
  const bytes = new Uint8Array(byteLength(chunks))
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}

function byteLength(chunks: Chunks): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0)
}
