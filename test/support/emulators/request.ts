/** A request as an emulated vendor reads it: JSON or a form. */
import type { IncomingMessage } from 'node:http'

export type SentFile = { name: string; filename: string; type: string; bytes: Buffer }
export type EmulatedRequest = {
  method: string
  path: string
  headers: Readonly<Record<string, string>>
  /** The body, when it is JSON. */
  json: unknown
  /** The texts and files, when it is a form. */
  fields: readonly (readonly [name: string, value: string])[]
  files: readonly SentFile[]
}
/** @param basePath of the vendor's API; what lies outside it is no path of the vendor */
export async function readRequest(incoming: IncomingMessage, basePath: string): Promise<EmulatedRequest> {
  const body = Buffer.concat(await incoming.toArray())
  const type = incoming.headers['content-type'] ?? ''
  const headers = flatHeaders(incoming)
  const form = type.startsWith('multipart/') ? await readForm(body, type) : { fields: [], files: [] }
  const json = type.startsWith('application/json') ? parseJson(body.toString('utf8')) : undefined
  return {
    method: incoming.method ?? '',
    path: withoutBase(incoming.url ?? '', basePath),
    headers,
    json,
    ...form,
  }
}

export function flatHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** A path outside the base stays whole, and no vendor knows it. */
function withoutBase(path: string, basePath: string): string {
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : `outside:${path}`
}

async function readForm(body: Buffer, type: string): Promise<Pick<EmulatedRequest, 'fields' | 'files'>> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
  const fields: [string, string][] = []
  const files: SentFile[] = []
  for (const [name, value] of form.entries()) {
    if (typeof value === 'string') fields.push([name, value])
    else
      files.push({
        name,
        filename: value.name,
        type: value.type,
        bytes: Buffer.from(await value.arrayBuffer()),
      })
  }
  return { fields, files }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
