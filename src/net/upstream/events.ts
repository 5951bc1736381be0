/** Server-sent events, as far as upstreams use them. */

export type UpstreamEvent = { name: string; json: unknown }

/** A stream that was begun and cannot be read to its end. What the call made may be in the part that is lost. */
export class BrokenStreamError extends Error {
  override readonly name = 'BrokenStreamError'
}

/** Bytes of one event that may wait for its end: a partial 8 MP image in base64 has about 30 MB. */
const MAX_EVENT_CHARACTERS = 128 * 1024 * 1024

/** Many times what a vendor tells in the longest job. One event takes a dozen times the bytes of the smallest. */
const MAX_EVENTS = 20_000

/** What stands before an empty line, or before the end of the stream. */
type Block = { text: string; isEnded: boolean }

/**
 * Events in order; comments, empty events and OpenAI's closing `[DONE]` are left out, and so is a last one that the end
 * of the stream cuts off: whoever reads the events finds it missing.
 * @throws BrokenStreamError an event without end, or whose data is not JSON; events without end
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<UpstreamEvent> {
  let count = 0
  for await (const { text, isEnded } of readBlocks(chunks)) {
    const lines = text.split('\n')
    const data = valuesOf(lines, 'data').join('\n')
    if (data === '' || data === '[DONE]' || (!isEnded && !isJson(data))) continue
    if ((count += 1) > MAX_EVENTS) throw new BrokenStreamError('there are events without end')
    yield { name: valuesOf(lines, 'event').at(-1) ?? 'message', json: parseData(data) }
  }
}

function parseData(data: string): unknown {
  try {
    return JSON.parse(data) as unknown
  } catch (cause) {
    // Without the cause's message, which quotes the data.
    throw new BrokenStreamError('an event is not valid JSON', { cause })
  }
}

async function* readBlocks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Block> {
  const decoder = new TextDecoder()
  // Kept in pieces: joining a string of megabytes for every packet would be quadratic.
  let pieces: string[] = []
  let held = 0
  let last = ''
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true }).replaceAll('\r', '')
    // Not for each line either: an event of many lines is as long as one of a single line.
    const isEnd = `${last}${text}`.includes('\n\n')
    last = text.at(-1) ?? last
    pieces.push(text)
    held += text.length
    if (held > MAX_EVENT_CHARACTERS) throw new BrokenStreamError('an event has no end')
    if (!isEnd) continue
    const blocks = pieces.join('').split('\n\n')
    const rest = blocks.pop() ?? ''
    for (const block of blocks) yield { text: block, isEnded: true }
    pieces = [rest]
    held = rest.length
  }
  yield { text: pieces.join(''), isEnded: false }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function valuesOf(lines: readonly string[], field: string): string[] {
  return lines
    .filter((line) => line.startsWith(`${field}:`))
    .map((line) => line.slice(field.length + 1).replace(/^ /u, ''))
}
