import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Engine } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { queries } from '../server/queries.ts'
import { Button } from '../ui/button.tsx'

const SOURCES = { entered: 'entered', environment: 'from the environment', file: 'from a file' }

/** Empty for whoever may not see them. */
export function useProviders(): Engine[] {
  const { data } = useQuery({
    queryKey: ['engines'],
    queryFn: ({ signal }) => krea.engines.list({ signal }),
    retry: false,
  })
  return (data ?? []).filter(({ kind, key_of }) => kind === 'vendor' && key_of === null)
}

/**
 * The providers and their keys, for whoever may see them; nothing for everybody else.
 * @param props `isOpen`: at once, where one comes for them
 */
export function EngineKeys({ isOpen = false }: { isOpen?: boolean }) {
  const providers = useProviders()
  if (providers.length === 0) return null
  const ready = providers.filter((engine) => engine.ready).length
  return (
    <details className="engine-keys" open={isOpen}>
      <summary>
        Provider keys: {ready} of {providers.length} ready
      </summary>
      <ul>
        {providers.map((engine) => (
          <EngineRow key={engine.id} engine={engine} />
        ))}
      </ul>
    </details>
  )
}

function EngineRow({ engine }: { engine: Engine }) {
  const { id, name, ready, models } = engine
  const [fault, setFault] = useState<string | null>(null)
  const change = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work()
      setFault(null)
    } catch (error) {
      setFault(faultText(error))
    }
    await refresh()
  }
  return (
    <li>
      <strong>{name}</strong>{' '}
      <span className={`badge ${ready ? 'ready' : 'missing'}`}>{ready ? 'ready' : 'no key'}</span>{' '}
      <span className="hint">
        {models.length === 1 ? '1 model' : `${models.length} models`} · {keyText(engine)}
      </span>
      <form
        aria-label={`Key of ${name}`}
        onSubmit={(event) => {
          event.preventDefault()
          const form = event.currentTarget
          const key = new FormData(form).get('key')
          // Whatever becomes of it, the key does not stay in the page.
          form.reset()
          void change(() => krea.engines.setKey(id, typeof key === 'string' ? key : ''))
        }}
      >
        <input
          name="key"
          type="password"
          required
          aria-label={`New key of ${name}`}
          placeholder="New key"
          autoComplete="off"
        />
        <Button type="submit" aria-label={`Save the key of ${name}`}>
          Save
        </Button>
        {engine.key?.source === 'entered' && (
          <Button
            onClick={() => void change(() => krea.engines.unsetKey(id))}
            aria-label={`Remove the key of ${name}`}
          >
            Remove
          </Button>
        )}
      </form>
      {fault !== null && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </li>
  )
}

function keyText({ key, reason, fault }: Engine): string {
  if (key === null) return reason ?? ''
  if (fault !== null) return fault.message
  const told = reason === null ? '' : `; ${reason}`
  return `key ${key.ending === null ? '' : `…${key.ending} `}${SOURCES[key.source]}${told}`
}

/** Other models are ready now, or fewer. */
async function refresh(): Promise<void> {
  const concerned = ['engines', 'models', 'model']
  await queries.invalidateQueries({ predicate: ({ queryKey }) => concerned.includes(String(queryKey[0])) })
}
