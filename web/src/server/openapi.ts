/** The server's own description of itself, reduced to what the reference shows. */
import { BASE_URL } from './client.ts'
import type { JsonSchema } from './models.ts'

export type Operation = {
  method: string
  path: string
  summary: string
  /** The part of the API that it belongs to. */
  group: string
  parameters: readonly { name: string; required: boolean; schema: JsonSchema }[]
  /** Fields of a JSON body or a form; null without one. */
  body: JsonSchema | null
  responses: readonly { status: string; description: string }[]
  /** True where no key is needed. */
  isPublic: boolean
  /** Of a generate route: its fields are those of the model. */
  modelId: string | null
}

type RawSchema = JsonSchema & { $ref?: string }
type RawParameter = {
  $ref?: string
  name: string
  required?: boolean
  description?: string
  schema?: RawSchema
}
type RawOperation = {
  summary?: string
  tags?: readonly string[]
  /** Present only where it differs from the document's: none is needed then. */
  security?: readonly unknown[]
  parameters?: readonly RawParameter[]
  requestBody?: { content?: Readonly<Record<string, { schema?: RawSchema }>> }
  responses?: Readonly<Record<string, { $ref?: string; description?: string }>>
}
type Document = { paths: Readonly<Record<string, Readonly<Record<string, unknown>>>> }

const METHODS = ['get', 'post', 'put', 'patch', 'delete']

/** The document is public and needs no key, so it is fetched as the file it is. */
export async function loadOpenApi(): Promise<{ operations: Operation[] }> {
  const answer = await fetch(`${BASE_URL}/openapi.json`)
  if (!answer.ok) throw new Error('The server has no OpenAPI document.')
  const document = (await answer.json()) as Document
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as RawOperation | undefined
      const shared = (item['parameters'] ?? []) as readonly RawParameter[]
      return operation === undefined ? [] : [read(document, { path, method, operation, shared })]
    }),
  )
  return { operations }
}

type Found = { path: string; method: string; operation: RawOperation; shared: readonly RawParameter[] }

function read(document: Document, { path, method, operation, shared }: Found): Operation {
  const [content] = Object.values(operation.requestBody?.content ?? {})
  return {
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    group: operation.tags?.[0] ?? 'Other',
    parameters: [...shared, ...(operation.parameters ?? [])].map((raw) => {
      const { name, required = false, description, schema = {} } = resolve(document, raw)
      const own = resolve(document, schema)
      return { name, required, schema: description === undefined ? own : { ...own, description } }
    }),
    body: content?.schema === undefined ? null : resolve(document, content.schema),
    responses: Object.entries(operation.responses ?? {}).map(([status, raw]) => ({
      status,
      description: resolve(document, raw).description ?? '',
    })),
    isPublic: operation.security?.length === 0,
    modelId: /^\/generate\/\w+\/(.+)$/u.exec(path)?.[1] ?? null,
  }
}

/** Follows `#/components/…`; what leads nowhere stays as it is. */
function resolve<Part extends { $ref?: string }>(document: Document, part: Part): Part {
  if (part.$ref === undefined) return part
  let found: unknown = document
  for (const key of part.$ref.replace(/^#\//u, '').split('/'))
    found = (found as Readonly<Record<string, unknown>> | undefined)?.[key]
  return (found as Part | undefined) ?? part
}
