/** Request bodies of known length that note whether any byte of them was taken. */
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'

/** Bytes in memory, or a file that is streamed: sixteen inputs of 50 MB would not fit in memory. */
export type PartContent = Uint8Array | { path: string; bytes: number }

/** A form field, or with a file name a file. Names and file names are ours, never a caller's text. */
export type FormPart =
  | { name: string; value: string }
  | { name: string; filename: string; contentType: string; content: PartContent }

export type UpstreamBody = { contentType: string; bytes: number; chunks: () => AsyncGenerator<Uint8Array> }

export type OpenBody = {
  stream: Readable
  /**
   * False while nothing was read. The transport writes the head of a request together with the first bytes of the
   * body, so false proves that the upstream cannot have seen it.
   */
  isStarted: () => boolean
}

export function jsonBody(value: unknown): UpstreamBody {
  const bytes = Buffer.from(JSON.stringify(value))
  return { contentType: 'application/json', bytes: bytes.length, chunks: () => once(bytes) }
}

/** multipart/form-data (RFC 7578), parts in the given order. */
export function formBody(parts: readonly FormPart[]): UpstreamBody {
  const boundary = `afterimage-${randomUUID()}`
  const segments = parts.flatMap((part): PartContent[] => [
    Buffer.from(partHead(part, boundary)),
    'value' in part ? Buffer.from(part.value) : part.content,
    Buffer.from('\r\n'),
  ])
  segments.push(Buffer.from(`--${boundary}--\r\n`))
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    bytes: segments.reduce((sum, segment) => sum + sizeOf(segment), 0),
    chunks: () => readAll(segments),
  }
}

/** Ready to send once. */
export function openBody(body: UpstreamBody): OpenBody {
  let isStarted = false
  async function* watched(): AsyncGenerator<Uint8Array> {
    isStarted = true
    yield* body.chunks()
  }
  return { stream: Readable.from(watched(), { objectMode: false }), isStarted: () => isStarted }
}

function partHead(part: FormPart, boundary: string): string {
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="${part.name}"`
  if ('value' in part) return `${head}\r\n\r\n`
  return `${head}; filename="${part.filename}"\r\ncontent-type: ${part.contentType}\r\n\r\n`
}

function sizeOf(content: PartContent): number {
  return content instanceof Uint8Array ? content.length : content.bytes
}

// Readable.from wants an async source although this one has nothing to wait for.
async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  await Promise.resolve()
  yield bytes
}

async function* readAll(contents: readonly PartContent[]): AsyncGenerator<Uint8Array> {
  for (const content of contents) {
    if (content instanceof Uint8Array) yield content
    else yield* createReadStream(content.path) as AsyncIterable<Uint8Array>
  }
}
