/** Jobs as the JSON text of their wire, made once for each state of a job. */
import type { Job } from '../core/job.ts'
import { type RenderJobOptions, renderJob } from '../wire/render.ts'

type Rendered = { baseUrl: string; mode: RenderJobOptions['mode']; text: string }

/**
 * The text of a job. A store that hands out the same object while nothing has changed saves a poller the rendering; one
 * that does not loses nothing. Signed addresses are made anew each time, because their time runs.
 */
export function createJobTexts(): (job: Job, options: Required<Omit<RenderJobOptions, 'moment'>>) => string {
  const rendered = new WeakMap<Job, Rendered>()
  return (job, options) => {
    const { baseUrl, mode } = options
    const known = rendered.get(job)
    if (known?.baseUrl === baseUrl && known.mode === mode) return known.text
    const text = JSON.stringify(renderJob(job, options))
    if (options.signFile === null) rendered.set(job, { baseUrl, mode, text })
    return text
  }
}
