/** Sums over usage. Pure. */
import type { UsageItem } from '../../../src/sdk/index.ts'

export type Measure = 'jobs' | 'spend_usd'
export type Total = Pick<UsageItem, 'jobs' | 'spend_usd' | 'unknown_cost_calls'>

const DAY_MS = 86_400_000

export function totalOf(items: readonly UsageItem[]): Total {
  return items.reduce<Total>(
    (sum, item) => ({
      jobs: sum.jobs + item.jobs,
      spend_usd: sum.spend_usd + item.spend_usd,
      unknown_cost_calls: sum.unknown_cost_calls + item.unknown_cost_calls,
    }),
    { jobs: 0, spend_usd: 0, unknown_cost_calls: 0 },
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

/** One value for every day of the span, also for those on which nothing happened. */
export function byDay(
  items: readonly UsageItem[],
  { from, to, measure }: Span,
): { day: string; value: number }[] {
  const days: { day: string; value: number }[] = []
  for (let time = Date.parse(from); time <= Date.parse(to); time += DAY_MS) {
    const day = new Date(time).toISOString().slice(0, 10)
    days.push({ day, value: totalOf(items.filter((item) => item.day === day))[measure] })
  }
  return days
}

export function countOf(jobs: number): string {
  return jobs === 1 ? '1 job' : `${jobs} jobs`
}
