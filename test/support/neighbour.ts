/** How another caller is served while something happens, beside how it is served when nothing does. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServerProcess } from './server-process.ts'
import { createCaller } from './app.ts'

/** So that the caller is not the load. */
const PAUSE_MS = 10
/** Enough for a ninety-ninth percentile. */
const ALONE = 300
/** Below this a ratio tells of the machine's timers only. */
const GRAIN_MS = 0.05

export type Neighbour = {
  /** Asks until the work ends; what it answers is passed on. */
  during: <T>(work: () => Promise<T>) => Promise<T>
  /** One sentence with both percentiles and their ratio. It is told and never asserted: a busy machine has its own. */
  tell: () => string
}

/** @param token of a key of another account than the one that does the work */
export async function measureNeighbour(server: ServerProcess, token: string): Promise<Neighbour> {
  const call = createCaller(server.url, token)
  const ask = async (): Promise<number> => {
    const asked = performance.now()
    const { status } = await call('/jobs')
    const took = performance.now() - asked
    assert.equal(status, 200, 'another caller is served')
    await sleep(PAUSE_MS)
    return took
  }
  // The first requests of a process are slow by themselves.
  for (let n = 0; n < ALONE; n += 1) await ask()
  const alone: number[] = []
  for (let n = 0; n < ALONE; n += 1) alone.push(await ask())
  const beside: number[] = []
  return {
    during: async (work) => {
      const over = new AbortController()
      const asking = (async () => {
        while (!over.signal.aborted) beside.push(await ask())
      })()
      // Told when the work is over; until then nobody waits for it.
      asking.catch(() => undefined)
      try {
        return await work()
      } finally {
        over.abort()
        await asking
      }
    },
    tell: () => {
      const [before, meanwhile] = [p99(alone), p99(beside)]
      const ratio = meanwhile / Math.max(before, GRAIN_MS)
      return `another caller's p99 ${before.toFixed(1)} ms alone, ${meanwhile.toFixed(1)} ms beside it (${ratio.toFixed(1)}x, goal 2x), ${beside.length} answers`
    },
  }
}

function p99(times: readonly number[]): number {
  const sorted = times.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0
}

/** A key of another account, made by the operator's. */
export async function createKeyOf(
  server: Pick<ServerProcess, 'url' | 'apiKey'>,
  account: string,
): Promise<string> {
  const { status, body } = await createCaller(server.url, server.apiKey)('/keys', { json: { account } })
  assert.equal(status, 200, JSON.stringify(body))
  return String(body['token'])
}
