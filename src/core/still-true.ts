/** What planning said of the fields of a job, once there is a result. */
import type { Warning } from './job.ts'

/**
 * The warnings of a plan that a result leaves as they are. What was planned to be done by us has been told by whoever
 * did it, or could not.
 */
export function stillTrue(planned: readonly Warning[], told: readonly Warning[]): readonly Warning[] {
  return planned.filter(
    ({ code, path }) => code !== 'emulated_field' || !told.some((warning) => warning.path === path),
  )
}
