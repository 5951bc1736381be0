/** Sums over usage. Pure. */
import type { UsageItem } from '../../../src/sdk/index.ts'

export type Measure = 'jobs' | 'spend_usd'
export type Total = Pick<UsageItem, 'jobs' | 'draft_jobs' | 'spend_usd' | 'unknown_cost_calls'>

const DAY_MS = 86_400_000

export function totalOf(items: readonly UsageItem[]): Total {
  return items.reduce<Total>(
    (sum, item) => ({
      jobs: sum.jobs + item.jobs,
      draft_jobs: sum.draft_jobs + item.draft_jobs,
      spend_usd: sum.spend_usd + item.spend_usd,
      unknown_cost_calls: sum.unknown_cost_calls + item.unknown_cost_calls,
    }),
    { jobs: 0, draft_jobs: 0, spend_usd: 0, unknown_cost_calls: 0 },
  )
}

/** Largest number of jobs first. */
export function sumBy(
  items: readonly UsageItem[],
  nameOf: (item: UsageItem) => string,
): (Total & { name: string })[] {
  const groups = Map.groupBy(items, nameOf)
  return [...groups].map(([name, group]) => ({ name, ...totalOf(group) })).sort((a, b) => b.jobs - a.jobs)
}

type Span = { from: string; to: string; measure: Measure }

export type DayBars = {
  /** Of the parts, the largest first; what has no name of its own is "others". */
  names: string[]
  /** Every day of the span, also those on which nothing happened. `parts` are in the order of the names. */
  days: { day: string; total: number; parts: number[] }[]
}

/** More shades than these nobody tells apart. */
const MAX_PARTS = 4
const OTHERS = 'others'

/** What each day had, cut by model. */
export function byDay(items: readonly UsageItem[], { from, to, measure }: Span): DayBars {
  const all = sumBy(items, ({ model }) => model).sort((a, b) => b[measure] - a[measure])
  const named = all.slice(0, all.length > MAX_PARTS ? MAX_PARTS - 1 : MAX_PARTS).map(({ name }) => name)
  const names = all.length > named.length ? [...named, OTHERS] : named
  const nameOf = ({ model }: UsageItem): string => (named.includes(model) ? model : OTHERS)
  const days: DayBars['days'] = []
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10)
    const own = items.filter((item) => item.day === day)
    const parts = names.map((name) => totalOf(own.filter((item) => nameOf(item) === name))[measure])
    days.push({ day, total: totalOf(own)[measure], parts })
  }
  return { names, days }
}

/** The top of the scale: the next 1, 2 or 5 with zeros, so that its half is a number that one can read. */
export function ceilingOf(most: number, measure: Measure): number {
  if (most <= 0) return measure === 'jobs' ? 2 : 1
  const unit = 10 ** Math.floor(Math.log10(most))
  // Half a job would be rounded to one that is not there.
  const factors = measure === 'jobs' && unit === 1 ? [2, 4, 6, 10] : [1, 2, 5, 10]
  return factors.map((factor) => factor * unit).find((value) => value >= most) ?? most
}

export function countOf(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs} jobs`
}
