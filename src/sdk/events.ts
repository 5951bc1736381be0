import type { OpenStream } from './transport.ts'
import type { Job } from './types.ts'

export type FollowOptions = {
  signal: AbortSignal | undefined
  headers: Readonly<Record<string, string>> | undefined
}

/** Answers each newer state of a job; ends when the stream does, whatever the reason. Never throws. */
export type FollowJob = (path: string, options: FollowOptions) => AsyncGenerator<Job, void>

/** The server begins with the job at once. What is silent longer is a proxy that collects the stream. */
const FIRST_WORD_MS = 5000
/** The server says something every 15 s. */
const SILENCE_MS = 40_000

/**
 * Follows `…/events` by plain `fetch`, because a browser's EventSource cannot send a key. Whoever calls it goes on by
 * polling where it ends too early, so there is no need to tell why it did.
 */
export function createFollowJob(open: OpenStream): FollowJob {
  return async function* (path, { signal, headers }) {
    const silence = new AbortController()
    const listen = (ms: number): ReturnType<typeof setTimeout> => setTimeout(() => silence.abort(), ms)
    let timer = listen(FIRST_WORD_MS)
    try {
      const signals = signal === undefined ? [silence.signal] : [silence.signal, signal]
      const options = { headers, signal: AbortSignal.any(signals) }
      const accept = { accept: 'text/event-stream' }
      const stream = await open({ method: 'GET', path, headers: accept, isRepeatable: true, options })
      for await (const data of readEvents(stream, () => {
        clearTimeout(timer)
        timer = listen(SILENCE_MS)
      }))
        yield JSON.parse(data) as Job
    } catch {
      // Broken, refused, silent or stopped: the caller polls, and meets again whatever is the matter.
    } finally {
      clearTimeout(timer)
      silence.abort()
    }
  }
}

/** The data of each event. Of the format only what the server sends: one line of data, and comments. */
async function* readEvents(stream: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<string> {
  const reader = stream.getReader()
  const decoder = new TextDecoder()
  let text = ''
  try {
    for (let chunk = await reader.read(); chunk.value !== undefined; chunk = await reader.read()) {
      onBytes()
      text += decoder.decode(chunk.value, { stream: true })
      const blocks = text.split(/\r?\n\r?\n/u)
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const data = /^data: ?(.*)$/mu.exec(block)?.[1]
        if (data !== undefined) yield data
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}
