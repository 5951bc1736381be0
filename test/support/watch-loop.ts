/**
 * Preloaded into a server (`NODE_OPTIONS=--import …`): writes the delays of its event loop of each second, in
 * milliseconds, to the file that `AFTERIMAGE_TEST_LOOP` names, one line `p99 max` a second.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const SECOND_MS = 1000
const NANOS_PER_MS = 1e6
const RESOLUTION_MS = 5

const file = process.env['AFTERIMAGE_TEST_LOOP'] ?? ''
// Pixel processes inherit the option; they are busy by design.
if (process.argv.includes('serve')) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  setInterval(() => {
    // What is measured holds the pause between two looks too.
    const late = (nanos: number): string => Math.max(0, nanos / NANOS_PER_MS - RESOLUTION_MS).toFixed(1)
    appendFileSync(file, `${late(delays.percentile(99))} ${late(delays.max)}\n`)
    delays.reset()
  }, SECOND_MS).unref()
}
