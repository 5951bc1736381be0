import { useQuery } from '@tanstack/react-query'
import { Tabs } from 'radix-ui'
import { useState } from 'react'
import { typeOf } from '../server/models.ts'
import type { JsonSchema } from '../server/models.ts'
import { faultText } from '../server/faults.ts'
import { loadOpenApi } from '../server/openapi.ts'
import type { Operation } from '../server/openapi.ts'
import { useModel } from '../server/queries.ts'
import { RouteCode } from './route-code.tsx'

/** Every route of this server, from its own OpenAPI document. */
export function ReferencePage() {
  const document = useQuery({ queryKey: ['openapi'], queryFn: loadOpenApi, staleTime: Infinity })
  const [search, setSearch] = useState('')
  if (document.data === undefined)
    return (
      <main id="main" className="page" tabIndex={-1} aria-busy={!document.isError}>
        <h1>API reference</h1>
        {document.isError && <p className="fault">{faultText(document.error)}</p>}
      </main>
    )
  const found = document.data.operations.filter(({ method, path, summary }) =>
    `${method} ${path} ${summary}`.toLowerCase().includes(search.toLowerCase()),
  )
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>API reference</h1>
      <p>
        {document.data.operations.length} routes. The same as a file for code generators:{' '}
        <a href="openapi.json">openapi.json</a>
      </p>
      <input
        className="search"
        type="search"
        aria-label="Search routes"
        placeholder="Search paths and what they do"
        value={search}
        onChange={({ target }) => setSearch(target.value)}
      />
      {groupsOf(found).map(([group, operations]) => (
        <section key={group} aria-label={group}>
          <h2 className="group">{group}</h2>
          <ul className="routes">
            {operations.map((operation) => (
              <li key={`${operation.method} ${operation.path}`}>
                <Route operation={operation} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {found.length === 0 && <p className="hint">No route has “{search}” in its path or in what it does.</p>}
    </main>
  )
}

/** The many routes of the models come last: what all of them share is read first. */
function groupsOf(operations: readonly Operation[]): [group: string, operations: Operation[]][] {
  const isOfModels = ([, [first]]: [string, Operation[]]): number => Number(first?.modelId !== null)
  return [...Map.groupBy(operations, ({ group }) => group)].sort((a, b) => isOfModels(a) - isOfModels(b))
}

/** Closed until it is asked for: the fields of forty models are a long read. */
function Route({ operation }: { operation: Operation }) {
  const [isOpen, setIsOpen] = useState(false)
  const { method, path, summary } = operation
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span className="method" data-method={method}>
          {method}
        </span>
        <code>{path}</code>
        <span className="hint">{summary}</span>
      </summary>
      {isOpen && <RouteDetails operation={operation} />}
    </details>
  )
}

function RouteDetails({ operation }: { operation: Operation }) {
  const { body, parameters, responses, modelId } = operation
  return (
    <Tabs.Root defaultValue="fields" className="route-details">
      <Tabs.List aria-label="Parts">
        <Tabs.Trigger value="fields">Request</Tabs.Trigger>
        <Tabs.Trigger value="answers">Answers</Tabs.Trigger>
        <Tabs.Trigger value="code">cURL</Tabs.Trigger>
      </Tabs.List>
      <Tabs.Content value="fields">
        {modelId !== null && <ModelFields id={modelId} />}
        {modelId === null && body !== null && <Fields title="Body" schema={body} />}
        {parameters.length > 0 && (
          <Fields
            title="Headers and parts of the address"
            schema={{
              properties: Object.fromEntries(parameters.map((one) => [one.name, one.schema])),
              required: parameters.flatMap((one) => (one.required ? [one.name] : [])),
            }}
          />
        )}
        {parameters.length === 0 && body === null && <p className="hint">Nothing but the key.</p>}
      </Tabs.Content>
      <Tabs.Content value="answers">
        <dl className="answers">
          {responses.map(({ status, description }) => (
            <div key={status}>
              <dt>{status}</dt>
              <dd>{description}</dd>
            </div>
          ))}
        </dl>
      </Tabs.Content>
      <Tabs.Content value="code">
        <RouteCode operation={operation} />
      </Tabs.Content>
    </Tabs.Root>
  )
}

function ModelFields({ id }: { id: string }) {
  const { data: model, error } = useModel(id)
  if (model !== undefined) return <Fields title="Body" schema={model.input_schema} />
  return error === null ? <p className="hint">Loading…</p> : <p className="fault">{faultText(error)}</p>
}

function Fields({ title, schema }: { title: string; schema: JsonSchema }) {
  const entries = Object.entries(schema.properties ?? {}).filter(
    ([, property]) => property.deprecated !== true,
  )
  return (
    <div className="scroll fields" tabIndex={0} role="region" aria-label={title}>
      <table>
        <thead>
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">What it is</th>
          </tr>
        </thead>
        <tbody>
          {entries.map(([name, property]) => (
            <tr key={name}>
              <th scope="row">
                <code>{name}</code>{' '}
                <span className="hint">
                  {schema.required?.includes(name) === true && 'required, '}
                  {typeText(property)}
                </span>
              </th>
              <td>{property.description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function typeText(schema: JsonSchema): string {
  const { enum: choices, minimum, maximum, items, default: standard } = schema
  const type = typeOf(schema)
  const range = minimum === undefined || maximum === undefined ? '' : ` ${minimum} to ${maximum}`
  const kind =
    choices?.join(' | ') ??
    (type === 'array'
      ? `list of ${items === undefined ? 'values' : (typeOf(items) ?? 'values')}`
      : (type ?? 'any'))
  return `${kind}${range}${standard === undefined ? '' : `, standard ${JSON.stringify(standard)}`}`
}
