/** A small engine for tests of everything around engines: it inverts the source, at once or when told to. */
import { join } from 'node:path'
import sharp from 'sharp'
import type { Engine, EngineContext, EngineRequest, EngineResult } from '../../src/core/engine.ts'
import { AfterimageError } from '../../src/core/errors.ts'
import { OPERATIONS } from '../../src/core/job.ts'

export type TestEngine = Engine & {
  /** Requests in the order in which they came. */
  requests: EngineRequest[]
  /** From now on jobs wait inside the engine until `release`. */
  hold: () => void
  release: () => void
  /** Hands a preview to every job that waits inside; answers how many took it. */
  showPreview: (bytes: Uint8Array) => number
  /** Makes the next job fail. */
  failNext: (error: AfterimageError) => void
  /** How often a job was announced. */
  warmUps: () => number
}

/** Stands in for the draft engine unless another id is given. */
export function createTestEngine(id = 'afterimage/draft'): TestEngine {
  const requests: EngineRequest[] = []
  const waiting = new Set<EngineContext>()
  let gate: PromiseWithResolvers<void> | null = null
  let failure: AfterimageError | null = null
  let warmUps = 0
  return {
    id,
    kind: 'sync',
    isRepeatable: true,
    queue: 'local',
    requests,
    hold: () => (gate ??= Promise.withResolvers()),
    release: () => {
      gate?.resolve()
      gate = null
    },
    showPreview: (bytes) => {
      const takers = [...waiting].flatMap(({ onPreview }) => onPreview ?? [])
      for (const take of takers) take({ bytes })
      return takers.length
    },
    failNext: (error) => (failure = error),
    warmUp: () => void (warmUps += 1),
    warmUps: () => warmUps,
    capabilities: () => ({
      operations: OPERATIONS,
      maxImages: 16,
      outputFormats: ['png'],
      fields: {
        prompt: 'native',
        seed: 'native',
        image_url: 'native',
        image_urls: 'native',
        previews: 'native',
      },
    }),
    submit: async (request, context) => {
      requests.push(request)
      if (gate !== null) {
        waiting.add(context)
        await Promise.race([gate.promise, aborted(context.signal)]).finally(() => waiting.delete(context))
      }
      const error = failure
      failure = null
      if (error !== null) throw error
      return { handle: null, status: { state: 'completed', ...(await invert(request, context)) } }
    },
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new AfterimageError('cancelled')), { once: true })
  })
}

async function invert({ input }: EngineRequest, context: EngineContext): Promise<EngineResult> {
  const [source] = input.images
  const image =
    source === undefined
      ? sharp({ create: { width: 64, height: 64, channels: 3, background: '#888888' } })
      : sharp(await context.imagePath(source)).negate({ alpha: false })
  const path = join(context.scratchDirectory, 'result.png')
  await image.png().toFile(path)
  return {
    outputs: [{ kind: 'file', path }],
    warnings: [],
    recipe: [{ operation: 'invert' }],
    geometry: null,
    cost: { microUsd: 0, basis: 'local', computeUnits: 0 },
  }
}
