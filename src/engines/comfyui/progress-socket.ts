/** Listens to what ComfyUI tells while a prompt runs: the only place where it tells progress, and the first to tell the end. */
import { WebSocket } from 'undici'
import { z } from 'zod'
import type { EngineContext } from '../../core/engine.ts'
import type { Progress } from '../../core/job.ts'

const MESSAGE = z.union([
  z.object({
    type: z.literal('progress'),
    data: z.object({ value: z.number(), max: z.number().positive() }),
  }),
  z.object({
    type: z.literal('progress_state'),
    data: z.object({
      nodes: z.record(
        z.string(),
        z.object({ value: z.number(), max: z.number().positive(), state: z.string() }),
      ),
    }),
  }),
])

export type ProgressSockets = {
  /** Opens a socket for this prompt unless there is one; it ends with the signal. A refusal is no fault. */
  watch: (promptId: string, context: Pick<EngineContext, 'signal' | 'onPreview'>) => void
  /** The last that was heard; null when nothing was. */
  progressOf: (promptId: string) => Progress | null
  /**
   * Resolves when the socket tells, from this call on, that the prompt may have ended; each kind of message counts once.
   * Never resolves where nothing is heard, as when the socket is lost.
   */
  nextNews: (promptId: string) => Promise<void>
  stop: (promptId: string) => void
  stopAll: () => void
}

type Listener = {
  socket: WebSocket
  progress: Progress | null
  isOurTurn: boolean
  /** Kinds of news so far: a server that repeats itself must not be asked as often. */
  told: Set<string>
  tell: () => void
}

/** Whose prompt a message is about, and whether that prompt still runs. */
const TURN = z.object({
  type: z.string(),
  data: z.object({ prompt_id: z.string(), node: z.string().nullish() }),
})
const ENDS: ReadonlySet<string> = new Set(['execution_success', 'execution_error', 'execution_interrupted'])

/** @param headers read for each socket, because they may hold a secret that changes */
export function createProgressSockets(
  origin: string,
  headers: () => Readonly<Record<string, string>>,
): ProgressSockets {
  const listeners = new Map<string, Listener>()
  const stop = (promptId: string): void => {
    listeners.get(promptId)?.socket.close()
    listeners.delete(promptId)
  }
  return {
    watch: (promptId, { signal, onPreview }) => {
      if (listeners.has(promptId) || signal.aborted) return
      const socket = new WebSocket(addressOf(origin, promptId), { headers: { ...headers() } })
      socket.binaryType = 'arraybuffer'
      const listener: Listener = {
        socket,
        progress: null,
        isOurTurn: false,
        told: new Set(),
        tell: () => undefined,
      }
      listeners.set(promptId, listener)
      signal.addEventListener('abort', () => stop(promptId), { once: true })
      socket.addEventListener('message', ({ data }) => {
        const turn = readTurn(data)
        listener.isOurTurn = turn === null ? listener.isOurTurn : turn.promptId === promptId && turn.isRunning
        if (turn !== null && turn.promptId !== promptId) return
        if (turn?.isRunning === false) tellOnce(listener, turn.type)
        listener.progress = readProgress(data) ?? listener.progress
        const bytes = readPreview(data)
        // ComfyUI sends pictures of a prompt that came without a client id to every socket: they are somebody else's.
        if (bytes !== null && listener.isOurTurn) onPreview?.({ bytes })
      })
      // An end before that was told to nobody.
      socket.addEventListener('open', () => tellOnce(listener, 'open'))
      // Without progress the job runs all the same.
      socket.addEventListener('error', () => undefined)
    },
    progressOf: (promptId) => listeners.get(promptId)?.progress ?? null,
    nextNews: (promptId) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      const listener = listeners.get(promptId)
      if (listener !== undefined) listener.tell = resolve
      return promise
    },
    stop,
    stopAll: () => {
      for (const promptId of listeners.keys()) stop(promptId)
    },
  }
}

function tellOnce({ told, tell }: Listener, kind: string): void {
  if (told.has(kind)) return
  told.add(kind)
  tell()
}

/**
 * Null for messages that name no prompt. `executing` without a node is how older versions tell the end; newer ones send
 * it too, last, and only then the history is sure to have the prompt.
 */
export function readTurn(data: unknown): { type: string; promptId: string; isRunning: boolean } | null {
  if (typeof data !== 'string') return null
  const parsed = TURN.safeParse(parseJson(data))
  if (!parsed.success) return null
  const { type, data: about } = parsed.data
  const isOver = ENDS.has(type) || (type === 'executing' && (about.node ?? null) === null)
  return { type, promptId: about.prompt_id, isRunning: !isOver }
}

const PREVIEW_EVENT = 1
/** Number of the event, then that of the format, each of four bytes; the format is read from the picture itself. */
const PREVIEW_HEAD_BYTES = 8

/** The picture of a binary frame of the kind that holds one; null for everything else. */
export function readPreview(data: unknown): Uint8Array | null {
  if (!(data instanceof ArrayBuffer) || data.byteLength <= PREVIEW_HEAD_BYTES) return null
  const event = new DataView(data).getUint32(0)
  return event === PREVIEW_EVENT ? new Uint8Array(data, PREVIEW_HEAD_BYTES) : null
}

/** Null for previews, which are binary, and for everything that tells no progress. */
export function readProgress(data: unknown): Progress | null {
  if (typeof data !== 'string') return null
  const parsed = MESSAGE.safeParse(parseJson(data))
  if (!parsed.success) return null
  const message = parsed.data
  if (message.type === 'progress') return toProgress(message.data)
  const running = Object.values(message.data.nodes).find(({ state }) => state === 'running')
  return running === undefined ? null : toProgress(running)
}

function toProgress({ value, max }: { value: number; max: number }): Progress {
  return {
    stage: `step ${value} of ${max}`,
    percent: Math.min(100, Math.round((100 * value) / max)),
    etaMs: null,
  }
}

function addressOf(origin: string, promptId: string): string {
  const base = origin.replace(/^http/u, 'ws').replace(/\/+$/u, '')
  return `${base}/ws?clientId=${encodeURIComponent(promptId)}`
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
