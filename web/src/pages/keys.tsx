import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Key } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { dollars } from '../server/models.ts'
import { queries } from '../server/queries.ts'
import { notify } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'
import { EngineKeys, useProviders } from './engine-keys.tsx'
import { NewKeyForm } from './new-key-form.tsx'

/** Keys of the account: made, limited, revoked; and those of the providers. Needs a key with the scope admin. */
export function KeysPage() {
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => krea.keys.list({ signal }),
    retry: false,
  })
  const hasProviders = useProviders().length > 0
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Keys</h1>
      <p className="hint">
        Keys of this server, for your programs.
        {!keys.isError && hasProviders && (
          <>
            {' '}
            Those that this server shows to OpenAI, Google and others are{' '}
            <a href="#/keys" onClick={toProviderKeys}>
              provider keys
            </a>
            , further down.
          </>
        )}
      </p>
      {keys.isError ? (
        <p className="fault">{faultText(keys.error)}</p>
      ) : (
        <>
          <NewKeyForm />
          {keys.data === undefined ? <p className="hint">Loading…</p> : <KeyTable keys={keys.data} />}
          <EngineKeys isOpen />
        </>
      )}
    </main>
  )
}

/** The address already names this page. */
function toProviderKeys(event: React.MouseEvent): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('.engine-keys summary')?.focus()
}

function KeyTable({ keys }: { keys: readonly Key[] }) {
  return (
    <div className="scroll key-table" tabIndex={0} role="region" aria-label="Keys">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Allowed to</th>
            <th scope="col">Limits</th>
            <th scope="col">Last used</th>
            <th scope="col">
              <span className="unseen">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function KeyRow({ apiKey }: { apiKey: Key }) {
  const { id, name, scopes, revoked_at: revokedAt, last_used_at: usedAt } = apiKey
  const [isAsked, setIsAsked] = useState(false)
  return (
    <tr data-revoked={revokedAt !== null}>
      <th scope="row">{name}</th>
      <td>{scopes.join(', ')}</td>
      <td>{limitsText(apiKey)}</td>
      <td>
        {usedAt === null
          ? 'never'
          : new Date(usedAt).toLocaleString([], { dateStyle: 'short', timeStyle: 'short' })}
      </td>
      <td>
        {revokedAt !== null && <span className="hint">revoked</span>}
        {revokedAt === null && !isAsked && (
          <Button onClick={() => setIsAsked(true)} aria-label={`Revoke ${name}`}>
            Revoke
          </Button>
        )}
        {/* The one thing that cannot be undone, so the one thing that is asked. */}
        {revokedAt === null && isAsked && (
          <Button kind="primary" onClick={() => void revoke(id)} onBlur={() => setIsAsked(false)} autoFocus>
            Revoke for good
          </Button>
        )}
      </td>
    </tr>
  )
}

function limitsText(key: Key): string {
  const limits = [
    key.models === null ? '' : key.models.join(', '),
    key.concurrency === null ? '' : `${key.concurrency} at once`,
    key.requests_per_minute === null ? '' : `${key.requests_per_minute} a minute`,
    key.monthly_budget_usd === null ? '' : `${dollars(key.monthly_budget_usd)} a month`,
    key.max_cost_usd === null ? '' : `${dollars(key.max_cost_usd)} a job`,
    key.expires_at === null ? '' : `until ${new Date(key.expires_at).toLocaleDateString()}`,
  ]
  return limits.filter(Boolean).join(' · ') || 'none'
}

async function revoke(id: string): Promise<void> {
  try {
    await krea.keys.revoke(id)
  } catch (error) {
    notify({ kind: 'fault', text: faultText(error) })
  }
  await queries.invalidateQueries({ queryKey: ['keys'] })
}
