/** onnxruntime-node, loaded on first use and only if it is installed: it is an optional dependency. */
import { availableParallelism } from 'node:os'
import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { INPUT_NAME, OUTPUT_NAME } from './network.ts'

/** RGB bytes, three a pixel, rows from the top. */
export type RgbImage = { width: number; height: number; data: Uint8Array }

/** A loaded network: pixels in, enlarged pixels out. */
export type Session = { run: (image: RgbImage) => Promise<RgbImage> }

export type Runtime = {
  /** Loads an ONNX file built by `buildNetwork`. */
  open: (model: Uint8Array) => Promise<Session>
}

/** Null when onnxruntime-node is not installed or has no build for this machine (musl, Intel Macs). */
export async function loadRuntime(): Promise<Runtime | null> {
  const ort = await import('onnxruntime-node').catch(() => null)
  if (ort === null) return null
  return {
    open: async (model) => {
      const session = await ort.InferenceSession.create(model, {
        intraOpNumThreads: availableParallelism(),
        interOpNumThreads: 1,
        executionMode: 'sequential',
        // Everything below "error" is noise on the child's stderr.
        logSeverityLevel: 3,
      })
      return { run: (image) => runSession(session, ort.Tensor, image) }
    },
  }
}

async function runSession(
  session: InferenceSession,
  TensorClass: typeof Tensor,
  image: RgbImage,
): Promise<RgbImage> {
  const input = new TensorClass('uint8', image.data, [1, image.height, image.width, 3])
  const output = (await session.run({ [INPUT_NAME]: input }))[OUTPUT_NAME]
  if (output === undefined || !(output.data instanceof Uint8Array))
    throw new Error('The network gave no picture.')
  return { width: Number(output.dims[2]), height: Number(output.dims[1]), data: output.data }
}
