/** What an engine is given for an attempt, where a test needs no more than a part of it. */
import type { EngineContext } from '../../src/core/engine.ts'

export function engineContext(more: Partial<EngineContext> = {}): EngineContext {
  return {
    signal: new AbortController().signal,
    onProgress: () => undefined,
    imagePath: () => Promise.reject(new Error('no images')),
    scratchDirectory: '/nowhere',
    announceCall: () => Promise.resolve(),
    ...more,
  }
}
