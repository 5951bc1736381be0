import { setTimeout as wait } from 'node:timers/promises'

/** Resolves after `ms`; rejects at once when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal })
}
