/**
 * Places at which a server can be made to die. They lie in the ports that are handed to it, so the product knows
 * nothing of them and nobody can set one from outside.
 */
import { syncBuiltinESMExports } from 'node:module'
import { subscribe } from 'node:diagnostics_channel'
import fs from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { DatabaseSync } from 'node:sqlite'
import type { Engine } from '../../src/core/engine.ts'
import type { BlobStore, StateStore } from '../../src/core/ports.ts'

/** In the order in which a job passes them. */
export const FAILPOINTS = [
  'input renamed, folder not synced',
  'input stored',
  'before the row',
  'before a commit',
  'after a commit',
  'row stored, not answered',
  'answered',
  'claimed',
  'journalled, not called',
  'before the upstream call',
  'after the upstream call',
  'result stored',
  'before the end',
  'ended, with its delivery',
  'delivery claimed',
  'delivery sent, not marked',
  'delivery marked',
] as const
export type Failpoint = (typeof FAILPOINTS)[number]
/** Those that only the embedded database has. */
export const SQLITE_FAILPOINTS: readonly Failpoint[] = ['before a commit', 'after a commit']

export type Failpoints = {
  /** From now on the process dies when it passes the point for the `hits`-th time. */
  arm: (point: Failpoint, hits: number) => void
  hit: (point: Failpoint) => void
}

export function createFailpoints(): Failpoints {
  let armed: { point: Failpoint; left: number } | null = null
  return {
    arm: (point, hits) => (armed = { point, left: hits }),
    hit: (point) => {
      if (armed?.point !== point) return
      armed.left -= 1
      if (armed.left === 0) process.kill(process.pid, 'SIGKILL')
    },
  }
}

/** Calls between two points. */
function between<Args extends readonly unknown[], Result>(
  call: (...args: Args) => Promise<Result>,
  points: { before?: () => void; after?: (result: Result, ...args: Args) => void },
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    points.before?.()
    const result = await call(...args)
    points.after?.(result, ...args)
    return result
  }
}

export function withFailpoints(
  { hit }: Failpoints,
  ports: { state: StateStore; blobs: BlobStore },
): { state: StateStore; blobs: BlobStore } {
  const { state, blobs } = ports
  const { deliveries, idempotency } = state
  const row = { before: () => hit('before the row'), after: () => hit('row stored, not answered') }
  const whenAny = (point: Failpoint) => (claims: readonly unknown[]) => {
    if (claims.length > 0) hit(point)
  }
  return {
    blobs: {
      ...blobs,
      // Inputs are stored with a limit, results without one.
      put: between(blobs.put, {
        after: (_, __, limits) => hit(limits === undefined ? 'result stored' : 'input stored'),
      }),
    },
    state: {
      ...state,
      submit: between(state.submit, row),
      idempotency: { ...idempotency, submit: between(idempotency.submit, row) },
      claim: between(state.claim, { after: whenAny('claimed') }),
      saveAttempt: between(state.saveAttempt, {
        after: (_, __, { outcome }) => outcome === 'submitting' && hit('journalled, not called'),
      }),
      finish: between(state.finish, {
        before: () => hit('before the end'),
        after: () => hit('ended, with its delivery'),
      }),
      deliveries: {
        ...deliveries,
        claim: between(deliveries.claim, { after: whenAny('delivery claimed') }),
        settle: between(deliveries.settle, {
          before: () => hit('delivery sent, not marked'),
          after: () => hit('delivery marked'),
        }),
      },
    },
  }
}

export function engineWithFailpoints({ hit }: Failpoints, engine: Engine): Engine {
  return {
    ...engine,
    submit: between(engine.submit, {
      before: () => hit('before the upstream call'),
      after: () => hit('after the upstream call'),
    }),
  }
}

/** Points inside Node's own modules; must be called before the server's modules are loaded. */
export function watchRuntime({ hit }: Failpoints): void {
  const { rename } = fs
  fs.rename = between(rename, { after: () => hit('input renamed, folder not synced') })
  syncBuiltinESMExports()
  const { prototype } = DatabaseSync
  prototype.exec = new Proxy(Reflect.get(prototype, 'exec'), {
    apply: (exec, database: DatabaseSync, args: [sql: string]) => {
      if (args[0] === 'COMMIT') hit('before a commit')
      Reflect.apply(exec, database, args)
      if (args[0] === 'COMMIT') hit('after a commit')
    },
  })
  subscribe('http.server.response.finish', (message) => {
    const { response } = message as { response: ServerResponse }
    if (response.req.method === 'POST' && response.statusCode === 200) hit('answered')
  })
}
