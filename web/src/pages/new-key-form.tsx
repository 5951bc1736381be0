import { useState } from 'react'
import type { KeyScope, NewKey } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { queries } from '../server/queries.ts'
import { Button } from '../ui/button.tsx'
import { CodeBlock } from '../ui/code-block.tsx'

const SCOPES: readonly { value: KeyScope; label: string }[] = [
  { value: 'generate', label: 'Make pictures' },
  { value: 'read', label: 'See jobs only' },
  { value: 'admin', label: 'Everything' },
]
const LIMITS = [
  { name: 'requests_per_minute', label: 'Requests a minute' },
  { name: 'concurrency', label: 'Jobs at once' },
  { name: 'monthly_budget_usd', label: 'US dollars a month' },
  { name: 'max_cost_usd', label: 'US dollars a job' },
] as const

/** A name, what it may do, and how much; the token is shown once and kept nowhere. */
export function NewKeyForm() {
  const [token, setToken] = useState<string | null>(null)
  const [fault, setFault] = useState<string | null>(null)
  const create = async (form: HTMLFormElement): Promise<void> => {
    try {
      const made = await krea.keys.create(readForm(new FormData(form)))
      setToken(made.token)
      setFault(null)
      form.reset()
      await queries.invalidateQueries({ queryKey: ['keys'] })
    } catch (error) {
      setFault(faultText(error))
    }
  }
  return (
    <form
      className="new-key"
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault()
        void create(event.currentTarget)
      }}
    >
      <label>
        Name
        <input name="name" required maxLength={100} autoComplete="off" />
      </label>
      <label>
        Allowed to
        <select name="scope" defaultValue="generate">
          {SCOPES.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {LIMITS.map(({ name, label }) => (
        <label key={name}>
          {label}
          <input name={name} type="number" min={0} step="any" placeholder="no limit" />
        </label>
      ))}
      <Button kind="primary" type="submit">
        Create the key
      </Button>
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      {token !== null && (
        <div className="token" role="status">
          <p>This is the key. It is shown only once: copy it to where your program reads it.</p>
          <CodeBlock code={token} language="Key" />
        </div>
      )}
    </form>
  )
}

function readForm(data: FormData): NewKey {
  const text = (name: string): string => {
    const value = data.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const limits = LIMITS.flatMap(({ name }) =>
    text(name) === '' ? [] : [[name, Number(text(name))] as const],
  )
  return { name: text('name'), scopes: [text('scope') as KeyScope], ...Object.fromEntries(limits) }
}
