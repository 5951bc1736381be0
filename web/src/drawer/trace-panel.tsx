import type { Job } from '../../../src/sdk/index.ts'
import { DeliveryList } from '../pages/delivery-list.tsx'
import { dollars } from '../server/models.ts'
import { isEnded } from '../server/is-ended.ts'
import { recallRequest } from '../server/request-memory.ts'
import { navigate } from '../store/router.ts'
import { Button } from '../ui/button.tsx'

/** What became of a job: when, where, for how much, and what was done. */
export function TracePanel({ job }: { job: Job | null }) {
  if (job === null) return <p className="hint">Run something, or choose a job in the history.</p>
  const parents = parentsOf(job)
  return (
    <div className="trace">
      <dl>
        <Fact name="Status">{job.status}</Fact>
        <Fact name="Model">{job.model}</Fact>
        <Fact name="Engine">{job.engine}</Fact>
        <Fact name="Cost">{costOf(job)}</Fact>
        <Fact name="Time">{timesOf(job)}</Fact>
        {job.source && (
          <Fact name="Picture">
            {job.source.width} × {job.source.height}, {job.source.format}
          </Fact>
        )}
        <Fact name="Job">
          <code>{job.job_id}</code>
        </Fact>
        {parents.map((parent) => (
          <Fact key={parent} name="Made from">
            <Button kind="quiet" onClick={() => navigate({ page: 'studio', jobId: parent })}>
              {parent.slice(0, 8)}
            </Button>
          </Fact>
        ))}
      </dl>
      <h3>Timeline</h3>
      <ol className="timeline">
        <Moment at={job.created_at} since={job.created_at} text="accepted, stored on disk" />
        {(job.attempts ?? []).map((attempt, at) => (
          <AttemptLines key={attempt.started_at} attempt={attempt} number={at + 1} since={job.created_at} />
        ))}
        {job.completed_at !== null && (
          <Moment at={job.completed_at} since={job.created_at} text={job.status} />
        )}
      </ol>
      <Warnings job={job} />
      <Recipe job={job} />
      <h3>Webhook deliveries</h3>
      {isEnded(job.status) ? (
        <DeliveryList jobId={job.job_id} />
      ) : (
        <p className="hint">Sent when the job has ended, if it has a webhook.</p>
      )}
      <h3>Answer of the server</h3>
      <pre className="plain" tabIndex={0} aria-label="Job as JSON">
        {JSON.stringify(job, null, 2)}
      </pre>
    </div>
  )
}

/** The parent that the job names, and those of further pictures, which only this browser remembers. */
function parentsOf({ job_id: id, parent_job_id: named }: Job): string[] {
  const remembered = recallRequest(id)?.sources.flatMap(({ parentJobId }) => parentJobId ?? []) ?? []
  return [...new Set([...(named === null || named === undefined ? [] : [named]), ...remembered])]
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

type Attempt = NonNullable<Job['attempts']>[number]

function AttemptLines({ attempt, number, since }: { attempt: Attempt; number: number; since: string }) {
  return (
    <>
      <Moment
        at={attempt.started_at}
        since={since}
        text={`attempt ${number} ${attempt.engine === 'none' ? 'without an engine' : `on ${attempt.engine}`}`}
      />
      {attempt.ended_at !== null && (
        <Moment
          at={attempt.ended_at}
          since={since}
          text={`attempt ${number}: ${[attempt.outcome ?? 'ended', attempt.error].filter(Boolean).join('. ')}`}
        />
      )}
    </>
  )
}

function Moment({ at, since, text }: { at: string; since: string; text: string }) {
  const seconds = (Date.parse(at) - Date.parse(since)) / 1000
  return (
    <li>
      <time dateTime={at}>+{seconds.toFixed(2)} s</time>
      <span>{text}</span>
    </li>
  )
}

function Warnings({ job: { warnings = [] } }: { job: Job }) {
  if (warnings.length === 0) return null
  return (
    <>
      <h3>Not done as asked</h3>
      <ul className="plain-list">
        {warnings.map(({ code, path, message }) => (
          <li key={`${code} ${path} ${message}`}>
            {message}
            <span className="hint"> {code}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function Recipe({ job }: { job: Job }) {
  if (!job.recipe || job.recipe.length === 0) return null
  return (
    <>
      <h3>What was done</h3>
      <ol className="recipe">
        {job.recipe.map(({ operation, ...values }, at) => (
          <li key={at}>
            {operation}
            <span className="hint">
              {' '}
              {Object.entries(values)
                .map(([name, value]) => `${name} ${JSON.stringify(value)}`)
                .join(', ')}
            </span>
          </li>
        ))}
      </ol>
    </>
  )
}

/** How long it waited for a place, and how long it was worked on. */
function timesOf({ created_at: created, completed_at: completed, attempts = [] }: Job): string {
  const started = attempts[0]?.started_at
  const seconds = (from: string, to: string): string =>
    `${(Math.max(0, Date.parse(to) - Date.parse(from)) / 1000).toFixed(1)} s`
  if (started === undefined) return 'waiting'
  const waited = `waited ${seconds(created, started)}`
  return completed === null ? `${waited}, still running` : `${waited}, worked ${seconds(started, completed)}`
}

function costOf({ cost }: Job): string {
  if (cost === undefined || cost.amount_usd === null) return 'unknown'
  return cost.basis === 'local'
    ? 'free, on this machine'
    : `${dollars(cost.amount_usd)} (${cost.basis.replace('_', ' ')})`
}
