import type { OpenApiDocument } from '../../src/wire/openapi.ts'
import { code, codes, GENERATED, page, table } from './markdown.ts'

const INTRODUCTION = `Every route of this server, from its own OpenAPI document, which it serves at \`/openapi.json\`. Requests carry \`Authorization: Bearer YOUR_API_KEY\` (\`Key\` instead of \`Bearer\` works too) unless the route says that it is public. Errors have one shape, in [Errors](errors.md). The fields of each model are in [Models](models.md).`

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

type Parameter = {
  in: string
  name: string
  required?: boolean
  description?: string
  schema: {
    type?: string
    enum?: readonly string[]
    default?: string | number
    minimum?: number
    maximum?: number
  }
}
type Answer = { $ref?: string; description?: string; content?: Record<string, { schema: Member }> }
type Operation = {
  tags: readonly string[]
  summary: string
  security?: readonly unknown[]
  parameters?: readonly Parameter[]
  responses: Record<string, Answer>
}
type Route = { method: string; path: string; operation: Operation; shared: readonly Parameter[] }

/** docs/reference/api.md */
export function apiPage(document: OpenApiDocument): string {
  const routes = Object.entries(document.paths).flatMap(routesOf)
  const generate = routes.filter(({ path }) => path.startsWith('/generate/'))
  const others = routes.filter(({ path }) => !path.startsWith('/generate/'))
  const tags = document.tags.filter(({ name }) => others.some(({ operation }) => operation.tags[0] === name))
  return page(
    '# API',
    GENERATED,
    INTRODUCTION,
    '## Generate',
    generateSection(document, generate),
    ...tags.flatMap(({ name, description }) => [
      `## ${name}`,
      description,
      ...others
        .filter(({ operation }) => operation.tags[0] === name)
        .map((route) => routeSection(document, route)),
    ]),
    '## Objects',
    ...Object.entries(document.components['schemas'] ?? {}).map(schemaSection),
  )
}

function routesOf([path, item]: [string, Record<string, unknown>]): Route[] {
  const shared = (item['parameters'] ?? []) as Parameter[]
  return METHODS.filter((method) => method in item).map((method) => ({
    method,
    path,
    shared,
    operation: item[method] as Operation,
  }))
}

/** All models share parameters and answers; only their fields differ. */
function generateSection(document: OpenApiDocument, routes: readonly Route[]): string {
  const [first] = routes
  if (first === undefined) return ''
  const paths = routes.map(({ path, operation }) => [code(`POST ${path}`), operation.summary])
  return page(
    'One route for each model. The body is JSON with the fields of that model.',
    parameterTable(first),
    answerTable(document, first),
    table(['route', 'model'], paths),
  ).trimEnd()
}

function routeSection(document: OpenApiDocument, route: Route): string {
  const { method, path, operation } = route
  const isPublic = operation.security?.length === 0
  return page(
    `### ${code(`${method.toUpperCase()} ${path}`)}`,
    `${operation.summary}.${isPublic ? ' Public: no key.' : ''}`,
    parameterTable(route),
    answerTable(document, route),
  ).trimEnd()
}

function parameterTable({ shared, operation }: Route): string {
  const parameters = [...shared, ...(operation.parameters ?? [])]
  if (parameters.length === 0) return ''
  const rows = parameters.map(({ name, in: place, description = '', schema }) => [
    code(name),
    place,
    valuesText(schema),
    description,
  ])
  return table(['parameter', 'in', 'holds', 'meaning'], rows)
}

function valuesText({
  type = '',
  enum: values,
  default: fallback,
  minimum,
  maximum,
}: Parameter['schema']): string {
  const range = minimum === undefined || maximum === undefined ? type : `${type}, ${minimum} to ${maximum}`
  const text = values === undefined ? range : codes(values)
  return fallback === undefined ? text : `${text}; default ${code(fallback)}`
}

function answerTable(document: OpenApiDocument, { operation }: Route): string {
  const rows = Object.entries(operation.responses).map(([status, answer]) => {
    const whole = resolve(document, answer)
    const schema = Object.values(whole.content ?? {})[0]?.schema ?? {}
    const isNamed = schema.$ref !== undefined || schema.anyOf !== undefined
    return [status, isNamed ? memberText(schema) : '', whole.description ?? '']
  })
  return table(['status', 'body', 'when'], rows)
}

function resolve(document: OpenApiDocument, answer: Answer): Answer {
  if (answer.$ref === undefined) return answer
  return document.components['responses']?.[lastSegment(answer.$ref)] ?? {}
}

function lastSegment(reference: string): string {
  return reference.slice(reference.lastIndexOf('/') + 1)
}

type Member = {
  $ref?: string
  const?: string | number | boolean
  type?: string | readonly string[]
  enum?: readonly (string | null)[]
  items?: Member
  anyOf?: readonly Member[]
  oneOf?: readonly Member[]
  description?: string
}

function schemaSection([name, schema]: [string, unknown]): string {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Member>
    required?: readonly string[]
  }
  const rows = Object.entries(properties).map(([key, member]) => [
    code(key),
    memberText(member),
    required.includes(key) ? 'always' : '',
    member.description ?? '',
  ])
  return rows.length === 0
    ? ''
    : page(`### ${name}`, table(['member', 'holds', 'there', 'meaning'], rows)).trimEnd()
}

function memberText(member: Member): string {
  if (member.$ref !== undefined) return code(lastSegment(member.$ref))
  if (member.const !== undefined) return code(member.const)
  const choices = member.anyOf ?? member.oneOf
  if (choices !== undefined) return choices.map(memberText).join(' or ')
  if (member.enum !== undefined) return member.enum.map((value) => code(String(value))).join(', ')
  if (member.items !== undefined) return `list of ${memberText(member.items)}`
  return typeof member.type === 'string' ? member.type : (member.type ?? ['anything']).join(' or ')
}
