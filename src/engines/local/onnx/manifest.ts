/** Our own compact description of a vendored network, and the only way its weights enter the program. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AfterimageError } from '../../../core/errors.ts'

/** Affine uint8: `value = byte * scale + min`; `offset` is where the bytes begin in the shard. */
export type Quantised = { offset: number; min: number; scale: number }

/**
 * One layer. Inputs are indices of earlier layers; the first layer is the input picture and the last one the
 * output. Kernels are stored height, width, in, out (HWIO); every convolution keeps the size ("same" padding).
 */
export type Layer =
  | { op: 'input' }
  | {
      op: 'conv'
      input: number
      shape: readonly [height: number, width: number, channelsIn: number, channelsOut: number]
      kernel: Quantised
      bias: Quantised
    }
  | { op: 'relu'; input: number }
  | { op: 'multiply'; input: number; factor: number }
  | { op: 'concat'; inputs: readonly number[] }
  | { op: 'add'; inputs: readonly number[] }
  /** Channels to pixels, TensorFlow order (depth, column, row). */
  | { op: 'pixel_shuffle'; input: number; factor: number }
  | { op: 'nearest'; input: number; factor: number }

export type Manifest = {
  id: string
  title: string
  licence: string
  /** Where the bytes come from: npm package, version and path inside it. */
  source: { package: string; version: string; path: string; integrity: string }
  /** Output size divided by input size. */
  scale: number
  /** Pixels 0..255 enter and leave the network as 0..inputRange; 1 for both, see weights/README.md. */
  inputRange: number
  shard: { file: string; bytes: number; sha256: string }
  layers: readonly Layer[]
}

export type Weights = { manifest: Manifest; shard: Uint8Array }

/** The weights folder of this package; the same distance from `src/` and from `dist/`. */
export const WEIGHTS_DIRECTORY = fileURLToPath(new URL('../../../../weights/', import.meta.url))

/**
 * Reads a manifest and its shard and compares length and sha256.
 * @throws AfterimageError `engine_failed` when a file is missing or is not the one that was vendored
 */
export async function loadWeights(directory: string, id: string): Promise<Weights> {
  const manifest = await readManifest(join(directory, `${id}.json`))
  const shard = await readPart(join(directory, manifest.shard.file))
  const sha256 = createHash('sha256').update(shard).digest('hex')
  if (shard.length !== manifest.shard.bytes || sha256 !== manifest.shard.sha256) {
    throw new AfterimageError(
      'engine_failed',
      `weights/${manifest.shard.file}: found ${shard.length} bytes with sha256 ${sha256}, expected ` +
        `${manifest.shard.bytes} bytes with ${manifest.shard.sha256}; install the package again.`,
    )
  }
  return { manifest, shard }
}

async function readManifest(path: string): Promise<Manifest> {
  const text = new TextDecoder().decode(await readPart(path))
  try {
    return JSON.parse(text) as Manifest
  } catch (cause) {
    throw new AfterimageError('engine_failed', 'A weights manifest is not JSON; install the package again.', {
      cause,
    })
  }
}

async function readPart(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new AfterimageError('engine_failed', 'A weights file is missing; install the package again.', {
      cause,
    })
  }
}
