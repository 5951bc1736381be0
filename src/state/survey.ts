/** What a claim finds: who waits in which queue, and how much room accounts and keys have. */
import type { StateStore } from '../core/ports.ts'
import type { Standing } from './deal.ts'
import { all, type Script, statement } from './script.ts'
import * as statements from './statements/claim.ts'

/** A key with a limit of its own, and how many more of its jobs may run; over all queues. */
export type KeyStanding = { keyId: string; accountId: string; room: number }
/** `keys` are those with a limit that have jobs here. */
export type Queue = {
  name: string
  slots: number
  waiting: readonly Standing[]
  keys: readonly KeyStanding[]
}
export type Survey = { queues: readonly Queue[]; lastTurn: number }

type Count = { account_id: string; queue: string; key_id: string | null; key_limit: number | null; n: number }
type FoundAccount = { account_id: string; max_running: number; last_claim: number }
type FoundKey = FoundAccount & { key_id: string; key_limit: number }

/** An account or a key has one standing, also when it waits in several queues. */
export function* survey(
  { slots, limits = {} }: Pick<Parameters<StateStore['claim']>[0], 'slots' | 'limits'>,
  defaultConcurrency: number,
): Script<Survey> {
  const open = Object.entries(slots).filter(([, free]) => free > 0)
  const [running = [], turns = [], ...waiting] = yield* all([
    statement(statements.RUNNING),
    statement(statements.LAST_TURN),
    ...open.flatMap(([name]) => [
      statement(statements.WAITING, name, name, defaultConcurrency),
      statement(statements.WAITING_LIMITED, name, name, defaultConcurrency, name),
    ]),
  ])
  const roomOf = (name: string): number => {
    const limit = Object.hasOwn(limits, name) ? (limits[name] ?? Infinity) : Infinity
    const busy = (running as readonly Count[]).filter(({ queue }) => queue === name)
    return Math.max(
      0,
      busy.reduce((left, { n }) => left - n, limit),
    )
  }
  const { accountOf, keyOf } = createStandings(running as readonly Count[])
  const queues = open.map(([name, free], index) => {
    const accounts = (waiting[2 * index] ?? []) as readonly FoundAccount[]
    const limited = (waiting[2 * index + 1] ?? []) as readonly FoundKey[]
    const keys = limited.map(keyOf).filter(({ room }) => room > 0)
    const runnable = limited.filter(({ key_id }) => keys.some(({ keyId }) => keyId === key_id))
    return {
      name,
      slots: Math.min(free, roomOf(name)),
      keys,
      waiting: [...new Set([...accounts, ...runnable].map(accountOf))],
    }
  })
  return { queues, lastTurn: (turns as { turn: number }[])[0]?.turn ?? 0 }
}

function createStandings(running: readonly Count[]) {
  const accounts = new Map<string, Standing>()
  const keys = new Map<string, KeyStanding>()
  const sum = (isCounted: (count: Count) => boolean): number =>
    running.filter(isCounted).reduce((total, { n }) => total + n, 0)
  const accountOf = ({ account_id: accountId, max_running, last_claim }: FoundAccount): Standing =>
    remember(accounts, accountId, () => ({
      accountId,
      used: sum((count) => count.account_id === accountId),
      maxRunning: max_running,
      lastClaim: last_claim,
    }))
  const keyOf = ({ key_id: keyId, key_limit, account_id: accountId }: FoundKey): KeyStanding =>
    remember(keys, keyId, () => {
      const used = sum((count) => count.key_id === keyId && count.key_limit !== null)
      return { keyId, accountId, room: key_limit - used }
    })
  return { accountOf, keyOf }
}

function remember<Value>(known: Map<string, Value>, key: string, make: () => Value): Value {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}
