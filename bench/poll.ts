import type { Benchmark } from './run.ts'
import type { BenchServer } from './lib/bench-server.ts'
import { startBenchServer } from './lib/bench-server.ts'
import { cpuSecondsOf } from './lib/machine.ts'
import { medianRatio, quantile } from './lib/rounds.ts'
import { renderTable } from './lib/table.ts'

const CONNECTIONS = 32
const REQUESTS = 20_000
const ROUNDS = 5

type Load = { microsecondsOfCpu: number; perSecond: number }

async function load(server: BenchServer, path: string): Promise<Load> {
  const cpuBefore = cpuSecondsOf(server.pid) ?? Number.NaN
  const startedAt = performance.now()
  let left = REQUESTS
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const answer = await server.pool.request({ method: 'GET', path, headers: server.headers })
      await answer.body.dump()
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, client))
  const seconds = (performance.now() - startedAt) / 1000
  const cpu = (cpuSecondsOf(server.pid) ?? Number.NaN) - cpuBefore
  return { microsecondsOfCpu: (cpu * 1e6) / REQUESTS, perSecond: REQUESTS / seconds }
}

/** 32 clients poll one job that has ended. */
export const benchmark: Benchmark = {
  title:
    'GET of a job, 32 connections: our whole server against node:http with one SELECT, as many bytes and no authentication.',
  run: async () => {
    const ours = await startBenchServer('app.ts', 'noop')
    const floor = await startBenchServer('floor.ts')
    try {
      const submit = async (server: BenchServer, path: string, prompt: string): Promise<string> =>
        ((await server.call('POST', path, JSON.stringify({ prompt }))) as { job_id: string }).job_id
      const ourPath = `/jobs/${await submit(ours, '/generate/image/google/nano-banana-pro', 'make it warmer')}`
      // As many bytes as ours, because writing them to the socket is half of the work.
      const bytes = JSON.stringify(await ours.call('GET', ourPath)).length
      const floorPath = `/jobs/${await submit(floor, '/flow', 'x'.repeat(Math.max(1, bytes - 90)))}`
      const rounds: { ours: Load; floor: Load }[] = []
      for (let round = 0; round <= ROUNDS; round += 1)
        rounds.push({ ours: await load(ours, ourPath), floor: await load(floor, floorPath) })
      // The first round warms up.
      const counted = rounds.slice(1)
      const column = (pick: (load: Load) => number, name: 'ours' | 'floor'): number[] =>
        counted.map((round) => pick(round[name]))
      const cpu = (name: 'ours' | 'floor'): number[] => column((load) => load.microsecondsOfCpu, name)
      const rate = (name: 'ours' | 'floor'): number[] => column((load) => load.perSecond, name)
      const rows = (['ours', 'floor'] as const).map((name) => [
        name === 'ours' ? 'ours' : 'bare node:http + SELECT',
        quantile(rate(name), 0.5),
        quantile(cpu(name), 0.5),
        medianRatio(cpu(name), cpu('floor')),
      ])
      return renderTable(['server', 'requests/s', 'CPU µs/request', 'CPU ratio to bare'], rows)
    } finally {
      await Promise.all([ours.stop(), floor.stop()])
    }
  },
}
