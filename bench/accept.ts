import type { Benchmark } from './run.ts'
import { startBenchServer } from './lib/bench-server.ts'
import { photoOfOneMegabyte } from './lib/photo.ts'
import { measureRounds, medianRatio, quantile } from './lib/rounds.ts'
import { renderTable } from './lib/table.ts'

const OPTIONS = { calls: 10, rounds: 30, warmUp: 20 }

/** One client posts a photograph as a data URI; a 200 means that it and its job are on disk. */
export const benchmark: Benchmark = {
  title:
    'Durable accept of a job with a photograph as a data URI, one client: our whole server against a bare program ' +
    'that does only the same durable parts, and one that throws the body away.',
  run: async () => {
    const photo = await photoOfOneMegabyte()
    const image = `data:image/jpeg;base64,${photo.toString('base64')}`
    const body = Buffer.from(JSON.stringify({ prompt: 'make it warmer', image_urls: [image] }))
    const ours = await startBenchServer('app.ts', 'hang')
    const floor = await startBenchServer('floor.ts')
    try {
      const sampled = await measureRounds(
        [
          { name: 'ours', run: () => ours.call('POST', '/generate/image/google/nano-banana-pro', body) },
          { name: 'bare durable parts', run: () => floor.call('POST', '/accept', body) },
          { name: 'receive only', run: () => floor.call('POST', '/discard', body) },
        ],
        OPTIONS,
      )
      const reference = sampled[1]?.samples ?? []
      const rows = sampled.map(({ name, samples }) => [
        name,
        quantile(samples, 0),
        quantile(samples, 0.5),
        quantile(samples, 0.99),
        medianRatio(samples, reference),
      ])
      const note = `Body ${(body.length / 1e6).toFixed(2)} MB, photograph ${(photo.length / 1e6).toFixed(2)} MB.`
      return `${note}\n\n${renderTable(['server', 'min ms', 'p50 ms', 'p99 ms', 'ratio to bare'], rows)}`
    } finally {
      await Promise.all([ours.stop(), floor.stop()])
    }
  },
}
