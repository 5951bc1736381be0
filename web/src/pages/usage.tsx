import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { UsageItem } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { dollars } from '../server/models.ts'
import { DayChart } from './day-chart.tsx'
import { byDay, countOf, sumBy, totalOf } from './usage-sums.ts'
import type { Measure } from './usage-sums.ts'

const DAY_MS = 86_400_000
const SPANS = [7, 30, 90] as const

/** What was made and what it cost, by day, model and key. */
export function UsagePage() {
  const [days, setDays] = useState<number>(30)
  const [measure, setMeasure] = useState<Measure>('jobs')
  const to = new Date().toISOString().slice(0, 10)
  const from = new Date(Date.parse(to) - (days - 1) * DAY_MS).toISOString().slice(0, 10)
  const usage = useQuery({
    queryKey: ['usage', from, to],
    queryFn: ({ signal }) => krea.usage({ from, to }, { signal }),
  })
  const items = usage.data?.items ?? []
  const nameOfKey = useKeyNames()
  return (
    <main id="main" className="page" tabIndex={-1}>
      <h1>Usage</h1>
      <div className="filters">
        <select aria-label="Days" value={days} onChange={({ target }) => setDays(Number(target.value))}>
          {SPANS.map((span) => (
            <option key={span} value={span}>
              Last {span} days
            </option>
          ))}
        </select>
        <select
          aria-label="Measure"
          value={measure}
          onChange={({ target }) => setMeasure(target.value as Measure)}
        >
          <option value="jobs">Jobs</option>
          <option value="spend_usd">Cost</option>
        </select>
        <a href={`usage?format=csv&from=${from}&to=${to}`} download={`usage-${from}-${to}.csv`}>
          Download as CSV
        </a>
      </div>
      {usage.isPending && <p className="hint">Loading…</p>}
      {usage.isError && <p className="fault">{faultText(usage.error)}</p>}
      {usage.data !== undefined && (
        <>
          <Totals items={items} balance={usage.data.balance_usd ?? null} />
          <DayChart bars={byDay(items, { from, to, measure })} measure={measure} />
          <Sums subject="Model" items={items} nameOf={({ model }) => model} />
          <Sums
            subject="Key"
            items={items}
            nameOf={({ key_id: id }) => (id === null ? 'none' : nameOfKey(id))}
          />
        </>
      )}
    </main>
  )
}

/** Only keys that may administrate see the names of keys; others see ids. */
function useKeyNames(): (id: string) => string {
  const keys = useQuery({
    queryKey: ['keys'],
    queryFn: ({ signal }) => krea.keys.list({ signal }),
    retry: false,
  })
  return (id) => {
    const name = keys.data?.find((key) => key.id === id)?.name
    return name === undefined ? id : `${name} (${id.slice(0, 8)})`
  }
}

function Totals({ items, balance }: { items: readonly UsageItem[]; balance: number | null }) {
  const total = totalOf(items)
  return (
    <p>
      {countOf(total.jobs)}
      {total.draft_jobs > 0 && `, ${total.draft_jobs} by the built-in engine in the place of a model`},{' '}
      {dollars(total.spend_usd)} paid to providers
      {total.unknown_cost_calls > 0 && `, and ${total.unknown_cost_calls} more calls of unknown cost`}
      {balance !== null && `; balance ${dollars(balance)}`}.
    </p>
  )
}

type SumsProps = {
  subject: 'Model' | 'Key'
  items: readonly UsageItem[]
  nameOf: (item: UsageItem) => string
}

function Sums({ subject, items, nameOf }: SumsProps) {
  const title = `By ${subject.toLowerCase()}`
  const sums = sumBy(items, nameOf)
  if (sums.length === 0) return null
  return (
    <>
      <h2>{title}</h2>
      <div className="scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{subject}</th>
              <th scope="col">Jobs</th>
              <th scope="col">Cost</th>
            </tr>
          </thead>
          <tbody>
            {sums.map(({ name, jobs, draft_jobs: drafts, spend_usd: spend, unknown_cost_calls: unknown }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td>
                  {jobs}
                  {drafts > 0 && (
                    <span className="hint"> {drafts === 1 ? '1 draft' : `${drafts} drafts`}</span>
                  )}
                </td>
                <td>
                  {dollars(spend)}
                  {unknown > 0 && <span className="hint"> and {unknown} unknown</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  )
}
