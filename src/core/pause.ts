import { setTimeout as wait } from 'node:timers/promises'

/** Resolves after `ms`; rejects at once when the signal fires. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal })
}

/** Resolves after `ms`, or earlier with the news; rejects at once when the signal fires. */
export async function pauseUntil(
  news: Promise<void> | undefined,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  if (news === undefined) return pause(ms, signal)
  const woken = new AbortController()
  try {
    await Promise.race([pause(ms, AbortSignal.any([signal, woken.signal])), news])
  } finally {
    // A timer that is left behind would keep the process alive.
    woken.abort()
  }
}
