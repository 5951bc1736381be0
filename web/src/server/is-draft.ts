import type { Job } from '../../../src/sdk/index.ts'

/** Whether the built-in engine stood in for the model: what it makes is told from the model's own work wherever it is seen. */
export function isDraft({ engine }: Pick<Job, 'engine'>): boolean {
  return engine === 'afterimage/draft'
}
