/** The loop that sends deliveries: claim, send, settle. */
import type { ClaimedDelivery, DeliveryStore } from '../core/delivery.ts'
import type { Bell } from '../core/bell.ts'
import { createBell } from '../core/bell.ts'
import type { Deliver } from './deliver.ts'

export type DeliveryWorkerDeps = {
  store: Pick<DeliveryStore, 'claim' | 'settle' | 'release' | 'nextWakeMs' | 'endLeases'>
  deliver: Deliver
  /** Called after commits that may have made a delivery; returns the unsubscribe. */
  onWork: (listener: () => void) => () => void
  /** Names this worker in leases; unique among all workers and restarts. */
  owner: string
  /** No other process delivers from this store: what its predecessor had under way is taken back at the start. */
  isSingleOwner: boolean
  /** Told of faults that are ours: the store did not answer. */
  onError: (error: unknown) => void
}

export type DeliveryWorker = {
  start: () => void
  /** Claims no more, lets what is under way end within `graceMs`, then stops it and gives it back. */
  stop: (options: { graceMs: number }) => Promise<void>
}

/** Deliveries that are sent at once, over all endpoints: they wait for others, and cost memory only. */
const PLACES = 64
/** However many endpoints an account has, half of the places are left to the others. */
const PER_ACCOUNT = PLACES / 2
/** Four times what a try may take, so that no lease of a living sender ends. */
const LEASE_MS = 60_000
/** How long a delivery may wait that nobody rang for: another process made it. */
const MAX_SLEEP_MS = 1000

type Running = { claimed: ClaimedDelivery; done: Promise<void> }
type Loop = { running: Set<Running>; bell: Bell; stopping: AbortSignal; cutting: AbortSignal }

export function createDeliveryWorker(deps: DeliveryWorkerDeps): DeliveryWorker {
  const [stopping, cutting] = [new AbortController(), new AbortController()]
  const bell = createBell()
  const running = new Set<Running>()
  let unsubscribe = (): void => undefined
  let looping: Promise<void> = Promise.resolve()
  return {
    start: () => {
      unsubscribe = deps.onWork(bell.ring)
      looping = loop(deps, { running, bell, stopping: stopping.signal, cutting: cutting.signal })
    },
    stop: async ({ graceMs }) => {
      stopping.abort()
      unsubscribe()
      bell.ring()
      await looping
      const timer = setTimeout(() => cutting.abort(), graceMs)
      await Promise.all([...running].map(({ done }) => done))
      clearTimeout(timer)
    },
  }
}

async function loop(deps: DeliveryWorkerDeps, at: Loop): Promise<void> {
  const guard = async <Result>(work: () => Promise<Result>, otherwise: Result): Promise<Result> => {
    try {
      return await work()
    } catch (error) {
      deps.onError(error)
      return otherwise
    }
  }
  if (deps.isSingleOwner) await guard(deps.store.endLeases, undefined)
  while (!at.stopping.aborted) {
    const sleepMs = await guard(() => fillPlaces(deps, at), MAX_SLEEP_MS)
    if (!at.stopping.aborted && sleepMs > 0) await at.bell.wait(sleepMs)
  }
}

/** Starts what is due, as far as there are places; answers how long to sleep when nobody rings. */
async function fillPlaces(deps: DeliveryWorkerDeps, at: Loop): Promise<number> {
  const wakeMs = (await deps.store.nextWakeMs()) ?? MAX_SLEEP_MS
  const slots = PLACES - at.running.size
  // Most rings are about jobs without a webhook; looking is cheap, claiming is a transaction.
  if (wakeMs > 0 || slots === 0) return Math.min(Math.max(wakeMs, 1), MAX_SLEEP_MS)
  const claims = await deps.store.claim({
    owner: deps.owner,
    slots,
    perAccount: PER_ACCOUNT,
    leaseMs: LEASE_MS,
  })
  for (const claimed of claims) occupy(deps, at, claimed)
  // Due, but its account has all its places: whoever frees one rings.
  return claims.length === 0 ? MAX_SLEEP_MS : 0
}

function occupy(deps: DeliveryWorkerDeps, at: Loop, claimed: ClaimedDelivery): void {
  const run = async (): Promise<void> => {
    try {
      await deliverOnce(deps, claimed, at.cutting)
    } catch (error) {
      // The lease stays until its end; then the try is taken back and made again under the same id.
      deps.onError(error)
    } finally {
      at.running.delete(entry)
      at.bell.ring()
    }
  }
  const entry: Running = { claimed, done: Promise.resolve() }
  at.running.add(entry)
  entry.done = run()
}

async function deliverOnce(
  deps: DeliveryWorkerDeps,
  claimed: ClaimedDelivery,
  cutting: AbortSignal,
): Promise<void> {
  const { attempt, verdict } = await deps.deliver(claimed, cutting)
  // Cut off by our own stop: that is no fault of the receiver, and the next start sends it again.
  if (cutting.aborted && verdict.kind !== 'delivered') await deps.store.release(claimed.lease)
  else await deps.store.settle(claimed.lease, attempt, verdict)
}
