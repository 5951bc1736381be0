/**
 * Preloaded into a server (`NODE_OPTIONS=--import …`): writes the delays of its event loop of each second, in
 * milliseconds, to the file that `AFTERIMAGE_TEST_LOOP` names, one line `p99 max` a second. Every twenty seconds it
 * collects what is garbage and adds to the line the bytes that the process holds then: between two collections they
 * rise and fall by more than a hundred megabytes, in which no slope can be seen.
 */
import { appendFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const SECOND_MS = 1000
const NANOS_PER_MS = 1e6
const RESOLUTION_MS = 5
const COLLECT_SECONDS = 20

const file = process.env['AFTERIMAGE_TEST_LOOP'] ?? ''
// Pixel processes inherit the option; they are busy by design.
if (process.argv.includes('serve')) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  delays.enable()
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  let seconds = 0
  setInterval(() => {
    // What is measured holds the pause between two looks too.
    const late = (nanos: number): string => Math.max(0, nanos / NANOS_PER_MS - RESOLUTION_MS).toFixed(1)
    const line = `${late(delays.percentile(99))} ${late(delays.max)}`
    seconds += 1
    const isCollected = seconds % COLLECT_SECONDS === 0
    if (isCollected) collect()
    appendFileSync(file, isCollected ? `${line} ${process.memoryUsage.rss()}\n` : `${line}\n`)
    // After the collection, whose pause is ours.
    delays.reset()
  }, SECOND_MS).unref()
}
