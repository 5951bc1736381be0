/** Interleaved measurement: every contender is run once per round, so that drift of the machine hits all alike. */

export type Contender = {
  name: string
  /** One unit of work. */
  run: () => Promise<unknown>
}

export type Sampled = { name: string; samples: number[] }

export type RoundsOptions = {
  /** Calls per contender and round. */
  calls: number
  rounds: number
  /** Calls before the first round that do not count. */
  warmUp: number
}

/** Milliseconds of each call, by contender, in the order given. */
export async function measureRounds(
  contenders: readonly Contender[],
  options: RoundsOptions,
): Promise<readonly Sampled[]> {
  const sampled = contenders.map(({ name }) => ({ name, samples: [] as number[] }))
  for (const { run } of contenders) for (let call = 0; call < options.warmUp; call += 1) await run()
  for (let round = 0; round < options.rounds; round += 1)
    for (const [index, { run }] of contenders.entries())
      for (let call = 0; call < options.calls; call += 1) {
        const startedAt = performance.now()
        await run()
        sampled[index]?.samples.push(performance.now() - startedAt)
      }
  return sampled
}

/** @param share 0.5 is the median, 0.99 the slowest hundredth, 0 the minimum */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

/** Median of the ratios a/b, pair by pair, as the samples were taken in turn. */
export function medianRatio(a: readonly number[], b: readonly number[]): number {
  return quantile(
    a.map((value, index) => value / (b[index] ?? Number.NaN)),
    0.5,
  )
}
