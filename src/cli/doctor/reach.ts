import { Agent, type Dispatcher, request } from 'undici'
import { codeOf } from './check.ts'

/** Whoever answers a bare request at all does so within this time. */
const REACH_MS = 8000

/**
 * `status` is null where nobody answered; `aheadMs`, by how much this machine's clock is ahead of the other's, also where
 * the answer has no date.
 */
export type Reached = { fault: string | null; status: number | null; aheadMs: number | null }

/** Without a key and without a body; whatever the answer is, somebody is there. */
export async function reach(origin: string): Promise<Reached> {
  const began = Date.now()
  try {
    const { statusCode: status, headers } = await ask(origin, REACH_MS, async (response) => response)
    const date = Date.parse(String(headers['date']))
    const aheadMs = Number.isNaN(date) ? null : (began + Date.now()) / 2 - date
    return { fault: null, status, aheadMs }
  } catch (error) {
    return { fault: codeOf(error), status: null, aheadMs: null }
  }
}

/**
 * One bare GET; redirects are not followed. Not `fetch`, which refuses ports that browsers reserve (6000), where a
 * server calls its engines without a question.
 * @param read what is wanted of the answer; its body is thrown away afterwards
 * @throws any fault of the network; a `TimeoutError` after `patienceMs`
 */
export async function ask<T>(
  url: string,
  patienceMs: number,
  read: (response: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  const dispatcher = new Agent({ connect: { timeout: patienceMs } })
  const signal = AbortSignal.timeout(patienceMs)
  const answer = async (): Promise<T> => {
    const response = await request(url, { dispatcher, signal })
    // Ending it early is no fault of anybody's.
    response.body.on('error', () => undefined)
    return read(response)
  }
  // An abort is noticed only after the connection is there, and name resolution may hang.
  const { promise: tooLate, reject } = Promise.withResolvers<never>()
  signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  try {
    return await Promise.race([answer(), tooLate])
  } finally {
    await dispatcher.destroy()
  }
}
