import { useState } from 'react'
import type { Job } from '../../../src/sdk/index.ts'
import { isDraft } from '../server/is-draft.ts'
import { IconButton } from '../ui/button.tsx'
import { Icon } from '../ui/icon.tsx'

/** What was not done as asked, where one looks at the result. Closed for one job, not for ever. */
export function WarningList({ job }: { job: Job }) {
  const [closedFor, setClosedFor] = useState<string | null>(null)
  const warnings = job.warnings ?? []
  if (warnings.length === 0 || closedFor === job.job_id) return null
  const done = [...new Set((job.recipe ?? []).map(({ operation }) => operation.replaceAll('_', ' ')))].join(
    ', ',
  )
  const isKeyWanted = isDraft(job) || warnings.some(({ message }) => /_API_KEY\b/u.test(message))
  return (
    <aside className="warnings" aria-label="What was not done as asked">
      <Icon name="warning" />
      <ul>
        {warnings.map(({ code, path, message }) => (
          <li key={`${code} ${path} ${message}`}>{message}</li>
        ))}
        {done !== '' && <li className="hint">What was done: {done}.</li>}
        {isKeyWanted && (
          <li>
            <a href="#/keys">Enter a provider key</a>
          </li>
        )}
      </ul>
      <IconButton label="Close the warnings" icon="close" onClick={() => setClosedFor(job.job_id)} />
    </aside>
  )
}
