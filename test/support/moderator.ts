/** A moderation endpoint: real HTTP, what it was asked, and an answer that a test chooses. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { startServer } from './http-server.ts'

export type Question = {
  authorization: string | null
  request: {
    stage: 'input' | 'output'
    job_id: string
    prompt: string | null
    fields: Record<string, unknown>
    images: { role: string; content_type: string }[]
  } & Record<string, unknown>
  /** Bytes and type of each image. */
  images: { bytes: Buffer; type: string }[]
}

export type TestModerator = {
  url: string
  questions: Question[]
  /** Decides from now on; the default allows everything. */
  answer: (decide: (question: Question, response: ServerResponse) => void) => void
  close: () => Promise<void>
}

export const ALLOWED = JSON.stringify({ allowed: true })

export async function startModerator(): Promise<TestModerator> {
  const questions: Question[] = []
  const allow = (_question: Question, response: ServerResponse): void => void response.end(ALLOWED)
  let decide = allow
  const server = await startServer(
    (request, response) => {
      const handle = async (): Promise<void> => {
        const question = await readQuestion(request)
        questions.push(question)
        response.setHeader('content-type', 'application/json')
        decide(question, response)
      }
      handle().catch(() => response.destroy())
    },
    { host: '127.0.0.1' },
  )
  return {
    url: `http://127.0.0.1:${server.port}/decide`,
    questions,
    answer: (next) => (decide = next),
    close: server.close,
  }
}

async function readQuestion(request: IncomingMessage): Promise<Question> {
  const body = Buffer.concat(await request.toArray())
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(new Uint8Array(body), { headers }).formData()
  const images = await Promise.all(
    form.getAll('image').map(async (image) => {
      if (typeof image === 'string') throw new Error('An image is a file.')
      return { bytes: Buffer.from(await image.arrayBuffer()), type: image.type }
    }),
  )
  const wanted = form.get('request')
  if (typeof wanted !== 'string') throw new Error('The request is text.')
  return {
    authorization: request.headers.authorization ?? null,
    request: JSON.parse(wanted) as Question['request'],
    images,
  }
}
