/** What can be done with a job that has ended. */
import type { Job } from '../../../src/sdk/index.ts'
import { krea } from '../server/client.ts'
import { faultText } from '../server/faults.ts'
import { queries } from '../server/queries.ts'
import { forgetRequest } from '../server/request-memory.ts'
import { currentJobId, navigate } from '../store/router.ts'
import { dismiss, notify, studio } from '../store/studio.ts'
import { addResult } from './add-pictures.ts'

/** As long as the notice stands. */
const UNDO_MS = 8000
export const MAX_COMPARED = 6

/** Out of sight at once, deleted when the undo has passed; closing the page in between deletes nothing. */
export function deleteJob(jobId: string): void {
  studio.set(({ hidden }) => ({ hidden: [...hidden, jobId] }))
  if (currentJobId() === jobId) navigate({ page: 'studio', jobId: null })
  const show = (): void => studio.set(({ hidden }) => ({ hidden: hidden.filter((id) => id !== jobId) }))
  const timer = setTimeout(() => void deleteNow(jobId, show), UNDO_MS)
  const undo = (): void => {
    clearTimeout(timer)
    dismiss(notice)
    show()
  }
  const notice = notify({
    text: 'The job and its pictures are deleted.',
    action: { label: 'Undo', run: undo },
  })
}

async function deleteNow(jobId: string, show: () => void): Promise<void> {
  try {
    await krea.jobs.delete(jobId)
    forgetRequest(jobId)
    await queries.invalidateQueries({ queryKey: ['jobs'] })
  } catch (error) {
    notify({ kind: 'fault', text: faultText(error) })
  }
  show()
}

export function takeResult(job: Job, at = 0): void {
  const url = job.result?.urls?.[at]
  if (url !== undefined) addResult({ url, jobId: job.job_id })
}

/** The server names the file; the browser saves it without leaving the page. */
export function download(url: string): void {
  const link = document.createElement('a')
  // It may be signed, and then has a query already.
  link.href = `${url}${url.includes('?') ? '&' : '?'}download=1`
  link.download = ''
  link.click()
}

export function toggleSelected(jobId: string): void {
  studio.set(({ selection }) => {
    if (selection.includes(jobId)) return { selection: selection.filter((id) => id !== jobId) }
    return selection.length >= MAX_COMPARED ? {} : { selection: [...selection, jobId] }
  })
}
