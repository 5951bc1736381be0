import type { JobStatus } from '../../../src/sdk/index.ts'

/** Whether nothing more will happen to the job. */
export function isEnded(status: JobStatus): boolean {
  return status === 'completed' || status === 'failed' || status === 'cancelled'
}
