/** A server under test in a process of its own, so that the client's work is not counted as its work. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { Pool } from 'undici'

export type BenchServer = {
  url: string
  pid: number
  headers: Readonly<Record<string, string>>
  pool: Pool
  /** Sends a request and answers the parsed JSON. */
  call: (method: 'GET' | 'POST', path: string, body?: Uint8Array | string) => Promise<unknown>
  stop: () => Promise<void>
}

/** @param script relative to bench/servers; the last argument it gets is a fresh folder */
export async function startBenchServer(script: string, ...args: readonly string[]): Promise<BenchServer> {
  const directory = mkdtempSync(join(tmpdir(), 'afterimage-bench-'))
  const file = new URL(`../servers/${script}`, import.meta.url).pathname
  const child = spawn(process.execPath, [file, ...args, join(directory, 'data')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const { url, apiKey } = JSON.parse(line) as { url: string; apiKey: string }
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const pool = new Pool(url, { connections: 64, pipelining: 1 })
  return {
    url,
    pid: child.pid ?? 0,
    headers,
    pool,
    call: async (method, path, body) => {
      const answer = await pool.request({ method, path, headers, body: body ?? null })
      const json = await answer.body.json()
      if (answer.statusCode !== 200) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`)
      return json
    },
    stop: async () => {
      await pool.close()
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      await gone
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
