/** Which results were made from which, among those that are loaded. Pure. */
import type { Job } from '../../../src/sdk/index.ts'

/** Places in the list: the one that was made, and the one that it was made from. */
export type Bond = { child: number; parent: number }

/** The bonds of a job: its whole line of parents, and what was made from it directly. */
export function bondsOf(list: readonly Job[], jobId: string | null): Bond[] {
  if (jobId === null) return []
  const places = new Map(list.map(({ job_id: id }, at) => [id, at]))
  const bondOf = (job: Job | undefined): Bond | null => {
    const child = job === undefined ? undefined : places.get(job.job_id)
    const parent = places.get(job?.parent_job_id ?? '')
    return child === undefined || parent === undefined ? null : { child, parent }
  }
  const bonds: Bond[] = []
  let bond = bondOf(list[places.get(jobId) ?? -1])
  // A job is made after its parent, so the line ends; the bound is for data that nobody should have made.
  while (bond !== null && bonds.length < list.length) {
    bonds.push(bond)
    bond = bondOf(list[bond.parent])
  }
  const children = list.filter(({ parent_job_id: parent }) => parent === jobId).map(bondOf)
  return [...bonds, ...children.filter((one) => one !== null)]
}
