import type { Benchmark } from './run.ts'
import type { BenchServer } from './lib/bench-server.ts'
import { startBenchServer } from './lib/bench-server.ts'
import { quantile } from './lib/rounds.ts'
import { renderTable } from './lib/table.ts'

const ROUNDS = 5
const LOADS = [
  { connections: 1, jobs: 300 },
  { connections: 32, jobs: 3000 },
] as const

type Timed = { perSecond: number; p50: number; polls: number }

async function runFlow(
  server: BenchServer,
  path: string,
  { connections, jobs }: (typeof LOADS)[number],
): Promise<Timed> {
  const times: number[] = []
  let polls = 0
  let left: number = jobs
  const client = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const startedAt = performance.now()
      const { job_id: id } = (await server.call('POST', path, '{"prompt":"make it warmer"}')) as {
        job_id: string
      }
      for (;;) {
        polls += 1
        const job = (await server.call('GET', `/jobs/${id}`)) as { status: string }
        if (job.status === 'completed') break
        if (job.status === 'failed') throw new Error(`the job failed: ${JSON.stringify(job)}`)
      }
      times.push(performance.now() - startedAt)
    }
  }
  const startedAt = performance.now()
  await Promise.all(Array.from({ length: connections }, client))
  const seconds = (performance.now() - startedAt) / 1000
  return { perSecond: jobs / seconds, p50: quantile(times, 0.5), polls: polls / jobs }
}

/** From the submit to the poll that says completed, with an engine that costs nothing. */
export const benchmark: Benchmark = {
  title:
    'Submit to completed with an engine that answers at once: our whole server against a bare program with the same ' +
    'three commits and one durable result file. Clients poll without a pause.',
  run: async () => {
    const ours = await startBenchServer('app.ts', 'noop')
    const floor = await startBenchServer('floor.ts')
    try {
      const rows: (string | number)[][] = []
      for (const load of LOADS) {
        const rounds: { ours: Timed; floor: Timed }[] = []
        for (let round = 0; round <= ROUNDS; round += 1)
          rounds.push({
            ours: await runFlow(ours, '/generate/image/google/nano-banana-pro', load),
            floor: await runFlow(floor, '/flow', load),
          })
        const counted = rounds.slice(1)
        const median = (pick: (round: (typeof counted)[number]) => number): number =>
          quantile(counted.map(pick), 0.5)
        rows.push(
          [
            load.connections,
            'ours',
            median((r) => r.ours.perSecond),
            median((r) => r.ours.p50),
            median((r) => r.ours.polls),
            median((r) => r.ours.perSecond / r.floor.perSecond),
          ],
          [
            load.connections,
            'bare',
            median((r) => r.floor.perSecond),
            median((r) => r.floor.p50),
            median((r) => r.floor.polls),
            1,
          ],
        )
      }
      return renderTable(['connections', 'server', 'jobs/s', 'p50 ms', 'polls/job', 'rate ratio'], rows)
    } finally {
      await Promise.all([ours.stop(), floor.stop()])
    }
  },
}
