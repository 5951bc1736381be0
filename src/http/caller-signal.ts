import type { FastifyReply } from 'fastify'

/** Fires when the connection ends before the answer is written: nobody waits for the images that are being fetched. */
export function callerSignal({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController()
  raw.once('close', () => {
    if (!raw.writableFinished) controller.abort()
  })
  return controller.signal
}
