/** The engine around an adapter whose upstream answers the one call with the image itself. */
import type { Engine, EngineContext } from '../../core/engine.ts'
import type { Adapter, AdapterRequest, Reading } from './adapter.ts'
import type { Answer } from './answer.ts'
import type { UpstreamEngineOptions } from './engine-options.ts'
import { commonMembers, createParts, prepareRequest, toBillableCall, toResult } from './engine-parts.ts'
import type { UpstreamEvent } from './events.ts'

export type SyncReply = {
  answer: Answer
  /** Those that `onEvent` was not done with. */
  events: readonly UpstreamEvent[]
  /** How many it was done with. */
  taken: number
}

export type SyncAdapter<Model> = Adapter<Model> & {
  read: (reply: SyncReply, request: AdapterRequest<Model>) => Reading
  /**
   * Called for each event as it comes. True: it is done with, and `read` need not see it; megabytes are let go.
   * @throws to end the call
   */
  onEvent?: (event: UpstreamEvent, context: EngineContext) => boolean
  /** Whether `read` would find everything in these: a stream that breaks off after them takes nothing away. */
  isAnswered?: (events: readonly UpstreamEvent[]) => boolean
}

/** One call that makes the image and cannot be resumed. */
export function createSyncEngine<Model>(adapter: SyncAdapter<Model>, options: UpstreamEngineOptions): Engine {
  const parts = createParts(adapter, options)
  return {
    ...commonMembers(adapter, parts),
    kind: 'sync',
    submit: async (job, context) => {
      const request = await prepareRequest(adapter, parts, { request: job, context })
      const outgoing = await adapter.toCall(request)
      const events: UpstreamEvent[] = []
      let taken = 0
      const onEvent = (event: UpstreamEvent): void => {
        if (adapter.onEvent?.(event, context) === true) taken += 1
        else events.push(event)
      }
      const call = toBillableCall(outgoing, { context, prompt: job.input.prompt, onEvent })
      const isAnswered = (): boolean => adapter.isAnswered?.(events) === true
      await context.announceCall()
      const answer = await parts.client.send({ ...call, isAnswered })
      const reading = adapter.read({ answer, events, taken }, request)
      const { warnings } = outgoing
      const result = await toResult(reading, { parts, context, call, answer, warnings })
      return { handle: null, status: { state: 'completed', ...result } }
    },
  }
}
