import type { ClientBase } from 'pg'
import { runScript, type Script, type Statement } from './script.ts'

type Run = (statements: readonly Statement[]) => Promise<readonly (readonly unknown[])[]>

/**
 * Runs a script that only looks. One statement sees one moment by itself, and nearly all scripts have one; only where a
 * second one follows does the script begin again in a transaction, which costs two exchanges more.
 */
export async function look<T>(client: ClientBase, run: Run, script: () => Script<T>): Promise<T> {
  const alone = await lookOnce(run, script())
  if (alone !== null) return alone.result
  await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  const result = await runScript(run, script())
  await client.query('COMMIT')
  return result
}

/** Null when one statement is not all. */
async function lookOnce<T>(run: Run, script: Script<T>): Promise<{ result: T } | null> {
  const first = script.next([])
  if (first.done === true) return { result: first.value }
  if (first.value.length > 1) return null
  const second = script.next(await run(first.value))
  return second.done === true ? { result: second.value } : null
}
