/** Pooled connections: how many at once, what is tried again, and what happens to one after a fault. */
import { setTimeout as wait } from 'node:timers/promises'
import type { PoolClient } from 'pg'
import { AfterimageError, isAfterimageError } from '../core/errors.ts'
import { createLimiter } from './limiter.ts'
import { openPool, type PostgresServer } from './postgres-connection.ts'
import { isCollision, isConnectionLost, isStalePlan, toStateError } from './postgres-errors.ts'

type Work<T> = (client: PoolClient) => Promise<T>

export type Connections = {
  /**
   * Does work on a connection; again when it left no trace and the fault is one that passes.
   * @throws AfterimageError `unavailable`, also once closed
   */
  perform: <T>(work: Work<T>) => Promise<T>
  /** Does work once, also while closing. */
  performOnce: <T>(work: Work<T>) => Promise<T>
  /** Refuses new work and waits for what is under way. */
  drain: () => Promise<void>
  /** After `drain`. */
  end: () => Promise<void>
}

const MAX_TRIES = 4
const FIRST_PAUSE_MS = 10

export function createConnections(server: PostgresServer): Connections {
  const pool = openPool(server)
  // The pool has a queue of its own, but it counts the wait against the time to connect.
  const limit = createLimiter(server.maxConnections)
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false

  const onConnection = async <T>(work: Work<T>): Promise<T> => {
    const client = await pool.connect()
    try {
      const result = await work(client)
      client.release()
      return result
    } catch (error) {
      client.release(!(await isReusable(client, error)))
      throw error
    }
  }

  return {
    perform: <T>(work: Work<T>) => {
      if (isClosed)
        return Promise.reject<T>(new AfterimageError('unavailable', 'The server is shutting down.'))
      const running = limit(() => repeat(() => onConnection(work)))
      underWay.add(running)
      return running.finally(() => underWay.delete(running))
    },
    performOnce: (work) => limit(() => onConnection(work)),
    drain: async () => {
      isClosed = true
      await Promise.allSettled(underWay)
    },
    end: () => pool.end(),
  }
}

async function repeat<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work()
    } catch (error) {
      const mayPass = isCollision(error) || isConnectionLost(error) || isStalePlan(error)
      if (!mayPass || tries === MAX_TRIES) throw toStateError(error)
      await wait(FIRST_PAUSE_MS * 4 ** (tries - 1) * (0.5 + Math.random()))
    }
  }
}

/**
 * A script that refuses leaves a connection in order, once its transaction is taken back. After any other fault nobody
 * knows what the connection knows (prepared statements, a transaction), so it goes, and its transaction with it.
 */
async function isReusable(client: PoolClient, error: unknown): Promise<boolean> {
  if (!isAfterimageError(error) || error.cause !== undefined) return false
  return client.query('ROLLBACK').then(
    () => true,
    () => false,
  )
}
