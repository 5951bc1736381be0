/** Who gets the free slots of a queue. Pure. */

/** How an account stands: its running jobs over all queues, their limit, and the turn in which it was last served. */
export type Standing = { accountId: string; used: number; maxRunning: number; lastClaim: number }

/**
 * Deals slots out one by one: to the account that runs least, among equals to the one longest unserved. Each slot that
 * an account gets moves it back in the order, in the standings themselves.
 * @param nextTurn a number larger than all before
 * @returns how many slots each account got; none has more than its limit allows
 */
export function deal(
  slots: number,
  waiting: readonly Standing[],
  nextTurn: () => number,
): ReadonlyMap<Standing, number> {
  const shares = new Map<Standing, number>()
  let open = waiting.filter(hasRoom)
  for (let left = slots; left > 0 && open.length > 0; left--) {
    const next = open.reduce((best, other) => (isBefore(other, best) ? other : best))
    next.used += 1
    next.lastClaim = nextTurn()
    shares.set(next, (shares.get(next) ?? 0) + 1)
    if (!hasRoom(next)) open = open.filter((other) => other !== next)
  }
  return shares
}

function hasRoom({ used, maxRunning }: Standing): boolean {
  return used < maxRunning
}

function isBefore(a: Standing, b: Standing): boolean {
  return a.used === b.used ? a.lastClaim < b.lastClaim : a.used < b.used
}
