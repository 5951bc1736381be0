import type { JsonSchema } from '../server/models.ts'
import { typeOf } from '../server/models.ts'
import type { Operation } from '../server/openapi.ts'
import { useModel, useSession } from '../server/queries.ts'
import { CodeBlock } from '../ui/code-block.tsx'

/** The route as a command, with this server's address and what it cannot do without. */
export function RouteCode({ operation }: { operation: Operation }) {
  const baseUrl = useSession().data?.base_url ?? ''
  const { modelId } = operation
  return modelId === null ? (
    <CodeBlock code={curlOf(operation, { baseUrl, body: operation.body })} language="cURL" />
  ) : (
    <ModelCode id={modelId} operation={operation} baseUrl={baseUrl} />
  )
}

function ModelCode({ id, operation, baseUrl }: { id: string; operation: Operation; baseUrl: string }) {
  const body = useModel(id).data?.input_schema ?? null
  return <CodeBlock code={curlOf(operation, { baseUrl, body })} language="cURL" />
}

function curlOf(
  { method, path, isPublic }: Operation,
  { baseUrl, body }: { baseUrl: string; body: JsonSchema | null },
) {
  const example = body === null ? null : exampleOf(body)
  const isForm = path === '/assets' && method === 'POST'
  return [
    `curl ${method === 'GET' || body !== null ? '' : `-X ${method} `}"${baseUrl}${path}"`,
    ...(isPublic ? [] : ['-H "Authorization: Bearer $AFTERIMAGE_API_KEY"']),
    ...(isForm ? ['-F file=@picture.jpg'] : []),
    ...(example === null || isForm
      ? []
      : [
          `-H 'Content-Type: application/json'`,
          `-d '${JSON.stringify(example, null, 2).replaceAll("'", '’')}'`,
        ]),
  ].join(' \\\n  ')
}

/** Pictures and words first: nearly every request has them, required or not. */
const USUAL = new Set(['prompt', 'image_url', 'image_urls', 'name', 'url'])
const WORDS: Readonly<Record<string, string>> = {
  prompt: 'make it a pencil sketch',
  name: 'my key',
}

function exampleOf({ properties = {}, required = [] }: JsonSchema): Record<string, unknown> {
  const shown = Object.entries(properties).filter(
    ([name, { deprecated }]) => deprecated !== true && (required.includes(name) || USUAL.has(name)),
  )
  return Object.fromEntries(shown.map(([name, schema]) => [name, valueOf(name, schema)]))
}

function valueOf(name: string, schema: JsonSchema): unknown {
  if (schema.default !== undefined && schema.default !== null) return schema.default
  if (schema.enum !== undefined) return schema.enum[0]
  const type = typeOf(schema)
  if (type === 'array')
    return [schema.items?.properties ? exampleOf(schema.items) : valueOf(name, schema.items ?? {})]
  if (type === 'integer' || type === 'number') return schema.minimum ?? 1
  if (type === 'boolean') return true
  if (type === 'object') return exampleOf(schema)
  return WORDS[name] ?? (name.includes('url') ? 'https://example.com/picture.jpg' : 'text')
}
