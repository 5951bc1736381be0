/**
 * Runs `work` over all items, at most `limit` at once, and answers every outcome in the order of the items.
 * Never rejects: what to do about failures is the caller's decision.
 */
export async function mapLimited<Item, Result>(
  items: readonly Item[],
  limit: number,
  work: (item: Item) => Promise<Result>,
): Promise<PromiseSettledResult<Result>[]> {
  const outcomes: PromiseSettledResult<Result>[] = []
  const queue = items.entries()
  const runner = async (): Promise<void> => {
    for (const [index, item] of queue)
      outcomes[index] = await work(item).then(
        (value): PromiseSettledResult<Result> => ({ status: 'fulfilled', value }),
        (reason: unknown): PromiseSettledResult<Result> => ({ status: 'rejected', reason }),
      )
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, runner))
  return outcomes
}
