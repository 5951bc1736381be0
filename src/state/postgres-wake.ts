/** Tells other processes of new work, and hears of theirs. A message may get lost: everybody looks now and then too. */
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { Client } from 'pg'

export type Wake = {
  /** Tells the listeners here at once, and other processes soon. */
  announce: () => void
  onWake: (listener: () => void) => () => void
  /** Resolves after the first try to listen, whether it worked or not. */
  start: () => Promise<void>
  /** Sends what is still to be told, and stops. */
  stop: () => Promise<void>
}

export type WakeDeps = {
  /** Names this process among those that listen, so that it need not wake itself. */
  sender: string
  /** Sends `pg_notify`; its failure is no fault. */
  notify: (channel: string, sender: string) => Promise<void>
  /** A new client, not connected; null where listening does not work. */
  connect: (() => Client) | null
}

export const CHANNEL = 'afterimage_work'
/**
 * Commits within this time are told together. A message sent inside each transaction would take a lock of the whole
 * server at each commit, so that no two commits could share an fsync.
 */
const COALESCE_MS = 2
const BACKOFF_MS = { first: 100, last: 5000 }

export function createWake(deps: WakeDeps): Wake {
  const listeners = new Set<() => void>()
  const ring = (): void => listeners.forEach((listener) => listener())
  const sending = createSender(() => deps.notify(CHANNEL, deps.sender))
  const stopping = new AbortController()
  let listening: Promise<void> = Promise.resolve()
  return {
    announce: () => {
      ring()
      sending.soon()
    },
    onWake: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    start: async () => {
      const { connect } = deps
      if (connect === null) return
      const tried = Promise.withResolvers<void>()
      const onTried = tried.resolve
      listening = keepListening({ connect, sender: deps.sender, ring, onTried, signal: stopping.signal })
      await tried.promise
    },
    stop: async () => {
      stopping.abort()
      listeners.clear()
      await sending.flush()
      await listening
    },
  }
}

/** Calls `send` once for all calls of `soon` within a moment. */
function createSender(send: () => Promise<void>): { soon: () => void; flush: () => Promise<void> } {
  let timer: NodeJS.Timeout | null = null
  let sent: Promise<void> = Promise.resolve()
  const sendNow = (): void => {
    timer = null
    sent = send().catch(() => undefined)
  }
  return {
    soon: () => {
      timer ??= setTimeout(sendNow, COALESCE_MS)
    },
    flush: async () => {
      if (timer !== null) {
        clearTimeout(timer)
        sendNow()
      }
      await sent
    },
  }
}

type Listening = Pick<WakeDeps, 'sender'> & {
  connect: () => Client
  ring: () => void
  onTried: () => void
  signal: AbortSignal
}

/** Connects again whenever the connection is lost, ever more slowly while that fails. */
async function keepListening(options: Listening): Promise<void> {
  const { signal } = options
  let backoff = BACKOFF_MS.first
  while (!signal.aborted) {
    const hasListened = await listenOnce(options)
    options.onTried()
    backoff = hasListened ? BACKOFF_MS.first : Math.min(BACKOFF_MS.last, backoff * 2)
    await wait(backoff * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined)
  }
}

/** Listens until the connection ends; false when it never came up. */
async function listenOnce({ connect, sender, ring, onTried, signal }: Listening): Promise<boolean> {
  const client = connect()
  const stop = (): void => void client.end().catch(() => undefined)
  signal.addEventListener('abort', stop, { once: true })
  try {
    const ended = once(client, 'end')
    client.on('notification', ({ payload }) => {
      if (payload !== sender) ring()
    })
    await client.connect()
    await client.query(`LISTEN ${CHANNEL}`)
    // Whatever was said while nobody listened here is lost.
    ring()
    onTried()
    await ended
    return true
  } catch {
    return false
  } finally {
    signal.removeEventListener('abort', stop)
    await client.end().catch(() => undefined)
  }
}
