import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Delivery, DeliveryAttempt } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { queries } from '../server/queries.ts'
import { notify } from '../store/studio.ts'
import { Button } from '../ui/button.tsx'

/** While one is on its way the list looks again by itself. */
const REFRESH_MS = 3000
/** Else less often: other programs make jobs too. */
const CALM_REFRESH_MS = 15_000

/** The deliveries of the account, or of one job. */
export function DeliveryList({ jobId }: { jobId: string | null }) {
  const deliveries = useInfiniteQuery({
    queryKey: ['deliveries', jobId],
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) =>
      krea.deliveries.list(
        {
          limit: 50,
          ...(pageParam === null ? {} : { cursor: pageParam }),
          ...(jobId === null ? {} : { jobId }),
        },
        { signal },
      ),
    getNextPageParam: (page) => page.next_cursor,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ items }) => items.some(isUnderWay)) === true ? REFRESH_MS : CALM_REFRESH_MS,
  })
  if (deliveries.isError) return <p className="fault">{faultText(deliveries.error)}</p>
  const list = deliveries.data?.pages.flatMap(({ items }) => items)
  if (list === undefined) return <p className="hint">Loading…</p>
  if (list.length === 0)
    return (
      <p className="hint">{jobId === null ? 'No webhook has been sent yet.' : 'This job has no webhook.'}</p>
    )
  return (
    <>
      <ul className="routes">
        {list.map((delivery) => (
          <li key={delivery.id}>
            <DeliveryItem delivery={delivery} />
          </li>
        ))}
      </ul>
      {deliveries.hasNextPage && <Button onClick={() => void deliveries.fetchNextPage()}>Older ones</Button>}
    </>
  )
}

function isUnderWay({ next_attempt_at: next }: Delivery): boolean {
  return next !== null
}

function DeliveryItem({ delivery }: { delivery: Delivery }) {
  const [isOpen, setIsOpen] = useState(false)
  const { id, url, status, attempt_count: attempts, created_at: created } = delivery
  return (
    <details open={isOpen} onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
      <summary>
        <span className="badge" data-status={status}>
          {status}
        </span>
        <code>{url}</code>
        <span className="hint">
          {new Date(created).toLocaleString()} · {attempts === 1 ? '1 attempt' : `${attempts} attempts`}
        </span>
      </summary>
      {isOpen && <Conversation id={id} />}
    </details>
  )
}

function Conversation({ id }: { id: string }) {
  const details = useQuery({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => krea.deliveries.get(id, { signal }),
    refetchInterval: ({ state }) => (state.data !== undefined && isUnderWay(state.data) ? REFRESH_MS : false),
  })
  if (details.data === undefined)
    return (
      <p className={`route-details ${details.isError ? 'fault' : 'hint'}`}>
        {details.isError ? faultText(details.error) : 'Loading…'}
      </p>
    )
  return (
    <div className="route-details conversation">
      <Button onClick={() => void replay(id)}>Replay</Button>
      {details.data.next_attempt_at !== null && (
        <p className="hint">Next attempt {new Date(details.data.next_attempt_at).toLocaleString()}</p>
      )}
      {details.data.attempts.map((attempt) => (
        <Attempt key={attempt.number} attempt={attempt} url={details.data.url} />
      ))}
      <h3>Body that is sent</h3>
      <pre className="plain" tabIndex={0} aria-label="Body">
        {JSON.stringify(details.data.body, null, 2)}
      </pre>
    </div>
  )
}

function Attempt({ attempt, url }: { attempt: DeliveryAttempt; url: string }) {
  const { number, started_at: started, duration_ms: duration, request, response, error } = attempt
  return (
    <section>
      <h3>
        Attempt {number}: {response === null ? 'no answer' : response.status}
      </h3>
      <p className="hint">
        {new Date(started).toLocaleString()} · {duration} ms
      </p>
      {error !== null && <p className="fault">{error}</p>}
      <p className="hint">Sent, with the body below</p>
      <pre className="plain" tabIndex={0} aria-label={`Attempt ${number}: sent`}>
        {headerText(`${request.method} ${url}`, request.headers)}
      </pre>
      {response !== null && (
        <>
          <p className="hint">Answered</p>
          <pre className="plain" tabIndex={0} aria-label={`Attempt ${number}: answered`}>
            {`${headerText(String(response.status), response.headers)}\n\n${response.body}${response.is_body_cut ? '…' : ''}`}
          </pre>
        </>
      )}
    </section>
  )
}

function headerText(first: string, headers: Readonly<Record<string, string>>): string {
  return [first, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`)].join('\n')
}

async function replay(id: string): Promise<void> {
  try {
    await krea.deliveries.replay(id)
    notify({ text: 'It is sent once more.' })
  } catch (error) {
    notify({ kind: 'fault', text: faultText(error) })
  }
  await queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith('deliver') })
}
