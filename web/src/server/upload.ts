/** Uploads that tell how far they are. `fetch` does not know; the older request of browsers does. */
import { Krea } from '../../../src/sdk/index.ts'
import type { Asset } from '../../../src/sdk/index.ts'
import { BASE_URL } from './client.ts'

/** @param onSent the part of the bytes that has left, 0 to 1 */
export function uploadFile(file: File, onSent: (part: number) => void): Promise<Asset> {
  const client = new Krea({ baseUrl: BASE_URL, apiKey: '', fetch: createTellingFetch(onSent) })
  return client.assets.upload(file, { filename: file.name })
}

/** As much of `fetch` as the SDK uses for a form: text of an answer, its headers, and an end by signal. */
function createTellingFetch(onSent: (part: number) => void): typeof fetch {
  return (input, init) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      const { signal } = init ?? {}
      request.open(init?.method ?? 'GET', input instanceof Request ? input.url : input)
      for (const [name, value] of new Headers(init?.headers)) request.setRequestHeader(name, value)
      request.upload.addEventListener('progress', ({ loaded, total }) =>
        onSent(total === 0 ? 1 : loaded / total),
      )
      request.addEventListener('load', () => resolve(toResponse(request)))
      // What fetch says when nobody answers.
      request.addEventListener('error', () => reject(new TypeError('the upload was cut off')))
      request.addEventListener('abort', () => reject(signal?.reason as Error))
      signal?.addEventListener('abort', () => request.abort(), { once: true })
      request.send(init?.body as FormData)
    })
}

function toResponse(request: XMLHttpRequest): Response {
  const headers = new Headers()
  for (const line of request.getAllResponseHeaders().trim().split('\r\n')) {
    const at = line.indexOf(':')
    if (at > 0) headers.append(line.slice(0, at), line.slice(at + 1).trim())
  }
  return new Response(request.responseText, { status: request.status, headers })
}
