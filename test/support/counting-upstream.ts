/** A paid vendor that counts: OpenAI's images API with one small picture for an answer, and a tally by prompt. */
import type { IncomingMessage } from 'node:http'
import { startServer } from './http-server.ts'
import { createPngBomb } from './png.ts'

export type CountingUpstream = {
  /** Settings of a server that pays here. */
  settings: Readonly<Record<string, string>>
  /** Calls that arrived whole, which is when a vendor charges, by prompt. */
  calls: ReadonlyMap<string, number>
  /** Called when a call has arrived, before it is answered. */
  onCall: (listener: (() => void) | null) => void
  close: () => Promise<void>
}

/** @param answerAfterMs how long the vendor paints */
export async function startCountingUpstream(answerAfterMs = 5): Promise<CountingUpstream> {
  const calls = new Map<string, number>()
  const picture = createPngBomb(64, 'rgb8').toString('base64')
  let listener: (() => void) | null = null
  const server = await startServer(
    (request, response) => {
      const answer = async (): Promise<void> => {
        const prompt = await readPrompt(request)
        calls.set(prompt, (calls.get(prompt) ?? 0) + 1)
        listener?.()
        // A long one must not keep the test's process alive; the open connection does.
        await new Promise((resolve) => setTimeout(resolve, answerAfterMs).unref())
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ created: 1_795_345_000, data: [{ b64_json: picture }] }))
      }
      // A caller that was killed while it sent has not bought anything.
      answer().catch(() => response.destroy())
    },
    { host: '127.0.0.1' },
  )
  return {
    settings: {
      OPENAI_API_KEY: 'counted.by.tests',
      AFTERIMAGE_OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1`,
    },
    calls,
    onCall: (next) => (listener = next),
    close: server.close,
  }
}

async function readPrompt(request: IncomingMessage): Promise<string> {
  const body = Buffer.concat(await request.toArray())
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return (JSON.parse(body.toString()) as { prompt: string }).prompt
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const prompt = form.get('prompt')
  return typeof prompt === 'string' ? prompt : ''
}
