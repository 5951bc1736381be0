import { codeOf } from './check.ts'

/** Whoever answers a bare request at all does so within this time. */
const REACH_MS = 8000

/** Without a key and without a body; whatever the answer is, somebody is there. */
export async function reach(origin: string): Promise<{ fault: string | null; aheadMs: number | null }> {
  const began = Date.now()
  try {
    const answer = await fetch(origin, { redirect: 'manual', signal: AbortSignal.timeout(REACH_MS) })
    await answer.body?.cancel()
    const date = Date.parse(answer.headers.get('date') ?? '')
    return { fault: null, aheadMs: Number.isNaN(date) ? null : (began + Date.now()) / 2 - date }
  } catch (error) {
    return { fault: codeOf(error), aheadMs: null }
  }
}
