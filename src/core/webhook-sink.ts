/** The built-in sink: takes webhooks and shows them, for trying things out. In memory, bounded, of one process. */
import { createHmac, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto'

export type SinkMessage = {
  /** Rises by one with each message of this process. */
  sequence: number
  receivedAt: number
  headers: Readonly<Record<string, string>>
  body: string
}

/** `cursor` leads on from here, also over a restart: what the new process holds is then read from its start. */
export type SinkPage = { messages: readonly SinkMessage[]; cursor: string }

export type WebhookSink = {
  /** A new id of 64 hex digits. Whoever knows it may write to the sink and read it. */
  newId: () => Promise<string>
  /** False when the id is none of ours. */
  receive: (id: string, message: Pick<SinkMessage, 'headers' | 'body'>) => Promise<boolean>
  /**
   * The messages after `cursor` that are still held, oldest first; waits up to `waitMs` for the first one.
   * Null when the id is none of ours.
   */
  read: (
    id: string,
    options: { cursor: string | null; waitMs: number; signal: AbortSignal },
  ) => Promise<SinkPage | null>
}

export type WebhookSinkDeps = {
  /** Text from which the key is derived that makes ids unforgeable; read at first use. */
  masterKey: () => Promise<string>
  now: () => number
}

const ID = /^[0-9a-f]{64}$/u
const RANDOM_BYTES = 16
const MAC_BYTES = 16
/** Oldest messages go first, of all sinks together: a few thousand jobs. */
const MAX_TOTAL_CHARACTERS = 16 * 1024 * 1024
/** Counted for each message besides its text: empty ones by the million would fill the memory. */
const MESSAGE_CHARACTERS = 2048
/** Readers that wait; more are answered at once. */
const MAX_WAITING = 200

/**
 * An id is 16 random bytes and their MAC: it needs no table, outlives a restart, and strangers cannot make one up to
 * store things here.
 */
export function createWebhookSink({ masterKey, now }: WebhookSinkDeps): WebhookSink {
  const store = createMessageStore(now)
  const mac = async (random: string): Promise<Buffer> =>
    createHmac('sha256', await masterKey())
      .update(`afterimage webhook sink ${random}`)
      .digest()
      .subarray(0, MAC_BYTES)
  const isOurs = async (id: string): Promise<boolean> => {
    if (!ID.test(id)) return false
    const [random, found] = [id.slice(0, RANDOM_BYTES * 2), id.slice(RANDOM_BYTES * 2)]
    return timingSafeEqual(await mac(random), Buffer.from(found, 'hex'))
  }
  return {
    newId: async () => {
      const random = randomBytes(RANDOM_BYTES).toString('hex')
      return random + (await mac(random)).toString('hex')
    },
    receive: async (id, message) => {
      if (!(await isOurs(id))) return false
      store.add(id, message)
      return true
    },
    read: async (id, { cursor, waitMs, signal }) => {
      if (!(await isOurs(id))) return null
      const page = store.after(id, cursor)
      if (page.messages.length > 0 || waitMs === 0) return page
      await store.changed(id, waitMs, signal)
      return store.after(id, cursor)
    },
  }
}

type Entry = SinkMessage & { sinkId: string }

function createMessageStore(now: () => number) {
  const process = randomUUID()
  const waiting = new Set<{ sinkId: string; wake: () => void }>()
  let entries: Entry[] = []
  let size = 0
  let sequence = 0
  const sizeOf = ({ headers, body }: Entry): number =>
    MESSAGE_CHARACTERS + JSON.stringify(headers).length + body.length
  return {
    add: (sinkId: string, message: Pick<SinkMessage, 'headers' | 'body'>): void => {
      const entry = { ...message, sinkId, sequence: (sequence += 1), receivedAt: now() }
      entries.push(entry)
      size += sizeOf(entry)
      while (size > MAX_TOTAL_CHARACTERS && entries.length > 1) {
        const [oldest, ...rest] = entries
        if (oldest !== undefined) size -= sizeOf(oldest)
        entries = rest
      }
      for (const reader of waiting) if (reader.sinkId === sinkId) reader.wake()
    },
    after: (sinkId: string, cursor: string | null): SinkPage => {
      const [knownProcess, known] = cursor?.split('.') ?? []
      const from = knownProcess === process ? Number(known) : 0
      const messages = entries
        .filter((entry) => entry.sinkId === sinkId && entry.sequence > from)
        .map(({ sequence, receivedAt, headers, body }) => ({ sequence, receivedAt, headers, body }))
      return {
        messages,
        cursor: `${process}.${messages.at(-1)?.sequence ?? (Number.isNaN(from) ? 0 : from)}`,
      }
    },
    changed: (sinkId: string, waitMs: number, signal: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (waiting.size >= MAX_WAITING || signal.aborted) return resolve()
        const timer = setTimeout(() => reader.wake(), waitMs)
        const reader = {
          sinkId,
          wake: () => {
            clearTimeout(timer)
            signal.removeEventListener('abort', reader.wake)
            waiting.delete(reader)
            resolve()
          },
        }
        signal.addEventListener('abort', reader.wake)
        waiting.add(reader)
      }),
  }
}
