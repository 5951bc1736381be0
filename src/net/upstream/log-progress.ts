/** Progress that an upstream only writes into its logs. */

/** A line of tqdm: ` 50%|#####     | 14/28`. */
const BAR = /(\d{1,3})%\|/gu

/** The last percentage of a progress bar, 0 to 100; null when there is none. */
export function percentIn(logs: string): number | null {
  const last = [...logs.matchAll(BAR)].at(-1)?.[1]
  return last === undefined ? null : Math.min(100, Number(last))
}
