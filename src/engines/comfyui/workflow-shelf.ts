/** The workflows of a folder as they are now: a file that is dropped in while the server runs is a model at once. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../core/ports.ts'
import type { LoadedWorkflows, UnusableWorkflow } from './load-workflows.ts'
import { builtInWorkflows, loadWorkflows, workflowFiles } from './load-workflows.ts'
import type { Workflow } from './workflow.ts'

/** The same object as long as nothing changed. */
export type Shelf = Readonly<Record<string, Workflow>>

export type WorkflowShelf = {
  /** By model id: ours, and those of the folder, which win. */
  current: () => Shelf
  /** Looks at the folder even when it was looked at a moment ago. */
  refresh: () => Shelf
}

export type ShelfOptions = {
  /** Null: ours only. */
  folder: string | null
  clock: Clock
  /** Why a workflow may not serve the model of the id that its file gives it; null when it may. */
  objection: (id: string, workflow: Workflow) => string | null
  /** Told once for each file and reason. */
  onUnusable: (unusable: UnusableWorkflow) => void
}

/** Looking costs a few system calls a file; requests may come by the thousand a second. */
const LOOK_EVERY_MS = 1000

/** @throws Error when the folder cannot be read now; later it only stays as it was */
export function createWorkflowShelf({ folder, clock, objection, onUnusable }: ShelfOptions): WorkflowShelf {
  const ours = builtInWorkflows()
  if (folder === null) return { current: () => ours, refresh: () => ours }
  let shelf: Shelf = ours
  let print = ''
  let lookedAt = Number.NEGATIVE_INFINITY
  let told = new Set<string>()

  const accept = ({ workflows, unusable }: LoadedWorkflows): void => {
    const judged = Object.entries(workflows).map(([id, workflow]) => ({
      id,
      workflow,
      reason: objection(id, workflow),
    }))
    const good = judged.filter(({ reason }) => reason === null).map(({ id, workflow }) => [id, workflow])
    const bad = judged.flatMap(({ id, reason }) => (reason === null ? [] : [{ file: `${id}.json`, reason }]))
    shelf = { ...ours, ...(Object.fromEntries(good) as Shelf) }
    const faults = [...unusable, ...bad]
    for (const fault of faults) if (!told.has(wordsOf(fault))) onUnusable(fault)
    told = new Set(faults.map(wordsOf))
  }
  const look = (): void => {
    lookedAt = clock.now()
    const seen = fingerprint(folder)
    if (seen === print) return
    accept(loadWorkflows(folder))
    print = seen
  }
  const refresh = (): Shelf => {
    try {
      look()
    } catch {
      // A folder that is away for a moment, as while it is mounted again, takes no model away.
    }
    return shelf
  }
  look()
  return {
    current: () => (clock.now() - lookedAt < LOOK_EVERY_MS ? shelf : refresh()),
    refresh,
  }
}

function wordsOf({ file, reason }: UnusableWorkflow): string {
  return `${file}: ${reason}`
}

/** Changes whenever a file comes, goes, or is written. */
function fingerprint(folder: string): string {
  return workflowFiles(folder)
    .map((file) => {
      const { mtimeMs, size } = statSync(join(folder, file), { throwIfNoEntry: false }) ?? {
        mtimeMs: 0,
        size: 0,
      }
      return `${file} ${mtimeMs} ${size}`
    })
    .join('\n')
}
