/** What can be done with a job that has ended. */
import type { Job } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { queries } from '../server/queries.ts'
import { forgetRequest, recallRequest } from '../server/request-memory.ts'
import { nameOfResult } from './name-of-result.ts'
import { currentJobId, navigate } from '../store/router.ts'
import { notify, studio, UNDO } from '../store/studio.ts'
import { addResult } from './add-pictures.ts'

/** As long as the notice stands. */
const UNDO_MS = 8000
export const MAX_COMPARED = 6

/** Timers of the jobs whose undo still stands. */
const leaving = new Map<string, ReturnType<typeof setTimeout>>()

/**
 * Out of sight at once, deleted when the undo has passed; closing the page in between deletes nothing. Several in a row
 * are one message, and one undo.
 */
export function deleteJob(jobId: string): void {
  studio.set(({ hidden }) => ({ hidden: [...hidden, jobId] }))
  if (currentJobId() === jobId) navigate({ page: 'studio', jobId: null })
  // All of them wait for the last one: the one undo brings back what its message counts.
  for (const id of [...leaving.keys(), jobId]) {
    clearTimeout(leaving.get(id))
    leaving.set(
      id,
      setTimeout(() => void deleteNow(id), UNDO_MS),
    )
  }
  const what =
    leaving.size === 1 ? 'The job and its pictures are' : `${leaving.size} jobs and their pictures are`
  notify({ about: 'deleted', text: `${what} deleted.`, action: { label: UNDO, run: keepAll } })
}

function keepAll(): void {
  for (const timer of leaving.values()) clearTimeout(timer)
  const kept = [...leaving.keys()]
  leaving.clear()
  show(kept)
}

function show(jobIds: readonly string[]): void {
  studio.set(({ hidden }) => ({ hidden: hidden.filter((id) => !jobIds.includes(id)) }))
}

async function deleteNow(jobId: string): Promise<void> {
  leaving.delete(jobId)
  try {
    await krea.jobs.delete(jobId)
    forgetRequest(jobId)
    await queries.invalidateQueries({ queryKey: ['jobs'] })
  } catch (error) {
    notify({ kind: 'fault', text: faultText(error) })
  }
  show([jobId])
}

export function takeResult(job: Job, at = 0): void {
  const url = job.result?.urls?.[at]
  if (url !== undefined) addResult({ url, jobId: job.job_id })
}

/** Saves a result, under a name that tells it from the others, without leaving the page. */
export function download(job: Job, at = 0): void {
  const url = job.result?.urls?.[at]
  if (url === undefined) return
  const link = document.createElement('a')
  const query = `download=1&filename=${encodeURIComponent(nameOfResult(recallRequest(job.job_id), at))}`
  // It may be signed, and then has a query already.
  link.href = `${url}${url.includes('?') ? '&' : '?'}${query}`
  link.download = ''
  link.click()
}

export function toggleSelected(jobId: string): void {
  studio.set(({ selection }) => {
    if (selection.includes(jobId)) return { selection: selection.filter((id) => id !== jobId) }
    return selection.length >= MAX_COMPARED ? {} : { selection: [...selection, jobId] }
  })
}
