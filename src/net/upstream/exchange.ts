/** The one place where a request leaves and its answer comes back, so that something may stand in between. */
import type { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { UpstreamBody } from './body.ts'

export type ExchangeRequest = {
  method: string
  target: URL
  body: UpstreamBody | null
  /** True for the one call that costs money. */
  isBillable: boolean
  /** Texts that nobody may keep: the secret, the prompt. */
  known: readonly string[]
}

export type ExchangeAnswer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'> & { body: Readable }

/**
 * Answers a request, by sending it or otherwise.
 * @param send makes the real call; at most once
 */
export type Exchange = (
  request: ExchangeRequest,
  send: () => Promise<ExchangeAnswer>,
) => Promise<ExchangeAnswer>
